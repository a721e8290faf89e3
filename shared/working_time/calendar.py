"""Working days and office hours: the calendar on which everything else counts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.working_time.office_hours import DEFAULT_HOURS, OfficeHours
from shared.working_time.problems import TIME_WITHOUT_OFFSET, YEAR_UNKNOWN
from shared.working_time.special_days import HolidaysOf, SpecialDay, is_weekend

FIRST_YEAR = 2000
"""The 40-hour week of Monday to Friday came on 02/10/1999 (Decision 188/1999/QĐ-TTg, from memory)."""
LAST_YEAR = 2100
"""The lunar calendar behind Tết is tabulated up to here."""


@dataclass(frozen=True, slots=True)
class _Year:
    working: tuple[date, ...]
    as_set: frozenset[date]
    special: tuple[SpecialDay, ...]


class WorkingCalendar:
    """Which days are worked, and between which hours, in Viet Nam time.

    A day of `overrides` wins over the same day of `holidays_of`, which wins over the plain week of
    Monday to Friday. Days before FIRST_YEAR and after LAST_YEAR are refused
    (`calendar-year-unknown`) rather than guessed. Immutable but for its cache of years.
    """

    def __init__(
        self,
        holidays_of: HolidaysOf,
        hours: OfficeHours = DEFAULT_HOURS,
        overrides: Iterable[SpecialDay] = (),
    ) -> None:
        self.hours = hours
        self._holidays_of = holidays_of
        self._overrides = tuple(overrides)
        self._years: dict[int, _Year] = {}

    def with_hours(self, hours: OfficeHours) -> WorkingCalendar:
        """Return a calendar of the same days with other office hours; both share the cache of years."""
        other = copy(self)
        other.hours = hours
        return other

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on `day`."""
        return day in self._year(day).as_set

    def working_day_on_or_after(self, day: date) -> date:
        """Return `day` if it is worked, else the next working day."""
        return day if self.is_working_day(day) else self.nth_working_day_after(day, 1)

    def nth_working_day_after(self, day: date, n: int) -> date:
        """Return the n-th (n >= 1) working day after `day`, `day` itself never being counted."""
        if n < 1:
            msg = f"n must be at least 1, not {n}"
            raise ValueError(msg)
        working = self._year(day).working
        index = bisect_right(working, day) + n - 1
        year = day.year
        while index >= len(working):
            index -= len(working)
            year += 1
            working = self._known(year).working
        return working[index]

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days there are from `first` to `last`, both included."""
        if last < first:
            return 0
        before_first = bisect_left(self._year(first).working, first)
        up_to_last = bisect_right(self._year(last).working, last)
        full_years = sum(len(self._known(year).working) for year in range(first.year, last.year))
        return full_years + up_to_last - before_first

    def special_days_between(self, first: date, last: date) -> list[SpecialDay]:
        """Return, in order, the days of `first`..`last` where offices depart from the plain week."""
        return [
            special
            for year in range(first.year, last.year + 1)
            for special in self._known(year).special
            if first <= special.day <= last and special.departs
        ]

    def clamp(self, moment: datetime) -> datetime:
        """Return the Viet Nam time of `moment` or, outside working time, the next start of work."""
        at = local(moment)
        day = at.date()
        if self.is_working_day(day):
            clamped = self.hours.clamp(at.time())
            if clamped is not None:
                return datetime.combine(day, clamped, VIETNAM)
        following = self.nth_working_day_after(day, 1)
        return datetime.combine(following, self.hours.opening, VIETNAM)

    def _year(self, day: date) -> _Year:
        if isinstance(day, datetime):  # a datetime is a date to Python, and equal to none
            msg = f"a date is needed, not the datetime {day}"
            raise TypeError(msg)
        return self._years.get(day.year) or self._known(day.year)

    def _known(self, year: int) -> _Year:
        if year not in self._years:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise _unknown(year)
            self._years[year] = self._build(year)
        return self._years[year]

    def _build(self, year: int) -> _Year:
        special = {it.day: it for it in (*self._holidays_of(year), *self._overrides)}
        special = {day: it for day, it in sorted(special.items()) if day.year == year}
        new_year = date(year, 1, 1)
        days = (new_year + timedelta(n) for n in range((date(year + 1, 1, 1) - new_year).days))
        working = tuple(
            day for day in days if (special[day].kind == "work" if day in special else not is_weekend(day))
        )
        return _Year(working, frozenset(working), tuple(special.values()))


def local(moment: datetime) -> datetime:
    """Return `moment` in Viet Nam time; a time without an offset is refused (`time-without-offset`)."""
    if moment.tzinfo is None:
        raise RefusedError(TIME_WITHOUT_OFFSET, value=moment.isoformat())
    try:
        return moment.astimezone(VIETNAM)
    except OverflowError as error:  # the last or first hours of Python's time
        raise _unknown(moment.year) from error


def _unknown(year: int) -> RefusedError:
    return RefusedError(YEAR_UNKNOWN, year=year, first=FIRST_YEAR, last=LAST_YEAR)
