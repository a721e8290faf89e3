"""routing's HTTP doors on dossiers: their ways."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.routing.api.lacking import lacking_refused
from services.routing.api.wired import WiredDoors
from services.routing.application.explaining import due_steps, explain
from services.routing.application.routing import Routing
from services.routing.domain.itinerary import Itinerary
from services.routing.schemas import ExplainSchema
from shared.clock import from_text
from shared.contracts.parsing import parse
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.errors import NOT_FOUND, RefusedError

_EXPLAIN = ExplainSchema()


class ItineraryDoors(WiredDoors):
    """The doors on dossiers."""

    @door("GET", "/v1/itineraries/<dossier>")
    def itinerary(self, request: Request, dossier: str) -> Response:
        """Show the way of a dossier, with the reason for each choice."""
        caller(request, self.tokens)
        with self.unit.begin():
            return json_response(itinerary_of(self.application, dossier))

    @door("POST", "/v1/explanations")
    def explain(self, request: Request) -> Response:
        """Say which way a dossier would go, and why, or why none; changes nothing."""
        caller(request, self.tokens)
        asked = parse(body_of(request), _EXPLAIN)
        with lacking_refused(), self.unit.begin():
            return json_response(explain(self.application, asked, from_text(asked["received_at"])))


def itinerary_of(application: Routing, dossier: str) -> dict[str, Any]:
    """Return a dossier's itinerary. Raises RefusedError with `not-found`."""
    try:
        itinerary = cast("Itinerary | None", application.find_afresh(UUID(dossier)))
    except ValueError:
        itinerary = None
    if not isinstance(itinerary, Itinerary):
        raise RefusedError(NOT_FOUND, what=f"itinerary {dossier}")
    return {
        "dossier": dossier,
        "code": itinerary.code,
        "procedure": itinerary.procedure,
        "desk": itinerary.desk,
        "process": itinerary.process,
        "version": itinerary.process_version,
        "trial": itinerary.trial,
        "at_desk": itinerary.at_desk,
        "ended": itinerary.ended,
        "legs": [
            {**{name: leg[name] for name in _SHOWN}, "state": state, "tries": tries}
            for leg, state, tries in zip(itinerary.legs, itinerary.states, itinerary.tries, strict=False)
        ],
        "open_legs": [
            {
                "leg": leg,
                "number": one["number"],
                "agency": one["agency"],
                "due_at": one["due_at"],
                "steps": due_steps(application, one),
            }
            for leg, one in sorted(itinerary.open.items(), key=lambda pair: int(pair[1]["number"]))
        ],
    }


_SHOWN = (
    "number", "id", "name", "kind", "agency", "direction", "term", "at_term", "pause", "after", "join", "reason",
    "reason_vi", "skipped", "skipped_vi",
)  # fmt: skip
