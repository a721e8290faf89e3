"""Whom a server runs as, and where its files can lie.

PostgreSQL refuses to run as root and RabbitMQ should not, so root starts them as the system user
that their package made. Anybody else starts them as themselves.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.instances.errors import InstanceError

ELSEWHERE = Path("/var/lib/lienthong")


@dataclass(frozen=True, slots=True)
class Account:
    """A system user to switch to; `uid` None means that we stay who we are."""

    name: str | None = None
    uid: int | None = None
    gid: int | None = None

    def popen_arguments(self) -> dict[str, Any]:
        """Return what `subprocess` needs to start a program as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make this user the owner of `path`."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, directory: Path) -> bool:
        """Say whether this user can reach what lies in `directory`."""
        if self.uid is None:
            return os.access(directory, os.X_OK)
        question = ["test", "-x", str(directory)]
        answer = subprocess.run(question, check=False, cwd="/", **self.popen_arguments())  # noqa: S603
        return answer.returncode == 0


def account_for(system_user: str) -> Account:
    """Return `system_user` when we are root, ourselves otherwise.

    Raises InstanceError when we are root and there is no such user.
    """
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(system_user)
    except KeyError as missing:
        msg = f"as root a server must run as the system user {system_user!r}, and there is none"
        raise InstanceError(msg) from missing
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def home_for(directory: Path, account: Account) -> Path:
    """Return a directory that `account` can enter: `directory`, or one that stands in for it.

    Root's own places (`/root`, a test's temporary directory) are closed to system users; the
    files then lie under `/var/lib/lienthong`, and a link in `directory` says so.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    if account.uid is None:
        return directory
    directory.chmod(0o755)  # Erlang lists its parent directory; what is secret in it is 0600.
    if account.can_enter(directory):
        return directory
    digest = hashlib.sha256(str(directory).encode()).hexdigest()[:16]
    home = ELSEWHERE / digest
    home.mkdir(parents=True, exist_ok=True)
    for path in (ELSEWHERE, home):
        path.chmod(0o755)
    link = directory / "elsewhere"
    if not link.is_symlink():
        link.symlink_to(home)
    return home


def own_directory(path: Path, account: Account) -> Path:
    """Create `path` when it is missing, open to `account` alone, and return it."""
    path.mkdir(mode=0o700, exist_ok=True)
    account.give(path)
    return path


def write_private(path: Path, text: str, account: Account) -> None:
    """Write a file that only `account` (and root) can read."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    account.give(new)
    new.replace(path)
