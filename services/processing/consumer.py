"""What processing does when it hears of routing's events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from services.processing.application import Processing
from shared.acts import Act
from shared.contracts.envelope import Message

Handler = Callable[[Message, dict[str, Any], Act], None]

AGENCY_REGISTERED = "lienthong.routing.agency-registered"
AGENCY_ENDED = "lienthong.routing.agency-ended"
LEG_OPENED = "lienthong.routing.leg-opened"
LEG_CLOSED = "lienthong.routing.leg-closed"
LEG_REHOMED = "lienthong.routing.leg-rehomed"
ITINERARY_RESUMED = "lienthong.routing.itinerary-resumed"

_OF_LEGS = frozenset({LEG_OPENED, LEG_CLOSED, LEG_REHOMED, ITINERARY_RESUMED})


class AgencyRegister(Protocol):
    """Where word of agencies is kept."""

    def register(self, registered: Mapping[str, Any]) -> None:
        """Keep what `agency-registered` says."""
        ...

    def end(self, ended: Mapping[str, Any]) -> None:
        """Keep what `agency-ended` says."""
        ...


ONLY: Mapping[str, Callable[[Message], bool]] = {
    # A leg is closed by routing alone when nobody needs it; all other closings began here.
    LEG_CLOSED: lambda message: message.data.get("outcome") == "withdrawn",
}


def handlers(application: Processing, agencies: AgencyRegister) -> dict[str, Handler]:
    """Return what to do, by message type."""
    return {
        AGENCY_REGISTERED: lambda _message, data, _act: agencies.register(data),
        AGENCY_ENDED: lambda _message, data, _act: agencies.end(data),
        LEG_OPENED: lambda _message, data, act: application.open_work(data, act),
        LEG_CLOSED: lambda _message, data, act: application.withdraw_work(data["leg"], act),
        LEG_REHOMED: lambda _message, data, act: application.rehome_work(data, act),
        ITINERARY_RESUMED: lambda _message, data, act: application.resume_work(data, act),
    }


def aggregate_of(message: Message) -> UUID | None:
    """Return the work that a message is about, to be loaded with its batch."""
    if message.type not in _OF_LEGS:
        return None
    try:
        return UUID(str(message.data.get("leg")))
    except ValueError:
        return None


REFERENCES: Mapping[str, Callable[[Message], str]] = {
    AGENCY_REGISTERED: lambda message: f"agency/{message.data['agency']}",
}
"""The reference data that a message brings, for those that wait for it."""
