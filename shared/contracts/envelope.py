"""The envelope of every message: CloudEvents 1.0, structured JSON, with our extensions.

Positions travel as text, since CloudEvents integers end at 32 bits. `type` is
`lienthong.<service>.<event type>`; the version of the data stands at the end of `dataschema`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

MAX_BYTES = 1_000_000
"""A message longer than this is refused unread."""

_TEXT_ATTRIBUTES = (
    "id",
    "source",
    "type",
    "subject",
    "time",
    "dataschema",
    "receivedtime",
    "recordedtime",
    "rootid",
    "legid",
    "partitionkey",
    "correlationid",
    "causationid",
    "digest",
    "actorrole",
    "actorsubject",
    "actoragency",
    "replayid",
    "traceparent",
)
_POSITIONS = ("sourceposition", "previousposition")
_POSITION_DIGITS = 18
"""Positions fit into 64 bits."""
_VERSION_DIGITS = 9
_REQUIRED = ("specversion", "id", "source", "type", "time", "dataschema")


class MalformedMessageError(Exception):
    """The bytes are no message of ours. `code` is stable; the text says what is wrong."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


@dataclass(slots=True)
class Message:
    """One CloudEvents message. Times are RFC 3339 UTC texts of fixed width."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    """When it happened, as asserted."""
    dataschema: str
    data: dict[str, Any]
    receivedtime: str | None = None
    """When word of it reached the system."""
    recordedtime: str | None = None
    """When it was recorded."""
    rootid: str | None = None
    """The dossier that the citizen sees."""
    legid: str | None = None
    partitionkey: str | None = None
    sourceposition: int | None = None
    """Position in the source's log."""
    previousposition: int | None = None
    """Position of the message before it in the same partition of the source's log."""
    correlationid: str | None = None
    causationid: str | None = None
    digest: str | None = None
    """SHA-256 of the stored event."""
    actorrole: str | None = None
    actorsubject: str | None = None
    actoragency: str | None = None
    historical: bool = False
    """Whether a historian asserted the time."""
    replayid: str | None = None
    """The replay that sends the message again, under its first id, because somebody asked for it."""
    traceparent: str | None = None
    """The span in which it was sent (W3C Trace Context), where no header can say so."""
    superseded: bool = False
    """Of a replayed hand-over: the leg has ended since, or lies before another agency."""
    wantsanswer: bool = False
    """Of a command: its sender is to be told on its queue that it was carried out, too."""
    specversion: str = field(default="1.0")

    @property
    def version(self) -> int:
        """The version of the data's schema."""
        return int(self.dataschema.rpartition(":")[2])

    def to_bytes(self) -> bytes:
        """Return the message in CloudEvents' structured JSON form."""
        document: dict[str, Any] = {"specversion": "1.0"}
        for name in _TEXT_ATTRIBUTES:
            value = getattr(self, name)
            if value is not None:
                document[name] = value
        for name in _POSITIONS:
            position = getattr(self, name)
            if position is not None:
                document[name] = str(position)
        if self.historical:
            document["historical"] = True
        if self.superseded:
            document["superseded"] = True
        if self.wantsanswer:
            document["wantsanswer"] = True
        document["datacontenttype"] = "application/json"
        document["data"] = self.data
        return orjson.dumps(document)


def schema_uri(message_type: str, version: int) -> str:
    """Return the `dataschema` of a message type at a version."""
    return f"urn:{message_type.replace('.', ':')}:{version}"


def from_bytes(body: bytes) -> Message:
    """Return the message that `body` holds.

    Raises MalformedMessageError with `too-large`, `not-json` or `not-cloudevents`.
    Unknown extension attributes are passed over: another version of us may have put them there.
    """
    if len(body) > MAX_BYTES:
        raise MalformedMessageError("too-large", f"{len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedMessageError("not-json", str(error)) from None
    if not isinstance(document, dict):
        raise MalformedMessageError("not-cloudevents", "not a JSON object")
    return _message(document)


def _message(document: dict[str, Any]) -> Message:
    if missing := [name for name in _REQUIRED if not document.get(name)]:
        raise MalformedMessageError("not-cloudevents", f"attribute {missing[0]!r} is missing")
    if document["specversion"] != "1.0":
        raise MalformedMessageError("not-cloudevents", f"specversion {document['specversion']!r}")
    data = document.get("data")
    if not isinstance(data, dict):
        raise MalformedMessageError("not-cloudevents", "data is missing or no JSON object")
    attributes: dict[str, Any] = {"data": data, "subject": "", **_texts(document), **_positions(document)}
    if not _is_number(attributes["dataschema"].rpartition(":")[2], _VERSION_DIGITS):
        raise MalformedMessageError("not-cloudevents", "dataschema does not end in a version")
    attributes["historical"] = document.get("historical") is True
    attributes["superseded"] = document.get("superseded") is True
    attributes["wantsanswer"] = document.get("wantsanswer") is True
    return Message(**attributes)


def _texts(document: dict[str, Any]) -> dict[str, str]:
    texts = {name: document[name] for name in _TEXT_ATTRIBUTES if document.get(name) is not None}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise MalformedMessageError("not-cloudevents", f"attribute {name!r} is no text")
    return texts


def _positions(document: dict[str, Any]) -> dict[str, int]:
    positions = {name: document[name] for name in _POSITIONS if document.get(name) is not None}
    for name, value in positions.items():
        if not _is_number(value, _POSITION_DIGITS):
            raise MalformedMessageError("not-cloudevents", f"attribute {name!r} is no position")
    return {name: int(value) for name, value in positions.items()}


def _is_number(value: Any, most_digits: int) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= most_digits
