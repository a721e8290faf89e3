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
LEG_OPENED = "lienthong.routing.leg-opened"


class AgencyRegister(Protocol):
    """Where word of agencies is kept."""

    def register(self, registered: Mapping[str, Any]) -> None:
        """Keep what `agency-registered` says."""
        ...


def handlers(application: Processing, agencies: AgencyRegister) -> dict[str, Handler]:
    """Return what to do, by message type."""
    return {
        AGENCY_REGISTERED: lambda _message, data, _act: agencies.register(data),
        LEG_OPENED: lambda _message, data, act: application.open_work(data, act),
    }


def aggregate_of(message: Message) -> UUID | None:
    """Return the work that a message is about, to be loaded with its batch."""
    if message.type != LEG_OPENED:
        return None
    try:
        return UUID(str(message.data.get("leg")))
    except ValueError:
        return None


REFERENCES: Mapping[str, Callable[[Message], str]] = {
    AGENCY_REGISTERED: lambda message: f"agency/{message.data['agency']}",
}
"""The reference data that a message brings, for those that wait for it."""
