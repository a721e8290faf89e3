"""Bearer tokens: who is at an HTTP door. Tokens are kept as SHA-256 digests, never as themselves."""

from __future__ import annotations

import fcntl
import hashlib
import json
import secrets
import threading
from pathlib import Path
from typing import Any

from shared.acts import Actor
from shared.errors import FORBIDDEN, UNAUTHENTICATED, RefusedError

OPERATORS = ("administrator",)
"""Who changes how a running system goes."""
WATCHERS = (*OPERATORS, "auditor")
"""Who may look at how it goes."""


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenFile:
    """Tokens in a file of digests, read again when it changes; every service reads the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()  # a link stays a link when the file is replaced
        self._read_at: tuple[int, int, int] | None = None
        self._holders: dict[str, Actor] = {}
        self._lock = threading.Lock()

    def beside(self, name: str) -> Path:
        """Return the path of a file of that name in the same folder."""
        return self._path.with_name(name)

    def issue(self, role: str, subject: str, agency: str | None = None) -> str:
        """Make a token for a role, bound to a subject and an agency; it is shown only now."""
        token = secrets.token_urlsafe(32)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # against other processes; let go when the file closes
            holders = self._entries()
            holders[digest(token)] = {"role": role, "subject": subject, "agency": agency}
            self._write(holders)
        return token

    def revoke(self, role: str, agency: str) -> int:
        """Take away every token of a role that is bound to an agency; return how many there were."""
        if not self._path.exists():
            return 0
        with self._lock, self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            holders = self._entries()
            kept = {
                key: holder
                for key, holder in holders.items()
                if (holder["role"], holder["agency"]) != (role, agency)
            }
            if len(kept) < len(holders):
                self._write(kept)
        return len(holders) - len(kept)

    def holder(self, authorization: str | None) -> Actor:
        """Return who holds the token of an `Authorization: Bearer ...` header.

        Raises RefusedError with `unauthenticated`.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise RefusedError(UNAUTHENTICATED)
        self._refresh()
        actor = self._holders.get(digest(token.strip()))
        if actor is None:
            raise RefusedError(UNAUTHENTICATED)
        return actor

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._holders, self._read_at = {}, None
            return
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen != self._read_at:
            self._holders = {key: Actor(**value) for key, value in self._entries().items()}
            self._read_at = seen

    def _write(self, holders: dict[str, Any]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(holders, indent=1, sort_keys=True) + "\n")
        fresh.replace(self._path)

    def _entries(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        entries: dict[str, Any] = json.loads(self._path.read_text())
        return entries


def require(actor: Actor, *roles: str) -> None:
    """Raise RefusedError with `forbidden` unless the actor has one of the roles."""
    if actor.role not in roles:
        raise RefusedError(FORBIDDEN, role=actor.role)
