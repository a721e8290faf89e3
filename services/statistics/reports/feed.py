"""A report as it changes: the newest answer for whoever listens, made once for all who ask the same.

Nothing is made while nobody listens. A listener that takes its time misses what lay between: each gets the
newest state next, never a queue of old ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import NamedTuple

import orjson

from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.asking import Reports
from shared.errors import BUSY, RefusedError
from shared.persistence.database import Database

MOST_LISTENERS = 100
LOOK_SECONDS = 0.25
"""How often each listener looks for something new."""
SHARED_SECONDS = 0.1
"""So long a look at the ledger's position serves every listener: their number costs the database nothing."""
REST_SECONDS = 0.3
"""At least so long an answer is not made again: under load the ledger goes on all the time."""
HEARTBEAT_SECONDS = 15.0
_KEPT = 32
"""Answers to so many different questions."""


class _Made(NamedTuple):
    """An answer, up to which entry of the ledger it knows, and when it was made."""

    sequence: int
    answer: Answer
    made: float


class _Listener:
    """What one listener hears; it counts until it is closed, also if nothing was ever heard."""

    def __init__(self, events: Iterator[bytes], leave: Callable[[], None]) -> None:
        self._events = events
        self._leave: Callable[[], None] | None = leave

    def __iter__(self) -> _Listener:
        return self

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        """Listen no more."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()


class ReportFeed:
    """Tells listeners of one report."""

    def __init__(
        self,
        database: Database,
        reports: Reports,
        sleep: Callable[[float], None],
        now: Callable[[], float] = monotonic,
        *,
        report: str = "ranking",
    ) -> None:
        """`sleep` lets others go on meanwhile; `report` is which one is told, and what its events are called."""
        self._report = report
        self._database = database
        self._reports = reports
        self._sleep = sleep
        self._now = now
        self._listeners = 0
        self._made: dict[Question, _Made] = {}
        self._looked: tuple[int, float] | None = None

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._listeners

    def listen(self, question: Question, known: int | None) -> _Listener:
        """Return the report as server-sent events, at once unless `known` is its position, then at every change.

        Raises RefusedError: `temporarily-unavailable` when too many listen, or the
        codes of `Reports.report`.
        """
        if self._listeners >= MOST_LISTENERS:
            raise RefusedError(BUSY)
        self._listeners += 1
        try:
            sequence, _answer = self._newest(question)
        except BaseException:
            self._leave()
            raise
        # A position that the ledger has not reached comes from another one, or from before a restore.
        told = known if known is not None and known <= sequence else None
        return _Listener(self._events(question, told), self._leave)

    def _leave(self) -> None:
        self._listeners -= 1

    def _events(self, question: Question, told: int | None) -> Iterator[bytes]:
        heard, last = self._now(), None
        if told is not None:  # who comes back hears at once that somebody is there
            yield b": still here\n\n"
        while True:
            sequence, answer = self._newest(question)
            is_news = (told is None or sequence > told) and answer["rows"] != last
            if told is None or sequence > told:
                told = sequence
            # Much that happens changes no figure: nobody is bothered with a mere position.
            if is_news:
                last, heard = answer["rows"], self._now()
                yield _event(self._report, sequence, answer)
            elif self._now() - heard >= HEARTBEAT_SECONDS:
                heard = self._now()
                yield b": still here\n\n"
            self._sleep(LOOK_SECONDS)

    def _newest(self, question: Question) -> tuple[int, Answer]:
        """Return the report as of now, made anew when the ledger has gone on since it was made last."""
        sequence = self._position()
        known = self._made.get(question)
        if known is None or (known.sequence < sequence and self._now() - known.made >= REST_SECONDS):
            answer = self._reports.report(self._report, question)
            if len(self._made) >= _KEPT:
                self._made.clear()
            known = self._made[question] = _Made(answer["ledger_sequence"], answer, self._now())
        return known.sequence, known.answer

    def _position(self) -> int:
        """Return up to which entry of the ledger the live tables go, as of a moment ago at most."""
        if self._looked is None or self._now() - self._looked[1] >= SHARED_SECONDS:
            with self._database.transaction() as tx:
                self._looked = versions.live(tx).ledger_sequence, self._now()
        return self._looked[0]


def _event(report: str, sequence: int, answer: Answer) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (sequence, report.encode(), orjson.dumps(answer))
