"""The envelope of every message as JSON Schema: CloudEvents 1.0 with our extensions."""

from __future__ import annotations

from typing import Any

from deploy.contracts.schemas import DIALECT
from shared.contracts.registry import Contract

_TIME = {"type": "string", "format": "date-time"}
_POSITION = {"type": "string", "pattern": "^[0-9]{1,18}$"}
_TEXT = {"type": "string"}
_ID = {"type": "string", "minLength": 1, "maxLength": 200}


def _attribute(shape: dict[str, Any], description: str) -> dict[str, Any]:
    return {**shape, "description": description}


ATTRIBUTES: dict[str, dict[str, Any]] = {
    "specversion": {"const": "1.0", "description": "Version of CloudEvents."},
    "id": _attribute(_ID, "With `source` it names the message for ever: the same id is the same message."),
    "source": _attribute(
        {"type": "string", "minLength": 1},
        "`/lienthong/<service>/<epoch>`, or `/agencies/<agency id>`. A restore from a backup begins a new epoch.",
    ),
    "type": _attribute({"type": "string", "minLength": 1}, "`lienthong.<service>.<event>`."),
    "subject": _attribute(_TEXT, "`<kind>/<id>`; a dossier by its internal UUID."),
    "time": _attribute(_TIME, "When it happened, as asserted."),
    "dataschema": _attribute(
        {"type": "string", "pattern": ":[0-9]{1,9}$"},
        "`urn:<type with colons>:<version>`; the last part is the version of the data.",
    ),
    "datacontenttype": {"const": "application/json"},
    "receivedtime": _attribute(_TIME, "When word of it reached the system."),
    "recordedtime": _attribute(_TIME, "When it was recorded."),
    "rootid": _attribute(
        _TEXT, "The dossier that the citizen sees, whatever part of the work this is about."
    ),
    "legid": _attribute(_TEXT, "The leg of its way."),
    "partitionkey": _attribute(_TEXT, "What keeps its order: one dossier's messages share a key."),
    "sourceposition": _attribute(_POSITION, "Position in the source's log."),
    "previousposition": _attribute(
        _POSITION, "Position of the message before it in the same partition of the source's log; 0: none."
    ),
    "correlationid": _attribute(_TEXT, "What belongs together; by default the dossier."),
    "causationid": _attribute(_TEXT, "What this follows from: `<source>/<id>`, or the id alone."),
    "digest": _attribute({"type": "string", "pattern": "^[0-9a-f]{64}$"}, "SHA-256 of the stored event."),
    "actorrole": _attribute(_TEXT, "Role of who did it."),
    "actorsubject": _attribute(_TEXT, "Who did it."),
    "actoragency": _attribute(_TEXT, "The agency acted for."),
    "historical": _attribute({"type": "boolean"}, "Whether a historian asserted the time; absent means no."),
    "replayid": _attribute(
        _TEXT, "The replay that sends the message again, under its first id, because somebody asked for it."
    ),
    "traceparent": _attribute(
        _TEXT,
        "W3C Trace Context, as CloudEvents' extension for distributed tracing has it: of messages over HTTP, where "
        "the system is traced; on AMQP a header of this name says it.",
    ),
    "superseded": _attribute(
        {"type": "boolean"},
        "Of a replayed hand-over: its leg has ended since, or lies before another agency; absent means no.",
    ),
    "wantsanswer": _attribute(
        {"type": "boolean"},
        "Of a command: tell its sender when it was carried out, by `command-carried-out`; absent means no.",
    ),
    "data": {"type": "object", "description": "What happened, in the shape that `dataschema` names."},
}
"""Every attribute; what is not listed is passed over."""

REQUIRED = ("specversion", "id", "source", "type", "time", "dataschema", "data")
REQUIRED_OF_EVENTS = (
    "rootid",
    "partitionkey",
    "sourceposition",
    "previousposition",
    "digest",
    "recordedtime",
)


def envelope() -> dict[str, Any]:
    """Return the schema of the envelope, whatever the message."""
    return {
        "description": "A CloudEvents 1.0 message in structured JSON, with Liên Thông's extensions.",
        "type": "object",
        "properties": ATTRIBUTES,
        "required": list(REQUIRED),
    }


def envelope_document() -> dict[str, Any]:
    """Return the schema of the envelope as a document of its own."""
    return {"$schema": DIALECT, "$id": "urn:lienthong:envelope:1", "title": "envelope", **envelope()}


def payload(contract: Contract, data: dict[str, Any], *, envelope_ref: str, event: bool) -> dict[str, Any]:
    """Return the schema of a whole message: the envelope, and what its type fixes."""
    fixed: dict[str, Any] = {
        "properties": {
            "type": {"const": contract.type},
            "dataschema": {"const": contract.dataschema},
            "data": data,
        },
    }
    if event:
        fixed["required"] = list(REQUIRED_OF_EVENTS)
    return {"allOf": [{"$ref": envelope_ref}, fixed]}
