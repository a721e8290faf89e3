"""What intake does when routing makes something known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.intake.application import Intake
from services.intake.tables import IntakeTables
from shared.acts import Act
from shared.contracts.envelope import Message

Handler = Callable[[Message, dict[str, Any], Act], None]


def handlers(application: Intake, tables: IntakeTables) -> dict[str, Handler]:
    """Return message type to handler; every message on a dossier names it as the act's root."""

    def join_all(_message: Message, data: dict[str, Any], act: Act) -> None:
        for agency in dict.fromkeys(leg["agency"] for leg in data["legs"]):
            application.join(act.root, agency, act)

    return {
        "lienthong.routing.agency-registered": lambda _, data, __: tables.agencies.put(data),
        "lienthong.routing.agency-ended": lambda _, data, __: tables.agencies.end(data),
        "lienthong.routing.itinerary-planned": lambda _, data, act: application.start_processing(
            act.root, act, {leg["agency"] for leg in data["legs"]}
        ),
        "lienthong.routing.itinerary-completed": lambda _, __, act: application.resolve(act.root, act),
        "lienthong.routing.itinerary-returned": lambda _, data, act: application.returned_to_desk(
            act.root, data["agency"], data["reason"], act
        ),
        "lienthong.routing.itinerary-paused": lambda _, data, act: application.pause(
            act.root, data["pause"], data["kind"], data["reason"], act
        ),
        "lienthong.routing.itinerary-resumed": lambda _, data, act: application.resume(
            act.root, data["pause"], act
        ),
        "lienthong.routing.itinerary-extended": lambda _, data, act: application.extend(
            act.root, data["by"], data["reason"], act
        ),
        # Whoever gets a leg by transfer or succession works on the dossier, though nobody planned it.
        "lienthong.routing.itinerary-moved": join_all,
        "lienthong.routing.leg-opened": lambda _, data, act: application.join(act.root, data["agency"], act),
        "lienthong.routing.leg-rehomed": lambda _, data, act: application.join(act.root, data["agency"], act),
    }


ONLY: Mapping[str, Callable[[Message], bool]] = {
    # A leg opened for the first time, and for no special reason, is at the agency that was planned.
    "lienthong.routing.leg-opened": lambda message: (
        message.data.get("attempt") != 1 or bool(message.data.get("reasons"))
    ),
}

_ON_AGENCIES = {"lienthong.routing.agency-registered", "lienthong.routing.agency-ended"}


def aggregate_of(message: Message) -> UUID | None:
    """Return the dossier that a message is about, to be loaded with its batch."""
    if message.type in _ON_AGENCIES or not message.rootid:
        return None
    return UUID(message.rootid)
