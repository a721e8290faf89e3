"""When legs and dossiers are due, counted on the recorded or on another calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import cache

from deploy.simulation.history import TermKey
from shared.working_time.adding import add_working_time
from shared.working_time.calendar import WorkingCalendar, local
from shared.working_time.calendars import Calendars
from shared.working_time.due import due_at
from shared.working_time.pauses import Pause
from shared.working_time.terms import Term, Unit

Hours = Sequence[Sequence[str]] | None


class Counting:
    """Counts terms by office hours, and work by everybody's hours."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self._calendars = Calendars(calendar)

    def due(
        self,
        term: TermKey | None,
        start: datetime,
        *,
        hours: Hours = None,
        cutoff: str | None = None,
        pauses: Sequence[Pause] = (),
        extensions: Sequence[TermKey] = (),
    ) -> datetime | None:
        """Return when a term is over; None without one."""
        if term is None:
            return None
        return due_at(
            start,
            term_of(term),
            self._calendars.of(hours),
            cutoff=time.fromisoformat(cutoff) if cutoff else None,
            pauses=pauses,
            extensions=[term_of(one) for one in extensions],
        ).at

    def after(self, start: datetime, worked: timedelta) -> datetime:
        """Return when so much working time after `start` is done."""
        if worked <= timedelta():
            return start
        return add_working_time(self.calendar.clamp(local(start)), worked, self.calendar).astimezone(UTC)


@cache
def term_of(term: TermKey) -> Term:
    """Return the term of an amount and a unit."""
    return Term(Decimal(term[0]), Unit(term[1]))


def unit_of(limit: TermKey | None) -> Unit | None:
    """Return in what a limit is counted."""
    return Unit(limit[1]) if limit else None
