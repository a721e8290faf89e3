"""Server processes that outlive the command that started them, and are stopped by later ones.

A process is known by its id, its start time and the machine's boot: an id that the system gave to
another process since is never signalled.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from deploy.instances.accounts import Account
from deploy.instances.errors import InstanceError
from deploy.instances.waiting import until

_START_TIME = 19
"""Position of `starttime` in /proc/<pid>/stat, counted from the state: see proc(5)."""

_IN_BACKGROUND = '"$@" 1>&2 </dev/null & echo $!'
"""The shell ends at once, so the server is init's child and leaves no zombie with us."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process, told apart from every other that had or will have its id."""

    pid: int
    start_time: str
    boot: str

    def is_alive(self) -> bool:
        """Say whether it still runs."""
        return _find(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def end(self, *attempts: tuple[signal.Signals, float]) -> bool:
        """Try one signal after the other, each with its seconds; True once the process is gone."""
        for number, seconds in attempts:
            self.send(number)
            if until(lambda: not self.is_alive(), seconds):
                return True
        return not self.is_alive()


def _find(pid: int) -> Process | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    if fields[0] in {"Z", "X"}:
        return None
    return Process(pid, fields[_START_TIME], boot)


def open_log(log: Path) -> BinaryIO:
    """Open a server's log for adding to it; only we can read it."""
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def is_unburied(pid: int) -> bool:
    """Say whether the process has ended but its parent (init, for ours) has not asked for it yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


def launch(
    command: Sequence[str | Path],
    *,
    account: Account,
    environment: Mapping[str, str],
    directory: Path,
    log: Path,
) -> Process:
    """Start `command` (its program given by path) in the background, in a session of its own, its output going to `log`.

    Raises InstanceError when it is no program or ended at once.
    """
    if not os.access(command[0], os.X_OK):
        msg = f"{command[0]} cannot be run"
        raise InstanceError(msg)
    with open_log(log) as output:
        shell = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", _IN_BACKGROUND, "sh", *map(str, command)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            cwd=directory,
            env=dict(environment),
            start_new_session=True,
            **account.popen_arguments(),
        )
    process = _find(int(shell.stdout))
    if process is None:
        msg = f"{command[0]} ended as soon as it was started; see {log}"
        raise InstanceError(msg)
    return process


def remember(process: Process, file: Path) -> None:
    """Write down which process it is, for later commands."""
    file.write_text(json.dumps(asdict(process)), encoding="utf-8")


def recall(file: Path) -> Process | None:
    """Return the process that `file` speaks of if it still runs, None otherwise."""
    try:
        process = Process(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return process if process.is_alive() else None
