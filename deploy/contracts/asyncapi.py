"""AsyncAPI 3.0: every exchange, queue and message on the broker."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, NamedTuple

from deploy.contracts import plumbing
from deploy.contracts.broker import AMQP, VHOST, channels
from deploy.contracts.envelope import envelope, payload
from deploy.contracts.messages import handled_by, name_in_documents, readers, schema_of, sender
from deploy.contracts.operations.statistics_answers import ReportAnswer
from deploy.contracts.schemas import Schemas
from deploy.names import SERVICES
from shared.contracts.registry import ALL, COMMANDS, EVENTS, HAND_OVERS, Contract
from shared.messaging.consuming import COPIED_TO_HEADERS
from shared.topology import SOURCES

CLOUDEVENTS = "application/cloudevents+json"

DESCRIPTION = """\
Messages between the services of Liên Thông, and with agencies' own systems.

Operations are written from the side of Liên Thông: what it sends, agencies receive.
Every message is a CloudEvents 1.0 message in structured JSON, persistent, delivered at least once,
in order within one dossier. See README.md beside this file for what is guaranteed, and agencies.md
for what an agency's own system has to do.
"""


def document(version: str) -> dict[str, Any]:
    """Return the AsyncAPI document of everything on the broker."""
    schemas = Schemas()
    messages = {name_in_documents(contract): _message(contract, schemas) for contract in ALL.values()}
    messages |= plumbing.messages()
    for name, feed in FEEDS.items():
        messages[f"{name.title()}Changed"] = _feed_message(name, feed, schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Liên Thông: messages", "version": version, "description": DESCRIPTION},
        "defaultContentType": CLOUDEVENTS,
        "servers": {"broker": _server(), "statistics": _statistics()},
        "channels": {**_channels(), **{f"{name}Feed": _feed(name, feed) for name, feed in FEEDS.items()}},
        "operations": {
            **_operations(),
            **{f"statistics.tell{name.title()}": _tell(name, feed) for name, feed in FEEDS.items()},
        },
        "components": {
            "messages": messages,
            "schemas": {"Envelope": envelope(), **plumbing.schemas(), **schemas.definitions()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "account": {
                    "type": "userPassword",
                    "description": "An account of the broker. An agency's is `agency.<agency id>`.",
                },
            },
        },
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{host}:{port}",
        "pathname": VHOST.replace("/", "/%2F"),
        "protocol": "amqp",
        "protocolVersion": "0-9-1",
        "description": "RabbitMQ; the virtual host is `/lienthong` unless set otherwise.",
        "variables": {"host": {"default": "localhost"}, "port": {"default": "5672"}},
        "security": [{"$ref": "#/components/securitySchemes/account"}],
    }


def _statistics() -> dict[str, Any]:
    return {
        "host": "{host}:{port}",
        "protocol": "http",
        "description": "Where statistics listens; see openapi/statistics.yaml for who may ask what.",
        "variables": {"host": {"default": "localhost"}, "port": {"default": "8000"}},
        "security": [{"$ref": "#/components/securitySchemes/bearer"}],
    }


class Feed(NamedTuple):
    """A report that is told as it changes: its title, whom it is for, what its question needs."""

    title: str
    of: str
    listeners: str
    question: str


FEEDS = {
    "ranking": Feed(
        "The ranking of units, as it changes", "ranking", "an institutional map", "a period, and `rules`"
    ),
    "resolution": Feed(
        "What was received and resolved, as it changes",
        "report on resolution",
        "a dashboard",
        "a period, and what to divide it by",
    ),
}
"""By the report's name."""


def _feed(name: str, feed: Feed) -> dict[str, Any]:
    message = f"{name.title()}Changed"
    return {
        "address": f"/v1/feeds/{name}",
        "title": feed.title,
        "description": (
            f"Server-sent events (WHATWG HTML, 9.2) for {feed.listeners}. The query is that of the report `{name}`:"
            f" {feed.question}. Whoever comes back with Last-Event-ID hears only of what is newer. A listener that"
            " is slow gets the newest state next, never a queue of old ones. Comments keep the connection open."
        ),
        "servers": [{"$ref": "#/servers/statistics"}],
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
    }


