"""Who had a dossier for how long, and whose delay its lateness is: exactly, to the microsecond.

Two questions, answered over the same stretches, and only in working time:

* **Elapsed**: who had it. Every instant from start to end belongs to the work that is open then, in
  equal parts where work runs side by side; to the waits that are open where no work is; and to nobody,
  "in-transit" (giữa các cơ quan), where nothing is open. The rows add up to the whole.
* **Part**: whose lateness it is, past the original due time, which no pause has moved. First come
  waits: what the applicant took for papers and money, and what a public notice hung out, is counted
  against no agency, whatever else went on meanwhile. What is then left is divided among the agencies
  and in-transit in proportion to their delay, nobody getting more than that. Lateness that no delay
  explains is the process's own: its terms together are longer than the limit. The parts add up too.

A delay is: for a wait, its time; for work, the time past its leg's due time, apart from instants when
a wait was open, and shared equally with whoever else was past due at that instant; in transit, all of
it. So no instant is anybody's delay twice. A wait of a leg silences that leg's own work.

The rules are this project's, made so that agencies can check them by hand; law knows only on time or late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from shared.working_time.apportioning import apportioned, equal_parts
from shared.working_time.calendar import WorkingCalendar, local
from shared.working_time.elapsed import working_time_between

IN_TRANSIT = "in-transit"
"""Holds what nobody holds; giữa các cơ quan."""
PROCESS = "process"
"""Answers for lateness without a delay; do quy trình."""

_MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which somebody had a leg of the dossier: an agency, or for a wait the applicant."""

    holder: str
    leg: str
    opened: datetime
    closed: datetime | None
    """None: still open."""
    due: datetime | None = None
    """When the leg was due, with its own pauses; None: it had no term, so it is never past it."""
    waiting: bool = False
    """Whether the dossier's clock stood still: papers to be completed, money to be paid, a notice."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a stretch, in-transit or the process took of the dossier's time and of its lateness."""

    holder: str
    leg: str | None
    waiting: bool
    elapsed: timedelta
    budget: timedelta | None
    """What was left of the leg's term when the stretch opened; None: no term."""
    overrun: timedelta
    """Working time of its own past the leg's due time, whoever else was late then."""
    delay: timedelta
    """The overrun as it delayed the dossier."""
    part: timedelta
    """Its part of the lateness."""


@dataclass(frozen=True, slots=True)
class Shares:
    """A dossier's working time and lateness, and the rows that add up to them.

    One row for each stretch, in order of opening, then in-transit, then the process.
    """

    elapsed: timedelta
    late: timedelta
    rows: tuple[Share, ...]


