"""What intake does when routing makes something known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.intake.application import Intake
from services.intake.tables import IntakeTables
from shared.acts import Act
from shared.contracts.envelope import Message

Handler = Callable[[Message, dict[str, Any], Act], None]


def handlers(application: Intake, tables: IntakeTables) -> dict[str, Handler]:
    """Return message type to handler; every message on a dossier names it as the act's root."""
    return {
        "lienthong.routing.agency-registered": lambda _, data, __: tables.agencies.put(data),
        "lienthong.routing.itinerary-planned": lambda _, data, act: application.start_processing(
            act.root, act, {leg["agency"] for leg in data["legs"]}
        ),
        "lienthong.routing.itinerary-completed": lambda _, __, act: application.resolve(act.root, act),
        "lienthong.routing.itinerary-returned": lambda _, data, act: application.returned_to_desk(
            act.root, data["agency"], data["reason"], act
        ),
    }


def aggregate_of(message: Message) -> UUID | None:
    """Return the dossier that a message is about, to be loaded with its batch."""
    if message.type == "lienthong.routing.agency-registered" or not message.rootid:
        return None
    return UUID(message.rootid)
