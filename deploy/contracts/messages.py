"""Who sends and who reads each message type, found in the services themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from marshmallow import Schema

from deploy.contracts.schemas import standing_alone
from deploy.names import SERVICES
from shared.contracts.fields import TolerantSchema
from shared.contracts.registry import ALL, COMMANDS, EVENTS, HAND_OVERS, Contract
from shared.topology import SOURCES

AGENCY = "agency"
"""Who reads hand-overs and sends commands: an agency's own system."""
EVERYTHING = "statistics"
"""The service that acts on whatever its sources publish."""


class InternalEvent(TolerantSchema):
    """Nothing: an event that stays inside its service travels as its digest alone."""


def schema_of(contract: Contract) -> type[Schema]:
    """Return the schema that documents show for the data of a message type."""
    return InternalEvent if contract.schema is TolerantSchema else contract.schema


def handled_by(service: str) -> list[str]:
    """Return the types that a service acts on, sorted; the others it takes in and passes over."""
    if service == EVERYTHING:
        return sorted(kind for kind, contract in EVENTS.items() if contract.service in SOURCES[service])
    return sorted(_table(import_module(f"services.{service}.consumer").handlers))


def _table(handlers: Callable[..., Mapping[str, Any]]) -> Mapping[str, Any]:
    # The handlers only hold on to what they are given; nothing is called while the table is made.
    return handlers(*(None for _ in inspect.signature(handlers).parameters))


def readers(message_type: str) -> list[str]:
    """Return who acts on a message type, in the order of a dossier's way."""
    if message_type in COMMANDS:
        return ["processing"]
    if message_type in HAND_OVERS:
        return [AGENCY]
    return [service for service in SERVICES if message_type in handled_by(service)]


def sender(contract: Contract) -> str:
    """Return who sends a message type."""
    if contract.type in COMMANDS:
        return AGENCY
    return "processing" if contract.type in HAND_OVERS else contract.service


def name_in_documents(contract: Contract) -> str:
    """Return the name under which AsyncAPI shows a message, such as `DossierReceived`."""
    kind = contract.type.rpartition(".")[2]
    words = "".join(word.capitalize() for word in kind.split("-"))
    return f"{contract.service.capitalize()}{words}" if kind == "internal-event" else words


def schema_files() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the JSON Schema of each message type's data, in its newest version."""
    for contract in ALL.values():
        head = {"$id": contract.dataschema, "title": f"{contract.type} v{contract.version}"}
        yield f"{contract.type}.v{contract.version}.json", standing_alone(schema_of(contract), **head)