def _feed_message(name: str, feed: Feed, schemas: Schemas) -> dict[str, Any]:
    return {
        "name": name,
        "title": f"The {feed.of} changed",
        "summary": f"The whole {feed.of} as of now; the event's id is the position in the ledger that it knows.",
        "contentType": "application/json",
        "payload": schemas.ref(ReportAnswer),
    }


def _tell(name: str, feed: Feed) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{name}Feed"},
        "summary": f"statistics tells the {feed.of}, at once and whenever it changes.",
        "messages": [{"$ref": f"#/channels/{name}Feed/messages/{name.title()}Changed"}],
    }


def _message(contract: Contract, schemas: Schemas) -> dict[str, Any]:
    data = schemas.ref(schema_of(contract))
    is_event = contract.type in EVENTS
    summary = inspect.cleandoc(schema_of(contract).__doc__ or "").splitlines()[0]
    return {
        "name": contract.type,
        "title": f"{contract.type} v{contract.version}",
        "summary": summary,
        "description": f"From {sender(contract)} to {', '.join(readers(contract.type)) or 'nobody'}.",
        "contentType": CLOUDEVENTS,
        "headers": _headers(contract),
        "payload": payload(contract, data, envelope_ref="#/components/schemas/Envelope", event=is_event),
        "correlationId": {"location": "$message.payload#/correlationid"},
        "bindings": {"amqp": {"messageType": contract.type, "bindingVersion": AMQP}},
    }


def _headers(contract: Contract) -> dict[str, Any]:
    texts: dict[str, Any] = {
        f"cloudEvents:{name}": {"type": "string", "description": f"Equal to the attribute `{name}`."}
        for name in COPIED_TO_HEADERS
    }
    if contract.type in EVENTS:
        texts["partition"] = {"type": "string", "description": "Decides the input queue."}
    return {
        "type": "object",
        "description": "Copies for routing. A copy that differs from the body is refused.",
        "properties": texts,
    }


def _channels() -> dict[str, Any]:
    inputs = {
        f"{service}Input": [
            *(name_in_documents(each) for each in EVENTS.values() if each.service in SOURCES[service]),
            plumbing.MARKER,
        ]
        for service in SERVICES
    }
    carried = {
        "events": _names(EVENTS),
        "handOvers": _names(HAND_OVERS),
        "agencyQueue": _names(HAND_OVERS),
        "commands": _names(COMMANDS),
        "commandsQueue": _names(COMMANDS),
        "resends": [plumbing.RESEND],
        "resendsQueue": [plumbing.RESEND],
        "dead": _names({**EVENTS, **COMMANDS}),
        **inputs,
    }
    return {
        name: {
            **channel,
            "messages": {one: {"$ref": f"#/components/messages/{one}"} for one in sorted(carried[name])},
        }
        for name, channel in channels().items()
    }


def _operations() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for service in SERVICES:
        published = [each.type for each in EVENTS.values() if each.service == service]
        if published:
            found[f"{service}.publish"] = _operation(
                "send", "events", published, f"{service} makes known what it recorded, from its log."
            )
        found[f"{service}.take"] = _operation(
            "receive",
            f"{service}Input",
            handled_by(service),
            f"{service} acts on these; what else its sources publish it takes in and passes over.",
        )
    found["handOver"] = _operation("send", "handOvers", HAND_OVERS, "processing speaks to an agency.")
    found["command"] = _operation("receive", "commandsQueue", COMMANDS, "An agency commands.")
    return found


def _operation(action: str, channel: str, types: Iterable[str], summary: str) -> dict[str, Any]:
    names = sorted(name_in_documents(ALL[kind]) for kind in types)
    operation: dict[str, Any] = {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
    }
    binding: dict[str, Any] = {"bindingVersion": AMQP}
    # Persistent and mandatory when sent; acknowledged after the commit when received.
    binding |= {"deliveryMode": 2, "mandatory": True} if action == "send" else {"ack": True}
    operation["bindings"] = {"amqp": binding}
    return operation


def _names(contracts: dict[str, Contract] | Any) -> list[str]:
    return [name_in_documents(contract) for contract in contracts.values()]