def shares(
    start: datetime,
    end: datetime,
    due: datetime | None,
    stretches: Iterable[Stretch],
    calendar: WorkingCalendar,
) -> Shares:
    """Divide the time of a dossier from `start` to `end`, and its lateness past `due`.

    `end` is the result or, for an open dossier, the moment of asking; one before the start is the start.
    `due` is the first due time, without pauses and extensions; None, or one after `end`: no lateness.
    Stretches may overlap, repeat, lack and come in any order; what lies outside start to end is left out.
    Whether a dossier counts as late is for `verdict` to say: it looks at dates, this at working time.
    """
    first, last = local(start), max(local(start), local(end))
    known = sorted((_clipped(each, first, last) for each in stretches), key=_order)
    tally = _Tally(known, calendar)
    tally.run(first, last)
    past_due = working_time_between(due, last, calendar) if due else _NOTHING
    late = max(past_due, _NOTHING)
    return Shares(working_time_between(first, last, calendar), late, tuple(tally.rows(late // _MICROSECOND)))


@dataclass(frozen=True, slots=True)
class _Clipped:
    """A stretch between start and end of the dossier, in Viet Nam time."""

    of: Stretch
    opened: datetime
    closed: datetime
    due: datetime | None

    def is_late(self, at: datetime) -> bool:
        return self.due is not None and self.due <= at


def _clipped(stretch: Stretch, first: datetime, last: datetime) -> _Clipped:
    closed = local(stretch.closed) if stretch.closed else last
    due = local(stretch.due) if stretch.due else None
    return _Clipped(stretch, max(local(stretch.opened), first), min(closed, last), due)


def _order(each: _Clipped) -> tuple[object, ...]:
    """Order stretches whatever order they were told in."""
    of, due = each.of, each.due or each.opened
    return each.opened, each.closed, of.leg, of.holder, of.waiting, each.due is None, due


class _Tally:
    """Sums up microseconds by who had them together, so that they are divided only once."""

    def __init__(self, known: Sequence[_Clipped], calendar: WorkingCalendar) -> None:
        self._known = known
        self._calendar = calendar
        self._nobody = len(known)
        self._held: Counter[tuple[int, ...]] = Counter()
        self._delayed: Counter[tuple[int, ...]] = Counter()
        self._overrun: Counter[int] = Counter()
        self._silent: Counter[int] = Counter()
        """Time that a leg's own waits took out of its term."""

    def run(self, first: datetime, last: datetime) -> None:
        """Go from one moment at which something changes to the next."""
        edges = {first, last}
        for each in self._known:
            edges |= {each.opened, each.closed} | ({each.due} if each.due else set())
        for at, until in pairwise(sorted(edge for edge in edges if first <= edge <= last)):
            self._count(at, working_time_between(at, until, self._calendar) // _MICROSECOND)

    def _count(self, at: datetime, amount: int) -> None:
        open_now = [index for index, each in enumerate(self._known) if each.opened <= at < each.closed]
        waits = [index for index in open_now if self._of(index).waiting]
        waiting_legs = {self._of(index).leg for index in waits}
        silent = [index for index in open_now if index not in waits and self._of(index).leg in waiting_legs]
        work = [index for index in open_now if index not in waits and index not in silent]
        overrun = [index for index in work if self._known[index].is_late(at)]
        for index in overrun:
            self._overrun[index] += amount
        for index in silent:
            self._silent[index] += 0 if self._known[index].is_late(at) else amount
        self._held[tuple(work or waits or [self._nobody])] += amount
        if waits or overrun or not work:
            self._delayed[tuple(waits or overrun or [self._nobody])] += amount

    def rows(self, late: int) -> Iterator[Share]:
        """Give a row for each stretch, for in-transit and for the process."""
        held, delays = self._divided(self._held), self._divided(self._delayed)
        parts = self._parts(late, delays)
        for index, each in enumerate(self._known):
            yield Share(
                each.of.holder,
                each.of.leg,
                each.of.waiting,
                _time(held[index]),
                self._budget(index),
                _time(self._overrun[index]),
                _time(delays[index]),
                _time(parts[index]),
            )
        unheld, delay, part = _time(held[-1]), _time(delays[-1]), _time(parts[-1])
        yield Share(IN_TRANSIT, None, False, unheld, None, _NOTHING, delay, part)  # noqa: FBT003
        unexplained = _time(late - sum(parts))
        yield Share(PROCESS, None, False, _NOTHING, None, _NOTHING, _NOTHING, unexplained)  # noqa: FBT003

    def _parts(self, late: int, delays: Sequence[int]) -> list[int]:
        """Divide lateness as far as delays explain it: waits first, then all others."""
        waits = [delays[index] if self._is_wait(index) else 0 for index in range(len(delays))]
        others = [delay - wait for delay, wait in zip(delays, waits, strict=True)]
        waited = min(late, sum(waits))
        explained = min(late - waited, sum(others))
        both = zip(apportioned(waited, waits), apportioned(explained, others), strict=True)
        return [one + other for one, other in both]

    def _divided(self, together: Mapping[tuple[int, ...], int]) -> list[int]:
        """Give each, and nobody as the last, the equal parts of what several had together."""
        divided = [0] * (len(self._known) + 1)
        for who, amount in together.items():
            for index, part in zip(who, equal_parts(amount, len(who)), strict=True):
                divided[index] += part
        return divided

    def _budget(self, index: int) -> timedelta | None:
        each = self._known[index]
        if each.due is None:
            return None
        left = working_time_between(each.opened, each.due, self._calendar) - _time(self._silent[index])
        return max(left, _NOTHING)

    def _of(self, index: int) -> Stretch:
        return self._known[index].of

    def _is_wait(self, index: int) -> bool:
        return index != self._nobody and self._of(index).waiting


def _time(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)
