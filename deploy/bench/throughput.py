"""Load with a bounded number of dossiers in flight, and the rate of actions committed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic
from uuid import UUID, uuid4

STALLED_SECONDS = 20.0
_LOOK_SECONDS = 0.05
"""Pause between two looks at the history: short beside the seconds that are measured."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a contestant has committed so far."""

    actions: int
    dossiers: int
    """Those that have made their last step."""


@dataclass(frozen=True, slots=True)
class Running:
    """A contestant whose workers wait for load."""

    send: Callable[[UUID], None]
    """Put one dossier on its way."""
    progress: Callable[[], Progress]
    check: Callable[[], None] = lambda: None
    """Raises when a worker has fallen."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much, and for how long."""

    in_flight: int
    """Dossiers that are on their way at any time."""
    warm_up: float
    """Seconds before counting begins."""
    window: float
    """Seconds during which is counted, at least."""


class StalledError(Exception):
    """Nothing was committed for a long time, or what was sent did not arrive."""


def actions_per_second(running: Running, load: Load) -> float:
    """Return the rate of committed actions in the window, then let every dossier finish.

    Whoever finishes makes room for a new one. Raises StalledError when any dossier gets lost.
    """
    feeder = _Feeder(running, load.in_flight)
    feeder.feed(load.warm_up)
    begin, first = feeder.looked_at, feeder.progress.actions
    feeder.feed(load.window)
    rate = (feeder.progress.actions - first) / (feeder.looked_at - begin)
    feeder.drain()
    return rate


class _Feeder:
    """Sends dossiers, so many at a time, and looks at what became of them."""

    def __init__(self, running: Running, in_flight: int) -> None:
        self._running = running
        self._in_flight = in_flight
        self._sent = 0
        self.progress = Progress(0, 0)
        self.looked_at = self._moved_at = monotonic()

    def feed(self, seconds: float) -> None:
        """Keep the number up for that long, ending with a look."""
        end = monotonic() + seconds
        self._look()
        while self.looked_at < end:
            for _ in range(self._in_flight - (self._sent - self.progress.dossiers)):
                self._running.send(uuid4())
                self._sent += 1
            Event().wait(_LOOK_SECONDS)
            self._look()

    def drain(self) -> None:
        """Wait until every dossier sent has finished."""
        while self.progress.dossiers < self._sent:
            Event().wait(_LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        self._running.check()
        progress = self._running.progress()
        self.looked_at = monotonic()
        if progress != self.progress:
            self.progress, self._moved_at = progress, self.looked_at
        elif self._sent and self.looked_at - self._moved_at > STALLED_SECONDS:
            raise StalledError(f"{progress.dossiers} of {self._sent} dossiers finished, and no more")
