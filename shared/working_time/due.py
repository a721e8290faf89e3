"""When something is due, and why: the computation step by step."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from shared.clock import VIETNAM
from shared.working_time.calendar import WorkingCalendar, local
from shared.working_time.office_hours import WORKING_DAY
from shared.working_time.steps import Rule, Step
from shared.working_time.terms import Term, Unit

_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    """When a term ends (UTC), and the steps that lead there."""

    at: datetime
    steps: tuple[Step, ...]


def due_at(start: datetime, term: Term, calendar: WorkingCalendar) -> Due:
    """Return when a `term` that starts at `start` (any offset) ends.

    1. A start outside working time counts from the next start of work: before opening from the
       opening, at lunch from the afternoon's opening, after closing or on a day off from the next
       working day's opening. Source: practice of production one-stop systems.
    2. Whole working days move the date by so many working days, the first being the next working
       day; the time of day stays. Source: Civil Code 2015 art. 147(2), (3): the day of the event
       does not count; that only working days count is the meaning of the unit.
    3. Working hours, and the fraction of a working day at 8 hours a day, use up working time from
       the very moment on, and end at the end of an interval of work rather than at the start of the
       next one. Source: Civil Code 2015 art. 147(1): a term in hours starts at its moment; 8 hours
       a day: practice.
    4. Calendar days move the date by so many days, months to the same day of the month or, where
       there is none, its last day; an end on a day off moves to the next working day; the time of
       day stays. Source: Civil Code 2015 art. 147(2), 148(3), 148(5). Code and articles: quoted
       second-hand and from memory, not checked against the gazette.

    Never before `start`; never earlier for a later start or a larger amount, except that in rule 4
    this holds for the date, not for the time of day. Refuses a time without offset
    (`time-without-offset`) and dates outside the calendar (`calendar-year-unknown`).
    """
    before = local(start)
    after = calendar.clamp(before)
    clamped = Step(Rule.WITHIN if before == after else Rule.CLAMPED, before, after, calendar)
    adding = _ADDING[term.unit](after, term, calendar)
    return Due(adding[-1].after.astimezone(UTC), (clamped, *adding))


def _working_days(at: datetime, term: Term, calendar: WorkingCalendar) -> tuple[Step, ...]:
    whole = int(term.amount)
    fraction = term.amount - whole
    steps: tuple[Step, ...] = ()
    if whole:
        after = _on(calendar.nth_working_day_after(at.date(), whole), at)
        steps = (Step(Rule.WORKING_DAYS, at, after, calendar, Decimal(whole), Unit.WORKING_DAY),)
        at = after
    if fraction:
        after = _add_working_time(at, _times(WORKING_DAY, fraction), calendar)
        steps += (Step(Rule.WORKING_HOURS, at, after, calendar, fraction, Unit.WORKING_DAY),)
    return steps


def _working_hours(at: datetime, term: Term, calendar: WorkingCalendar) -> tuple[Step, ...]:
    after = _add_working_time(at, _times(_HOUR, term.amount), calendar)
    return (Step(Rule.WORKING_HOURS, at, after, calendar, term.amount, term.unit),)


def _calendar_days(at: datetime, term: Term, calendar: WorkingCalendar) -> tuple[Step, ...]:
    after = _on(at.date() + timedelta(int(term.amount)), at)
    step = Step(Rule.CALENDAR_DAYS, at, after, calendar, term.amount, term.unit)
    return (step, *_rolled(after, calendar))


def _months(at: datetime, term: Term, calendar: WorkingCalendar) -> tuple[Step, ...]:
    years, month = divmod(at.month - 1 + int(term.amount), 12)
    year, month = at.year + years, month + 1
    after = _on(date(year, month, min(at.day, monthrange(year, month)[1])), at)
    step = Step(Rule.MONTHS, at, after, calendar, term.amount, term.unit)
    return (step, *_rolled(after, calendar))


_ADDING = {
    Unit.WORKING_DAY: _working_days,
    Unit.WORKING_HOUR: _working_hours,
    Unit.CALENDAR_DAY: _calendar_days,
    Unit.MONTH: _months,
}


def _rolled(at: datetime, calendar: WorkingCalendar) -> tuple[Step, ...]:
    day = calendar.working_day_on_or_after(at.date())
    return () if day == at.date() else (Step(Rule.ROLLED, at, _on(day, at), calendar),)


def _add_working_time(at: datetime, amount: timedelta, calendar: WorkingCalendar) -> datetime:
    """Return when `amount` (more than nothing) of working time after `at` (in working time) is done."""
    worked = calendar.hours.worked_until(at.time()) + amount
    # The last microsecond decides the day, so that a full day ends at closing, not at the next opening.
    days = (worked - _MICROSECOND) // WORKING_DAY
    day = calendar.nth_working_day_after(at.date(), days) if days else at.date()
    return datetime.combine(day, calendar.hours.reached(worked - days * WORKING_DAY), VIETNAM)


def _on(day: date, at: datetime) -> datetime:
    return datetime.combine(day, at.time(), VIETNAM)


def _times(unit: timedelta, amount: Decimal) -> timedelta:
    return timedelta(microseconds=int(unit // _MICROSECOND * amount))
