"""The connector under test, as a process that the kit may kill."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

SECONDS = 10
TAIL = 2000


class Program:
    """A command line, run in a process group of its own, with its words in a log file."""

    def __init__(self, command: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self._command = [*command]
        self._environment = {**os.environ, **settings}
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it. Raises OSError when there is no such program."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def has_ended(self) -> bool:
        """Say whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(SECONDS)
        self._process = None

    def last_words(self) -> str:
        """Return the end of what it wrote."""
        return self.log.read_bytes()[-TAIL:].decode(errors="replace") if self.log.exists() else ""
