"""What an instance keeps between commands: its ports, and a lock against two commands at once."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.instances.ports import free_port, is_free


class Ports:
    """The ports of one instance, by purpose; kept in a file, so that addresses stay the same."""

    def __init__(self, file: Path, purposes: tuple[str, ...]) -> None:
        self._file = file
        self._purposes = purposes

    def __getitem__(self, purpose: str) -> int:
        return self._read()[purpose]

    def choose(self, *, anew: bool = False) -> None:
        """Keep the ports that are still free (none of them if `anew`) and replace the others."""
        kept = {} if anew else {name: port for name, port in self._read().items() if is_free(port)}
        for purpose in self._purposes:
            if purpose not in kept:
                kept[purpose] = free_port(besides=kept.values())
        self._file.write_text(json.dumps(kept), encoding="utf-8")

    def _read(self) -> dict[str, int]:
        try:
            return {str(name): int(port) for name, port in json.loads(self._file.read_text()).items()}
        except (OSError, ValueError):
            return {}


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Let one command at a time start or stop the instance under `directory`."""
    with (directory / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
