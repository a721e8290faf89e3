"""What routing does when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.routing.application.routing import Routing
from shared.acts import Act
from shared.contracts.envelope import Message
from shared.messaging.consuming import Handler


def handlers(application: Routing) -> Mapping[str, Handler]:
    """Return what happens on each message type."""

    def dossier_received(_message: Message, data: dict[str, Any], act: Act) -> None:
        application.start(data, act)

    def dossier_sent_on(_message: Message, data: dict[str, Any], act: Act) -> None:
        application.send_on(data["note"], act)

    def leg_completed(_message: Message, data: dict[str, Any], act: Act) -> None:
        application.leg_completed(data["leg"], act)

    def leg_returned(_message: Message, data: dict[str, Any], act: Act) -> None:
        application.leg_returned(data["leg"], data["reason"], act)

    return {
        "lienthong.intake.dossier-received": dossier_received,
        "lienthong.intake.dossier-sent-on": dossier_sent_on,
        "lienthong.processing.leg-completed": leg_completed,
        "lienthong.processing.leg-returned": leg_returned,
    }


def aggregate_of(message: Message) -> UUID | None:
    """Return the itinerary that a message is about, to be loaded with its batch."""
    return UUID(message.rootid) if message.rootid else None
