"""What routing does when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.routing.application.register import Register
from services.routing.application.routing import Routing
from shared.acts import Act
from shared.contracts.envelope import Message
from shared.messaging.consuming import Handler


def handlers(application: Routing) -> Mapping[str, Handler]:
    """Return what happens on each message type."""

    def ended(outcome: str) -> Handler:
        return lambda _, data, act: application.leg_ended(data["leg"], outcome, act)

    def asked_for(kind: str) -> Handler:
        return lambda _, data, act: application.pause(data["leg"], kind, data["reason"], act)

    def returned(_message: Message, data: dict[str, Any], act: Act) -> None:
        application.leg_returned(data["leg"], data["reason"], act, to=data.get("to"))

    def transferred(_message: Message, data: dict[str, Any], act: Act) -> None:
        application.leg_transferred(data["leg"], data["to"], data["reason"], act)

    def procedure_published(_message: Message, data: dict[str, Any], _act: Act) -> None:
        Register(application, application.directory).procedure_published(data)

    return {
        "lienthong.intake.procedure-published": procedure_published,
        "lienthong.intake.dossier-received": lambda _, data, act: application.start(data, act),
        "lienthong.intake.dossier-sent-on": lambda _, data, act: application.send_on(data["note"], act),
        "lienthong.intake.dossier-resumed": lambda _, data, act: application.resume(data["pause"], act),
        "lienthong.intake.dossier-withdrawn": lambda _, data, act: application.withdraw(data["reason"], act),
        "lienthong.intake.dossier-stopped": lambda _, data, act: application.withdraw(data["reason"], act),
        "lienthong.processing.leg-completed": ended("completed"),
        "lienthong.processing.opinion-given": ended("completed"),
        "lienthong.processing.leg-lapsed": lambda _, data, act: application.leg_ended(
            data["leg"], data["outcome"], act
        ),
        "lienthong.processing.leg-returned": returned,
        "lienthong.processing.leg-recalled": lambda _, data, act: application.leg_recalled(
            data["leg"], data["reason"], act
        ),
        "lienthong.processing.leg-transferred": transferred,
        "lienthong.processing.supplement-requested": asked_for("supplement"),
        "lienthong.processing.payment-requested": asked_for("payment"),
    }


def aggregate_of(message: Message) -> UUID | None:
    """Return the itinerary that a message is about, to be loaded with its batch."""
    return UUID(message.rootid) if message.rootid else None
