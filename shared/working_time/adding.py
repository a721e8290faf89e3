"""How terms of each unit are added to a moment in working time."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal

from shared.clock import VIETNAM
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.office_hours import WORKING_DAY
from shared.working_time.steps import Rule, Step
from shared.working_time.terms import Term, Unit

_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)


def added(at: datetime, term: Term, calendar: WorkingCalendar) -> tuple[Step, ...]:
    """Return the steps (at least one) from `at`, Viet Nam time within working time, to a term's end."""
    return _ADDING[term.unit](at, term, calendar)


def add_working_time(at: datetime, amount: timedelta, calendar: WorkingCalendar) -> datetime:
    """Return when `amount` (more than nothing) of working time after `at` (in working time) is done."""
    worked = calendar.hours.worked_until(at.time()) + amount
    # The last microsecond decides the day, so that a full day ends at closing, not at the next opening.
    days = (worked - _MICROSECOND) // WORKING_DAY
    day = calendar.nth_working_day_after(at.date(), days) if days else at.date()
    return datetime.combine(day, calendar.hours.reached(worked - days * WORKING_DAY), VIETNAM)


def _working_days(at: datetime, term: Term, calendar: WorkingCalendar) -> tuple[Step, ...]:
    if not term.amount:
        return (
            Step(Rule.SAME_DAY, at, datetime.combine(at.date(), calendar.hours.closing, VIETNAM), calendar),
        )
    whole = int(term.amount)
    fraction = term.amount - whole
    steps: tuple[Step, ...] = ()
    if whole:
        after = _on(calendar.nth_working_day_after(at.date(), whole), at)
        steps = (Step(Rule.WORKING_DAYS, at, after, calendar, Decimal(whole), Unit.WORKING_DAY),)
        at = after
    if fraction:
        after = add_working_time(at, _times(WORKING_DAY, fraction), calendar)
        steps += (Step(Rule.WORKING_HOURS, at, after, calendar, fraction, Unit.WORKING_DAY),)
    return steps


def _working_hours(at: datetime, term: Term, calendar: WorkingCalendar) -> tuple[Step, ...]:
    after = add_working_time(at, _times(_HOUR, term.amount), calendar)
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


def _on(day: date, at: datetime) -> datetime:
    return datetime.combine(day, at.time(), VIETNAM)


def _times(unit: timedelta, amount: Decimal) -> timedelta:
    return timedelta(microseconds=int(unit // _MICROSECOND * amount))
