"""How much working time lies between two moments."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.working_time.calendar import WorkingCalendar, local
from shared.working_time.office_hours import WORKING_DAY

_MINUTE = timedelta(minutes=1)


def working_time_between(a: datetime, b: datetime, calendar: WorkingCalendar) -> timedelta:
    """Return the working time from `a` to `b`; negative when `b` is before `a`."""
    first, last = local(a), local(b)
    if last < first:
        return -working_time_between(last, first, calendar)
    days = calendar.working_days_between(first.date(), last.date())
    return days * WORKING_DAY - _worked(first, calendar) - _left(last, calendar)


def working_minutes_between(a: datetime, b: datetime, calendar: WorkingCalendar) -> int:
    """Return the full minutes of working time from `a` to `b`; negative when `b` is before `a`."""
    elapsed = working_time_between(a, b, calendar)
    return elapsed // _MINUTE if elapsed >= timedelta() else -(-elapsed // _MINUTE)


def _worked(at: datetime, calendar: WorkingCalendar) -> timedelta:
    """Working time of `at`'s day before `at`."""
    return calendar.hours.worked_until(at.time()) if calendar.is_working_day(at.date()) else timedelta()


def _left(at: datetime, calendar: WorkingCalendar) -> timedelta:
    """Working time of `at`'s day after `at`."""
    return WORKING_DAY - _worked(at, calendar) if calendar.is_working_day(at.date()) else timedelta()
