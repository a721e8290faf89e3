"""Every exchange, queue and binding, in one place. Names are durable: written here, never derived.

    lienthong.events --(intake.#, routing.# ...)--> <service>.in --(partition=n)--> <service>.in.<n>

A message's partition depends on its dossier alone, so one dossier's messages stay in order.
Each service's input takes everything its sources publish and skips what does not concern it:
so the chain of positions in the messages shows it whether it missed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.partitions import PARTITIONS

EVENTS = "lienthong.events"
AGENCIES = "lienthong.agencies"
COMMANDS = "lienthong.commands"
DEAD = "lienthong.dead"
RESENDS = "lienthong.resends"

COMMANDS_QUEUE = "processing.commands"

SOURCES: Mapping[str, tuple[str, ...]] = {
    "intake": ("routing",),
    "routing": ("intake", "processing"),
    "processing": ("routing",),
    "statistics": ("intake", "routing", "processing"),
}
"""Whose events each service takes in."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange; `kind` is topic, direct, headers or fanout."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue. `parking` names the queue where rejected messages are dead-lettered."""

    name: str
    single_active_consumer: bool = False
    parking: str | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """Lets messages flow from an exchange to a queue or to another exchange."""

    source: str
    destination: str
    routing_key: str = ""
    to_exchange: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    """For a headers exchange: all of these must be equal."""


@dataclass(frozen=True, slots=True)
class Topology:
    """What a broker must hold before services start."""

    exchanges: tuple[Exchange, ...] = ()
    queues: tuple[Queue, ...] = ()
    bindings: tuple[Binding, ...] = ()

    def __add__(self, other: Topology) -> Topology:
        return Topology(
            self.exchanges + other.exchanges,
            self.queues + other.queues,
            self.bindings + other.bindings,
        )


def input_queue(service: str, partition: int) -> str:
    """Return the name of a service's input queue."""
    return f"{service}.in.{partition}"


def input_queues(service: str) -> list[str]:
    """Return the names of all of a service's input queues, by partition."""
    return [input_queue(service, partition) for partition in range(PARTITIONS)]


def resend_queue(service: str) -> str:
    """Return the queue where `service` is asked to send events of its log again."""
    return f"{service}.resends"


def parking_queue(queue: str) -> str:
    """Return the queue where copies of what `queue` could not handle lie for people to see."""
    return f"{queue}.dead"


def agency_queue(agency_id: str) -> str:
    """Return the queue of an agency that has its own system."""
    return f"agency.{agency_id}"


def _parked(queue: Queue) -> Topology:
    parking = parking_queue(queue.name)
    return Topology(
        queues=(
            Queue(queue.name, single_active_consumer=queue.single_active_consumer, parking=parking),
            Queue(parking),
        ),
        bindings=(Binding(DEAD, parking, routing_key=parking),),
    )


def services_topology() -> Topology:
    """Return everything the four services need."""
    topology = Topology(
        exchanges=(
            Exchange(EVENTS, "topic"),
            Exchange(AGENCIES, "direct"),
            Exchange(COMMANDS, "topic"),
            Exchange(DEAD, "direct"),
            Exchange(RESENDS, "direct"),
        ),
    )
    for service, sources in SOURCES.items():
        entrance = f"{service}.in"
        topology += Topology(
            exchanges=(Exchange(entrance, "headers"),),
            bindings=tuple(
                Binding(EVENTS, entrance, routing_key=f"{source}.#", to_exchange=True) for source in sources
            ),
        )
        for partition, name in enumerate(input_queues(service)):
            topology += _parked(Queue(name, single_active_consumer=True))
            topology += Topology(
                bindings=(Binding(entrance, name, headers={"partition": str(partition)}),),
            )
        if service != "statistics":
            topology += Topology(
                queues=(Queue(resend_queue(service)),),
                bindings=(Binding(RESENDS, resend_queue(service), routing_key=service),),
            )
    topology += _parked(Queue(COMMANDS_QUEUE, single_active_consumer=True))
    return topology + Topology(bindings=(Binding(COMMANDS, COMMANDS_QUEUE, routing_key="#"),))


def agency_topology(agency_id: str) -> Topology:
    """Return what one agency with its own system needs."""
    queue = agency_queue(agency_id)
    return _parked(Queue(queue)) + Topology(
        bindings=(Binding(AGENCIES, queue, routing_key=agency_id),),
    )
