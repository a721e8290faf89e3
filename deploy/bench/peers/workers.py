"""A peer's worker processes: started, waited for, and ended by us alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.instances.waiting import until

START_SECONDS = 60.0
_ENDING_SECONDS = 5.0
_PROJECT = Path(__file__).parents[3]


class PeerError(Exception):
    """A peer did not come up, or fell; the text holds what it said last."""


class Workers:
    """Several processes running the same Python module."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]], log: Path) -> None:
        self._processes = processes
        self._log = log

    def check(self) -> None:
        """Raise PeerError when one of them has ended."""
        if any(process.poll() is not None for process in self._processes):
            raise PeerError(f"a worker has ended\n{self._tail()}")

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once `ready` holds. Raises PeerError when a worker ends, or none gets ready in time."""

        def ready_or_fallen() -> bool:
            self.check()
            return ready()

        if not until(ready_or_fallen, START_SECONDS):
            raise PeerError(f"the workers were not ready within {START_SECONDS:.0f} s\n{self._tail()}")

    def end(self) -> None:
        """Ask them to end, then make them."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])


@contextmanager
def workers(
    count: int,
    arguments: Callable[[int], Sequence[str]],
    environment: Mapping[str, str],
    directory: Path,
) -> Iterator[Workers]:
    """Run `python arguments(number)` in `count` processes and end them with the block.

    Addresses with passwords go through `environment`, never through arguments, which all can read.
    """
    log = directory / "workers.log"
    processes: list[subprocess.Popen[bytes]] = []
    running = Workers(processes, log)
    try:
        with log.open("ab") as output:
            for number in range(count):
                process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-W", "ignore", *arguments(number)],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=_PROJECT,
                    env={**os.environ, **environment},
                )
                processes.append(process)
        yield running
    finally:
        running.end()
