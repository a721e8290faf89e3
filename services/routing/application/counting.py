"""When legs are due: by the office hours of their agency, and by what they have waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from shared.clock import from_text, to_text
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.calendars import Calendars
from shared.working_time.due import Due, due_at
from shared.working_time.terms import Term


class Counting:
    """Counts terms on the calendar of the agency that has the leg."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendars = Calendars(calendar)

    def beginning(self, agency: Mapping[str, Any], at: datetime, cutoff: str | None) -> dict[str, Any]:
        """Return what a leg's term is counted by, as plain data: `from`, `cutoff`, `hours`, `pauses`."""
        return {"from": to_text(at), "cutoff": cutoff, "hours": agency.get("hours"), "pauses": []}

    def due(self, term: Mapping[str, Any] | None, counting: Mapping[str, Any]) -> str | None:
        """Return when a leg is due, or None for one without a term."""
        explained = self.explained(term, counting)
        return to_text(explained.at) if explained else None

    def due_after(self, leg: Mapping[str, Any], waited: Sequence[Sequence[str]]) -> str | None:
        """Return when an open leg is due that has waited."""
        return self.due(leg["term"], {**leg["counting"], "pauses": waited})

    def explained(self, term: Mapping[str, Any] | None, counting: Mapping[str, Any]) -> Due | None:
        """Return when a leg is due, step by step."""
        if term is None:
            return None
        cutoff = counting["cutoff"]
        return due_at(
            from_text(counting["from"]),
            Term.parse(term),
            self._calendars.of(counting["hours"]),
            cutoff=time.fromisoformat(cutoff) if cutoff else None,
            pauses=[(from_text(begun), from_text(ended)) for begun, ended in counting["pauses"]],
        )
