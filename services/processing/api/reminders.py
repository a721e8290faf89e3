"""processing's doors on reminders, and on legs by the agency's own reference."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.processing.api.wired import WiredDoors
from services.processing.api.works import AGENCY_ROLES
from services.processing.tables.reminders import ReminderTable
from shared.access import OPERATORS, WATCHERS, require
from shared.acts import Actor
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.wiring import Wired
from shared.errors import FORBIDDEN, INVALID, RefusedError

MOST_REMINDERS = 500
MOST_LEGS = 100
LONGEST_REFERENCE = 100


class ReminderDoors(WiredDoors):
    """The doors for agencies, those above them, and those who watch the province."""

    reminders: ReminderTable = Wired("reminders")

    @door("GET", "/v1/agencies/<agency>/reminders")
    def standing_reminders(self, request: Request, agency: str) -> Response:
        """List whom what was reminded of that still stands: an agency's legs, and those of agencies under it."""
        actor = caller(request, self.tokens)
        self._may_see(actor, agency)
        return json_response({"reminders": self.reminders.standing(agency, MOST_REMINDERS)})

    @door("GET", "/v1/legs")
    def legs_by_reference(self, request: Request) -> Response:
        """Find legs by the reference that their agency gave them."""
        actor = caller(request, self.tokens)
        require(actor, *AGENCY_ROLES, *OPERATORS)
        reference = request.args.get("reference") or ""
        if not 0 < len(reference) <= LONGEST_REFERENCE or "\0" in reference:
            raise RefusedError(INVALID, field="reference", reason=f"1 to {LONGEST_REFERENCE} characters")
        agency = request.args.get("agency") if actor.role in OPERATORS else actor.agency
        if actor.role not in OPERATORS and agency is None:
            raise RefusedError(FORBIDDEN, role=actor.role)
        return json_response({"legs": self.worklist.by_reference(reference, agency, MOST_LEGS)})

    def _may_see(self, actor: Actor, agency: str) -> None:
        if actor.role in WATCHERS:
            return
        require(actor, *AGENCY_ROLES)
        if actor.agency is None or actor.agency not in {agency, self.reminders.superior_of(agency)}:
            raise RefusedError(FORBIDDEN, role=actor.role)
