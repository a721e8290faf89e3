"""The calendar of each office: the days are everybody's, the hours may be its own."""

from __future__ import annotations

from collections.abc import Sequence

from shared.working_time.calendar import WorkingCalendar
from shared.working_time.office_hours import OfficeHours


class Calendars:
    """Calendars by office hours, each made once."""

    def __init__(self, usual: WorkingCalendar) -> None:
        self._usual = usual
        self._by_hours: dict[str, WorkingCalendar] = {}

    def of(self, hours: Sequence[Sequence[str]] | None) -> WorkingCalendar:
        """Return the calendar of an office with those hours; None: the usual ones."""
        if not hours:
            return self._usual
        key = str(hours)
        if key not in self._by_hours:
            self._by_hours[key] = self._usual.with_hours(OfficeHours.parse(hours))
        return self._by_hours[key]
