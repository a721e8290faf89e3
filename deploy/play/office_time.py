"""Working time as one line of whole seconds, so that a planner can say "somewhere between here and there"."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta

from shared.clock import VIETNAM
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.office_hours import WORKING_DAY

DAY = int(WORKING_DAY.total_seconds())
HOUR = 3600

_SECOND = timedelta(seconds=1)


class OfficeTime:
    """The working seconds of the working days from `first` to `last`, counted from 0.

    Position `n * DAY` is the opening of the n-th day, `n * DAY + DAY - 1` its last second before closing.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, last: date) -> None:
        self._calendar = calendar
        self.days: list[date] = []
        day = calendar.working_day_on_or_after(first)
        while day <= last:
            self.days.append(day)
            day = calendar.nth_working_day_after(day, 1)
        self._index = {day: number for number, day in enumerate(self.days)}

    @property
    def end(self) -> int:
        """The last position."""
        return len(self.days) * DAY - 1

    def at(self, position: int) -> datetime:
        """Return the Viet Nam time of a position."""
        day, second = divmod(position, DAY)
        # The first second of an afternoon is written as the afternoon's, not as the morning's end.
        time = self._calendar.hours.reached(timedelta(seconds=second) + _SECOND / 2)
        return datetime.combine(self.days[day], time, VIETNAM).replace(microsecond=0)

    def position(self, moment: datetime) -> int:
        """Return the position of a moment in working time; after `last`, a position behind `end`."""
        local = moment.astimezone(VIETNAM)
        number = self.local_day(local)
        return number * DAY + int(self._calendar.hours.worked_until(local.time()) // _SECOND)

    def local_day(self, moment: datetime) -> int:
        """Return the number of the working day on which a moment lies."""
        return self.day_number(moment.astimezone(VIETNAM).date())

    def day_number(self, day: date) -> int:
        """Return the number of a working day, or of the first one after it; `len(days)` behind the last."""
        number = self._index.get(day)
        if number is not None:
            return number
        return bisect_right(self.days, day)


def first_day(calendar: WorkingCalendar, last: date, days: int) -> date:
    """Return the day from which on there are `days` working days up to `last`."""
    first = last
    while calendar.working_days_between(first, last) < days:
        first -= timedelta(days=1)
    return first
