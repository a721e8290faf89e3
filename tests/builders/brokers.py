"""A broker that misbehaves as a real one may: it loses connections, refuses, and has no queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.messaging.broker import Broker, BrokerUnavailableError, Outcome, Outgoing, Publisher, Subscription
from shared.topology import Topology

Trouble = Callable[[Sequence[Outgoing]], list[Outcome] | None]
"""Gets each batch after it was published: answers in the broker's stead, raises, or returns None."""


class TroubledBroker:
    """Another broker, with trouble at its publishing ends."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.trouble: Trouble = lambda _batch: None
        self.published: list[Outgoing] = []

    def declare(self, topology: Topology, *, again: bool = True) -> None:
        self._broker.declare(topology, again=again)

    def missing(self, queues: Sequence[str]) -> set[str]:
        return self._broker.missing(queues)

    def losses(self) -> int:
        return self._broker.losses()

    def publisher(self) -> Publisher:
        return _TroubledPublisher(self, self._broker.publisher())

    def subscribe(self, queues: Sequence[str], prefetch: int) -> Subscription:
        return self._broker.subscribe(queues, prefetch)

    def close(self) -> None:
        self._broker.close()


class _TroubledPublisher:
    def __init__(self, broker: TroubledBroker, publisher: Publisher) -> None:
        self._broker, self._publisher = broker, publisher

    def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        outcomes = self._publisher.publish(batch)
        self._broker.published += batch
        return self._broker.trouble(batch) or outcomes

    def close(self) -> None:
        self._publisher.close()


def cut_off(_batch: Sequence[Outgoing]) -> list[Outcome] | None:
    """The broker took the batch, and the connection broke before it could say so."""
    raise BrokerUnavailableError("cut off")


def last_one(outcome: Outcome) -> Trouble:
    """Return trouble with the last message of each batch."""
    return lambda batch: [*(Outcome.CONFIRMED for _ in batch[1:]), outcome]
