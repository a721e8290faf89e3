"""What routing's stored events say to the outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.routing.domain import clock_events
from services.routing.domain import itinerary_events as events
from services.routing.domain.agency import Agency
from services.routing.domain.itinerary import leg_key
from services.routing.domain.process import Process
from shared.messaging.publishing import Translation


def _process(event: Any) -> dict[str, Any]:
    definition = event.definition
    return {
        "process": definition["process"],
        "version": definition["version"],
        "procedure": definition["procedure"],
        "legs": len(definition["legs"]),
        "valid_from": definition["valid_from"],
        "state": event.state,
        "model": definition.get("model"),
    }


def _fields(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {name: getattr(event, name) for name in names}


_LEG = (
    "number", "name", "agency", "direction", "term", "reason", "reason_vi", "id", "kind", "at_term", "pause",
    "after", "join", "skipped", "skipped_vi",
)  # fmt: skip


def _legs(event: Any) -> list[dict[str, Any]]:
    return [
        {"leg": str(leg_key(event.originator_id, leg["number"], 1)), **{name: leg[name] for name in _LEG}}
        for leg in event.legs
    ]


_way = _fields("code", "process", "version", "model", "trial")
_move = _fields("code", "process", "from_version", "version", "basis", "model", "trial")


def _planned(event: Any) -> dict[str, Any]:
    return {**_way(event), "legs": _legs(event)}


def _moved(event: Any) -> dict[str, Any]:
    return {**_move(event), "legs": _legs(event)}


_opened = _fields(
    "leg", "number", "of", "attempt", "name", "code", "procedure", "agency", "from_agency", "from_number",
    "direction", "term", "due_at", "note", "kind", "at_term", "pause", "may_return_to", "skipped", "reasons",
)  # fmt: skip

TRANSLATIONS: Mapping[type[Any], Translation] = {
    Agency.Registered: ("lienthong.routing.agency-registered", lambda event: event.facts),
    Agency.Described: ("lienthong.routing.agency-registered", lambda event: event.facts),
    Agency.Ended: (
        "lienthong.routing.agency-ended",
        _fields("agency", "ended_at", "change", "successors", "basis"),
    ),
    Process.Published: ("lienthong.routing.process-published", _process),
    Process.Revised: ("lienthong.routing.process-published", _process),
    Process.StateChanged: (
        "lienthong.routing.process-state-changed",
        _fields("process", "version", "procedure", "state", "at", "agencies", "basis"),
    ),
    events.Planned: ("lienthong.routing.itinerary-planned", _planned),
    events.Moved: ("lienthong.routing.itinerary-moved", _moved),
    events.LegOpened: ("lienthong.routing.leg-opened", _opened),
    events.LegClosed: ("lienthong.routing.leg-closed", _fields("leg", "number", "agency", "outcome")),
    events.LegRehomed: (
        "lienthong.routing.leg-rehomed",
        _fields("leg", "number", "code", "agency", "from_agency", "due_at", "plan", "basis"),
    ),
    clock_events.Paused: (
        "lienthong.routing.itinerary-paused",
        _fields("code", "pause", "kind", "leg", "agency", "reason"),
    ),
    clock_events.Resumed: (
        "lienthong.routing.itinerary-resumed",
        _fields("code", "pause", "kind", "leg", "agency", "due_at"),
    ),
    clock_events.Extended: ("lienthong.routing.itinerary-extended", _fields("code", "by", "reason")),
    events.Withdrawn: ("lienthong.routing.itinerary-withdrawn", _fields("code", "reason")),
    events.Completed: ("lienthong.routing.itinerary-completed", _fields("code")),
    events.ReturnedToDesk: ("lienthong.routing.itinerary-returned", _fields("code", "agency", "reason")),
}
