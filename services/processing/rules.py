"""The ladder of reminders: whom to remind of a leg, of what, and when, by working time.

A hand-over that no one collects and a leg that is overdue climb alike: the agency, then the agency above it,
then operations. Of a leg that is due soon only its agency is reminded. Each rung is climbed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.processing.domain import BY_QUEUE, Work
from services.processing.domain.work import OVERDUE as RUNS_ON
from shared.clock import from_text
from shared.working_time.adding import add_working_time
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.elapsed import working_time_between

UNCOLLECTED = "uncollected"
DUE_SOON = "due-soon"
OVERDUE = "overdue"

AGENCY = "agency"
SUPERIOR = "superior"
OPERATIONS = "operations"

WORKING_DAY = timedelta(hours=8)
UNCOLLECTED_AFTER = ((AGENCY, WORKING_DAY / 2), (SUPERIOR, WORKING_DAY), (OPERATIONS, 2 * WORKING_DAY))
OVERDUE_AFTER = ((AGENCY, timedelta()), (SUPERIOR, WORKING_DAY), (OPERATIONS, 3 * WORKING_DAY))
_NO_LEG_RUNS_ON = "elapse"
"""At the end of such a term nothing is asked of the agency."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder that falls due."""

    about: str
    number: int
    to: str
    """`agency`, `superior` or `operations`."""
    at: datetime

    def key(self, work: Work) -> str:
        """Return what tells this reminder from all others of the work."""
        return f"{self.about}/{work.agency}/{work.term_version}/{self.number}"


def next_rung(work: Work, calendar: WorkingCalendar, now: datetime) -> Rung | None:
    """Return the reminder of a work that falls due next, or is due; None: nobody is to be reminded."""
    if work.outcome or work.suspended or work.historical:
        return None
    left = [rung for rung in _rungs(work, calendar, now) if rung.key(work) not in work.reminded]
    return min(left, key=lambda rung: (rung.at, rung.about, rung.number), default=None)


def _rungs(work: Work, calendar: WorkingCalendar, now: datetime) -> Iterator[Rung]:
    laid_at = from_text(work.laid_at)
    if work.by == BY_QUEUE and not work.acknowledged and work.accepted_by != work.agency:
        for number, (to, after) in enumerate(UNCOLLECTED_AFTER, start=1):
            yield Rung(UNCOLLECTED, number, to, _later(laid_at, after, calendar))
    ends_at = work.term_ends_at
    if ends_at is None or work.at_term == _NO_LEG_RUNS_ON:
        return
    if now < ends_at and (total := working_time_between(laid_at, ends_at, calendar)) > timedelta():
        soon = _later(laid_at, total - min(WORKING_DAY, total / 4), calendar)
        yield Rung(DUE_SOON, 1, AGENCY, soon)
    if work.at_term == RUNS_ON:
        for number, (to, after) in enumerate(OVERDUE_AFTER, start=1):
            yield Rung(OVERDUE, number, to, _later(ends_at, after, calendar))


def _later(at: datetime, amount: timedelta, calendar: WorkingCalendar) -> datetime:
    if not amount:
        return at
    return add_working_time(calendar.clamp(at), amount, calendar).astimezone(UTC)
