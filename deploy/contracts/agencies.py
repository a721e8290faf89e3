"""AsyncAPI 3.0 of what an agency's own system sees, from its side: what it receives and what it sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.contracts import asyncapi
from deploy.contracts.messages import name_in_documents
from shared.contracts.registry import COMMANDS, HAND_OVERS, Contract

DESCRIPTION = """\
What Liên Thông and an agency's own system say to each other.

Operations are written from the side of the agency's system: it receives from its queue and sends commands.
Every message is a CloudEvents 1.0 message in structured JSON, persistent, delivered at least once, in order
within one dossier. agencies.md beside this file says what has to be done with them.
"""
QUEUE, EXCHANGE = "agencyQueue", "commands"
_SCHEMAS = "#/components/schemas/"


def document(version: str) -> dict[str, Any]:
    """Return the part of the AsyncAPI document that is between the system and agencies."""
    whole = asyncapi.document(version)
    components = whole["components"]
    messages = {name: components["messages"][name] for name in (*_names(HAND_OVERS), *_names(COMMANDS))}
    return {
        "asyncapi": whole["asyncapi"],
        "info": {"title": "Liên Thông: agencies", "version": version, "description": DESCRIPTION},
        "defaultContentType": whole["defaultContentType"],
        "servers": {"broker": whole["servers"]["broker"]},
        "channels": {name: whole["channels"][name] for name in (QUEUE, EXCHANGE)},
        "operations": {
            "receive": _operation(whole["operations"]["handOver"], "receive", QUEUE, HAND_OVERS),
            "command": _operation(whole["operations"]["command"], "send", EXCHANGE, COMMANDS),
        },
        "components": {
            "messages": messages,
            "schemas": _needed(components["schemas"], messages),
            "securitySchemes": {"account": components["securitySchemes"]["account"]},
        },
    }


def _names(contracts: Mapping[str, Contract]) -> list[str]:
    return sorted(name_in_documents(contract) for contract in contracts.values())


def _operation(
    ours: Mapping[str, Any], action: str, channel: str, contracts: Mapping[str, Contract]
) -> dict[str, Any]:
    """Return what is an operation of ours as one of the other side."""
    sends = action == "send"
    binding = {"bindingVersion": ours["bindings"]["amqp"]["bindingVersion"]}
    binding |= {"deliveryMode": 2, "mandatory": True} if sends else {"ack": True}
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": "Command." if sends else "Take in hand-overs, notices and refusals.",
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in _names(contracts)],
        "bindings": {"amqp": binding},
    }


def _needed(schemas: Mapping[str, Any], messages: Any) -> dict[str, Any]:
    """Return the schemas that messages refer to, and those that these refer to."""
    found: set[str] = set()
    to_see = [*_referred(messages)]
    while to_see:
        name = to_see.pop()
        if name not in found:
            found.add(name)
            to_see += _referred(schemas[name])
    return {name: schemas[name] for name in schemas if name in found}


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith(_SCHEMAS):
            yield reference.removeprefix(_SCHEMAS)
        for part in value.values():
            yield from _referred(part)
    elif isinstance(value, list):
        for part in value:
            yield from _referred(part)
