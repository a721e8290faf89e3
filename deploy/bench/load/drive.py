"""Decides what the load sends next, from what the ledger shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from time import monotonic

from deploy.bench.load.agency import ACCEPT, COMPLETE, AgencySystem
from deploy.bench.load.desk import Door, Job, Jobs, RefusedHereError, send_batch
from deploy.bench.load.journal import Journal
from deploy.bench.load.ledger import ACTION_OF, RESOLVED, LedgerWatch, Row
from deploy.bench.load.province import Province
from deploy.bench.throughput import STALLED_SECONDS, Load, StalledError
from deploy.instances.waiting import until

_READY_SECONDS = 30.0


@dataclass(slots=True)
class Drive:
    """Keeps a bounded number of dossiers on their way, each one action at a time."""

    province: Province
    load: Load
    journal: Journal
    watch: LedgerWatch
    holders: dict[str, AgencySystem]
    """Who was handed which leg; the agencies keep it."""
    jobs: Jobs = field(default_factory=SimpleQueue)
    filed: int = 0
    finished: int = 0
    _numbers: Iterator[int] = field(default_factory=count)
    _moved_at: float = 0.0

    def file_first(self, door: Door) -> None:
        """File one dossier at each desk, as soon as intake has heard of all desks from routing."""
        first = [self._next_job() for _ in self.province.desks]
        refusals: list[RefusedHereError] = []

        def are_accepted() -> bool:
            try:
                send_batch(door, first, self.journal)
            except RefusedHereError as refusal:
                refusals.append(refusal)
                return False
            return True

        if not until(are_accepted, _READY_SECONDS):
            raise refusals[-1]

    def run(self, check: Callable[[], None]) -> tuple[float, float]:
        """Keep the load up, then let every dossier finish; return when the window began and ended.

        `check` raises when a client has fallen. Raises StalledError when nothing comes any more.
        """
        self._moved_at = monotonic()
        begin = self._moved_at + self.load.warm_up
        end = begin + self.load.window
        while monotonic() < end:
            while self.filed - self.finished < self.load.in_flight:
                self.jobs.put(self._next_job())
            self._look(check)
        while self.finished < self.filed:
            self._look(check)
        return begin, end

    def _look(self, check: Callable[[], None]) -> None:
        rows = self.watch.new_rows()
        now = monotonic()
        for row in rows:
            self._see(row, now)
        if rows:
            self._moved_at = now
        elif now - self._moved_at > STALLED_SECONDS:
            raise StalledError(f"{self.finished} of {self.filed} dossiers finished, and no more")
        check()

    def _next_job(self) -> Job:
        self.filed += 1
        return Job("submit", self.province.submission(next(self._numbers)))

    def _see(self, row: Row, now: float) -> None:
        action = ACTION_OF.get(row.type)
        if action:
            self.journal.committed[row.dossier, action] = now
        if action == "acknowledge-message":
            self.holders[row.leg].want(ACCEPT, row.dossier, row.leg)
        elif action == "accept-leg":
            self.holders[row.leg].want(COMPLETE, row.dossier, row.leg)
        elif row.type == RESOLVED:
            self.jobs.put(Job("hand-back", {"manner": "direct"}, row.dossier))
        elif action == "hand-back":
            self.finished += 1
