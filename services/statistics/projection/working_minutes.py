"""Working minutes between two moments, quickly: each day of the calendar, and minute of the day, is looked up once.

By the public sector's calendar and the usual office hours; the seconds of either moment do not count.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import cache, lru_cache

from services.statistics.projection.moments import local_date
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.office_hours import WORKING_DAY
from shared.working_time.vietnam import vietnam_calendar

_MINUTE = timedelta(minutes=1)
_DAY = WORKING_DAY // _MINUTE
_AHEAD = 7
"""Hours that Viet Nam is ahead of UTC, since 1975."""
_BEGINNING = date(2000, 1, 1)


def minutes_between(first: str, last: str) -> int:
    """Return the working minutes from one moment to another, as UTC text of fixed width; 0 when they are the other way round."""
    return max(0, _position(last) - _position(first))


def _position(moment: str) -> int:
    """Return how many working minutes had passed by then since the beginning."""
    before, is_working_day = _day(local_date(moment))
    return before + _worked(moment[11:16]) if is_working_day else before


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> tuple[int, bool]:
    """Return how many working minutes passed before a day, and whether it has any itself."""
    day, calendar = date.fromisoformat(text), _calendar()
    before = calendar.working_days_between(_BEGINNING, day - timedelta(days=1))
    return before * _DAY, calendar.is_working_day(day)


@lru_cache(maxsize=24 * 60)
def _worked(minute: str) -> int:
    """Return how many minutes of a working day have passed by a minute of UTC's clock."""
    local = time((int(minute[:2]) + _AHEAD) % 24, int(minute[3:]))
    return _calendar().hours.worked_until(local) // _MINUTE


@cache
def _calendar() -> WorkingCalendar:
    return vietnam_calendar()
