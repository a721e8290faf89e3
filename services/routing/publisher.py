"""What routing's stored events say to the outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.routing.domain.itinerary import Itinerary, leg_key
from services.routing.domain.reference import Agency, Process
from shared.messaging.publishing import Translation


def _process(event: Any) -> dict[str, Any]:
    definition = event.definition
    return {
        "process": definition["process"],
        "version": definition["version"],
        "procedure": definition["procedure"],
        "legs": len(definition["legs"]),
        "valid_from": definition["valid_from"],
    }


def _planned(event: Itinerary.Planned) -> dict[str, Any]:
    legs = [{**leg, "leg": str(leg_key(event.originator_id, leg["number"], 1))} for leg in event.legs]
    return {"code": event.code, "process": event.process, "version": event.version, "legs": legs}


def _opened(event: Itinerary.LegOpened) -> dict[str, Any]:
    return {
        "leg": event.leg,
        "number": event.number,
        "of": event.of,
        "attempt": event.attempt,
        "name": event.name,
        "code": event.code,
        "procedure": event.procedure,
        "agency": event.agency,
        "from_agency": event.from_agency,
        "direction": event.direction,
        "term": event.term,
        "due_at": event.due_at,
        "note": event.note,
    }


def _closed(event: Itinerary.LegClosed) -> dict[str, Any]:
    return {"leg": event.leg, "number": event.number, "agency": event.agency, "outcome": event.outcome}


TRANSLATIONS: Mapping[type[Any], Translation] = {
    Agency.Registered: ("lienthong.routing.agency-registered", lambda event: event.facts),
    Agency.Described: ("lienthong.routing.agency-registered", lambda event: event.facts),
    Process.Published: ("lienthong.routing.process-published", _process),
    Process.Revised: ("lienthong.routing.process-published", _process),
    Itinerary.Planned: ("lienthong.routing.itinerary-planned", _planned),
    Itinerary.LegOpened: ("lienthong.routing.leg-opened", _opened),
    Itinerary.LegClosed: ("lienthong.routing.leg-closed", _closed),
    Itinerary.Completed: ("lienthong.routing.itinerary-completed", lambda event: {"code": event.code}),
    Itinerary.ReturnedToDesk: (
        "lienthong.routing.itinerary-returned",
        lambda event: {"code": event.code, "agency": event.agency, "reason": event.reason},
    ),
}
