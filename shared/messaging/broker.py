"""The broker port: the few things that services ask of a message broker.

`memory.MemoryBroker` and `rabbitmq.RabbitBroker` pass the same suite (tests/contract/broker).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from shared.topology import Topology


class BrokerUnavailableError(Exception):
    """The broker is away or cut us off: a transient fault, connect again later."""


class Outcome(Enum):
    """What became of a published message."""

    CONFIRMED = "confirmed"
    """Every queue it was routed to has it safely."""
    UNROUTABLE = "unroutable"
    """No queue wanted it; nobody has it."""
    REFUSED = "refused"
    """The broker would not take it (a full queue, for one); nobody is sure to have it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish. An empty `exchange` addresses the queue named by `routing_key`."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/cloudevents+json"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message taken from a queue and not yet settled."""

    queue: str
    body: bytes
    exchange: str
    routing_key: str
    message_id: str | None
    headers: Mapping[str, object]
    content_type: str | None
    user_id: str | None
    """The broker account that sent it, validated by the broker; None where there are no accounts."""
    redelivered: bool
    tag: int
    """Names the delivery within its subscription."""


class Publisher(Protocol):
    """Publishes batches; one thread at a time."""

    def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Publish durably and wait for the outcome of each, in the batch's order.

        Raises BrokerUnavailableError when the outcome of any is not known: publish all again.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Subscription(Protocol):
    """A share in one or more queues; unsettled deliveries return to their queue when it closes."""

    def take(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` messages: at once what is there, else after waiting for a first one.

        An empty list means that nothing came in time. Raises BrokerUnavailableError.
        """
        ...

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Settle for good. Raises BrokerUnavailableError; the messages then come again."""
        ...

    def requeue(self, deliveries: Sequence[Delivery]) -> None:
        """Put back, to come again marked `redelivered`."""
        ...

    def close(self) -> None:
        """Stop taking part; what is unsettled goes back."""
        ...


class Broker(Protocol):
    """A broker that knows how to lay out a topology and to open its two kinds of ends."""

    def declare(self, topology: Topology, *, again: bool = True) -> None:
        """Create what is missing; leave what is there. Raises BrokerUnavailableError.

        `again`: also of its own accord whenever the broker may have lost it.
        """
        ...

    def missing(self, queues: Sequence[str]) -> set[str]:
        """Return which of these queues are not there. Raises BrokerUnavailableError."""
        ...

    def losses(self) -> int:
        """Return a number that grows whenever a connection was lost: the broker may have been wiped."""
        ...

    def publisher(self) -> Publisher:
        """Open a publishing end."""
        ...

    def subscribe(self, queues: Sequence[str], prefetch: int) -> Subscription:
        """Open a receiving end on `queues`, with at most `prefetch` unsettled messages a queue."""
        ...

    def close(self) -> None:
        """Close every connection this object opened."""
        ...
