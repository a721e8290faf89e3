"""Messages that keep the services' logs complete; they are no facts about dossiers."""

from __future__ import annotations

from typing import Any

from deploy.contracts.broker import AMQP
from deploy.names import SERVICES
from shared.partitions import PARTITIONS

MARKER = "LogPosition"
RESEND = "ResendRequest"

_PARTITION = {"type": "integer", "minimum": 0, "maximum": PARTITIONS - 1}


def schemas() -> dict[str, Any]:
    """Return the shapes of the two messages."""
    return {
        MARKER: {
            "description": "How far a source has published a partition: up to `previousposition`.",
            "type": "object",
            "properties": {"partition": _PARTITION},
            "required": ["partition"],
        },
        RESEND: {
            "description": "Asks a source to send a partition again; `after` null asks how far it is.",
            "type": "object",
            "properties": {
                "consumer": {"type": "string", "enum": list(SERVICES)},
                "partition": _PARTITION,
                "after": {"type": ["integer", "null"], "minimum": 0},
            },
            "required": ["consumer", "partition", "after"],
        },
    }


def messages() -> dict[str, Any]:
    """Return the two messages as AsyncAPI shows them."""
    marker = {"properties": {"data": {"$ref": f"#/components/schemas/{MARKER}"}}}
    return {
        MARKER: {
            "name": "lienthong.<service>.log-position",
            "title": "lienthong.<service>.log-position v1",
            "summary": "How far a source has published a partition, sent on request.",
            "contentType": "application/cloudevents+json",
            "payload": {"allOf": [{"$ref": "#/components/schemas/Envelope"}, marker]},
            "bindings": {"amqp": {"bindingVersion": AMQP}},
        },
        RESEND: {
            "name": "resend-request",
            "title": "resend-request",
            "summary": "Asks a source to send a partition of its log again.",
            "contentType": "application/json",
            "payload": {"$ref": f"#/components/schemas/{RESEND}"},
            "bindings": {"amqp": {"bindingVersion": AMQP}},
        },
    }
