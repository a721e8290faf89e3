"""What AsyncAPI says of the broker: channels with their AMQP bindings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.names import SERVICES
from shared.partitions import PARTITIONS
from shared.topology import (
    AGENCIES,
    COMMANDS,
    COMMANDS_QUEUE,
    DEAD,
    EVENTS,
    RESENDS,
    Queue,
    Topology,
    agency_queue,
    agency_topology,
    input_queue,
    parking_queue,
    resend_queue,
    services_topology,
)

AGENCY = "{agency}"
PARTITION = "{partition}"
VHOST = "/lienthong"
AMQP = "0.3.0"
"""Version of AsyncAPI's AMQP binding."""

_PARTITION = {
    "partition": {
        "description": "CRC-32 of the UTF-8 `partitionkey`, modulo the number of partitions.",
        "enum": [str(number) for number in range(PARTITIONS)],
    },
}
_AGENCY = {"agency": {"description": "The id of an agency that has a system of its own, such as H47.12."}}


def _kinds() -> dict[str, str]:
    return {exchange.name: exchange.kind for exchange in services_topology().exchanges}


def _known_queues() -> dict[str, Queue]:
    topology: Topology = services_topology() + agency_topology(AGENCY)
    return {queue.name: queue for queue in topology.queues}


def exchange_channel(
    name: str, address: str, description: str, parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the channel of an exchange; its address is the routing key."""
    channel: dict[str, Any] = {"address": address, "title": name, "description": description}
    if parameters:
        channel["parameters"] = dict(parameters)
    exchange = {"name": name, "type": _kinds()[name], "durable": True, "autoDelete": False, "vhost": VHOST}
    channel["bindings"] = {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": AMQP}}
    return channel


def queue_channel(
    name: str, description: str, parameters: Mapping[str, Any] | None = None, *, example: str | None = None
) -> dict[str, Any]:
    """Return the channel of a queue, a durable quorum queue; `example` names one that the topology has."""
    known = _known_queues()[example or name]
    words = [description, "A quorum queue."]
    if known.single_active_consumer:
        words.append("One consumer at a time (single active consumer).")
    if known.parking:
        words.append(f"What it cannot handle lies in `{parking_queue(name)}`.")
    channel: dict[str, Any] = {"address": name, "title": name, "description": " ".join(words)}
    if parameters:
        channel["parameters"] = dict(parameters)
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False, "vhost": VHOST}
    channel["bindings"] = {"amqp": {"is": "queue", "queue": queue, "bindingVersion": AMQP}}
    return channel


def channels() -> dict[str, dict[str, Any]]:
    """Return every channel by its id, without messages."""
    found = {
        "events": exchange_channel(
            EVENTS,
            "{service}.{event}",
            "Everything the services make known. The routing key is the message type without `lienthong.`.",
            {"service": {"enum": [*SERVICES[:3]]}, "event": {"description": "Such as `dossier-received`."}},
        ),
        "handOvers": exchange_channel(
            AGENCIES,
            AGENCY,
            "What goes to agencies' own systems. The routing key is the agency's id.",
            _AGENCY,
        ),
        "agencyQueue": queue_channel(
            agency_queue(AGENCY), "What an agency's own system reads; only its account may.", _AGENCY
        ),
        "commands": exchange_channel(
            COMMANDS,
            "{command}",
            "What agencies' own systems command. The routing key is the last part of the message type.",
            {"command": {"description": "Such as `accept-leg`."}},
        ),
        "commandsQueue": queue_channel(COMMANDS_QUEUE, "Commands on their way to processing."),
        "resends": exchange_channel(
            RESENDS,
            "{service}",
            "A consumer asks a source to send part of its log again. Between services only.",
            {"service": {"enum": [*SERVICES[:3]]}},
        ),
        "resendsQueue": queue_channel(
            resend_queue("{service}"),
            "Requests to send again, for one source.",
            {"service": {"enum": [*SERVICES[:3]]}},
            example=resend_queue("intake"),
        ),
        "dead": exchange_channel(
            DEAD,
            "{queue}.dead",
            "Copies of messages that could not be handled, for people to see, in the parking queue of "
            "the queue they came from; headers `reason-class` and `reason` say why.",
            {"queue": {"description": "The queue that the message came from."}},
        ),
    }
    for service in SERVICES:
        found[f"{service}Input"] = queue_channel(
            f"{service}.in.{PARTITION}",
            f"What {service} takes in; one dossier's messages share a partition.",
            _PARTITION,
            example=input_queue(service, 0),
        )
    return found
