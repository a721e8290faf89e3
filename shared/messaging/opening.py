"""Opening deliveries: which of them are messages of ours, and why the others are not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shared.contracts.envelope import MalformedMessageError, Message, from_bytes
from shared.messaging.broker import Delivery
from shared.messaging.epochs import service_of
from shared.messaging.hearing import MARKER
from shared.partitions import PARTITIONS

COPIED_TO_HEADERS = ("id", "source", "type", "partitionkey")
"""Attributes that routing reads from headers; a differing copy is refused."""

LONGEST_NAME = 200
"""The most characters of an attribute that tables are searched by: longer ones fit into no index."""

_SEARCHED_BY = ("id", "source", "type", "partitionkey")
_STORED = (*_SEARCHED_BY, "rootid", "legid", "correlationid", "causationid")


@dataclass(frozen=True, slots=True)
class Opened:
    """A delivery, with its message if it is one of ours, else with the reason why not."""

    delivery: Delivery
    message: Message | None
    reason: str = ""


def headers_of(message: Message) -> dict[str, str]:
    """Return the attributes that a broker routes by, as message headers."""
    headers = {f"cloudEvents:{name}": getattr(message, name) for name in COPIED_TO_HEADERS}
    return {name: value for name, value in headers.items() if value is not None}


def open_delivery(delivery: Delivery) -> Message:
    """Return the message in a delivery.

    Raises MalformedMessageError with the codes of `from_bytes`, or `header-mismatch`.
    """
    message = from_bytes(delivery.body)
    for name in COPIED_TO_HEADERS:
        copied = delivery.headers.get(f"cloudEvents:{name}")
        if copied is not None and copied != getattr(message, name):
            raise MalformedMessageError("header-mismatch", f"header {name!r} differs from the body")
    return message


def open_event(delivery: Delivery, sources: Collection[str]) -> Opened:
    """Open what should be an event or a marker of one of the services `sources`.

    Whatever a table could not hold is found here: behind this point no message can make a
    transaction fail in which it is only to be written down.
    """
    try:
        message = open_delivery(delivery)
        _check_texts(message)
        _check_source(message, sources)
        (_check_marker if is_marker(message) else _check_chain)(message)
    except MalformedMessageError as error:
        return Opened(delivery, None, f"{error.code}: {error}")
    return Opened(delivery, message)


def is_marker(message: Message) -> bool:
    """Tell whether a message only says how far its source has published."""
    return message.type.endswith(f".{MARKER}")


def _check_source(message: Message, sources: Collection[str]) -> None:
    if service_of(message.source) not in sources:
        raise MalformedMessageError("unknown-source", f"nothing is heard here from {message.source}")


def _check_texts(message: Message) -> None:
    for name in _STORED:
        value = getattr(message, name) or ""
        if "\0" in value or (name in _SEARCHED_BY and len(value) > LONGEST_NAME):
            reason = f"attribute {name!r} is too long or holds a zero byte"
            raise MalformedMessageError("not-cloudevents", reason)


def _check_chain(message: Message) -> None:
    for name in ("sourceposition", "previousposition", "partitionkey"):
        if getattr(message, name) is None:
            raise MalformedMessageError("not-cloudevents", f"attribute {name!r} is missing")


def _check_marker(message: Message) -> None:
    partition = message.data.get("partition")
    if type(partition) is not int or not 0 <= partition < PARTITIONS or message.previousposition is None:
        raise MalformedMessageError("not-cloudevents", "a marker names a partition and its last position")
