"""The broker port over RabbitMQ 3.10.8 or newer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from amqp.exceptions import AccessRefused, NotFound, PreconditionFailed

from shared.messaging.amqp_link import Link
from shared.messaging.amqp_links import Links
from shared.messaging.broker import BrokerUnavailableError
from shared.messaging.errors import TopologyRefusedError
from shared.messaging.rabbitmq_publisher import RabbitPublisher
from shared.messaging.rabbitmq_subscription import RabbitSubscription
from shared.topology import DEAD, Queue, Topology

HEARTBEAT_SECONDS = 30


class RabbitBroker:
    """A `Broker` that is a RabbitMQ virtual host, named by an `amqp://` or `amqps://` URL.

    Each end has a connection of its own. What was declared through this object is declared again
    before the first end that is opened after a connection was lost: the broker may have been wiped,
    and a consumer that asks what it missed must know that all bindings are there. `stamp_user_id` makes every message carry the URL's
    user, which RabbitMQ checks against the connection. `timeout_seconds` bounds every single
    wait for the broker: for the connection, an answer, the confirms of a batch.
    """

    def __init__(
        self,
        url: str,
        *,
        stamp_user_id: bool = False,
        timeout_seconds: float = 30,
        heartbeat_seconds: int = HEARTBEAT_SECONDS,
    ) -> None:
        self._user_id = unquote(urlsplit(url).username or "guest") if stamp_user_id else None
        self._links = Links(
            url, timeout_seconds=timeout_seconds, heartbeat_seconds=heartbeat_seconds, on_lost=self._doubt
        )
        self._declared: list[Topology] = []
        self._doubted = False
        self._losses = 0
        self._declaring = threading.Lock()

    def declare(self, topology: Topology, *, again: bool = True) -> None:
        """Create what is missing; leave what is there; `again`: also whenever a connection was lost.

        Raises BrokerUnavailableError, and TopologyRefusedError for what waiting does not mend.
        """
        try:
            self._create(topology)
        except BrokerUnavailableError as fault:
            if isinstance(fault.__cause__, PreconditionFailed | NotFound | AccessRefused):
                raise TopologyRefusedError(str(fault)) from fault
            raise
        with self._declaring:
            if again and topology not in self._declared:
                self._declared.append(topology)

    def missing(self, queues: Sequence[str]) -> set[str]:
        """Return which of these queues are not there. Raises BrokerUnavailableError."""
        gone: set[str] = set()
        link = None
        try:
            for name in queues:
                link = link or self._links.open()
                if not _is_there(link, name):
                    gone.add(name)
                    link = None  # the question has closed its channel
        finally:
            if link is not None:
                link.close()
        return gone

    def losses(self) -> int:
        """Return a number that grows whenever a connection was lost."""
        return self._losses

    def _create(self, topology: Topology) -> None:
        link = self._links.open()
        try:
            with link.guard():
                _declare(link.channel, topology)
        finally:
            link.close()

    def _doubt(self) -> None:
        self._losses += 1
        self._doubted = True

    def _declare_again(self) -> None:
        """Declare everything again if the broker may have lost it; who comes meanwhile, waits."""
        with self._declaring:
            if not self._doubted:
                return
            self._doubted = False
            if self._declared:
                self._create(sum(self._declared, Topology()))  # a fault of its own link is a new doubt

    def publisher(self) -> RabbitPublisher:
        """Open a publishing end. Raises BrokerUnavailableError."""
        self._declare_again()
        return RabbitPublisher(self._links.open(), self._user_id)

    def subscribe(self, queues: Sequence[str], prefetch: int) -> RabbitSubscription:
        """Open a receiving end. Raises BrokerUnavailableError, also when a queue is not there."""
        if prefetch < 1:
            raise ValueError("prefetch must be at least 1")
        self._declare_again()
        return RabbitSubscription(self._links.open(), queues, prefetch)

    def close(self) -> None:
        """Close every connection this object opened."""
        self._links.close()


def _is_there(link: Link, queue: str) -> bool:
    try:
        with link.guard():
            link.channel.queue_declare(queue, passive=True)
    except BrokerUnavailableError as fault:
        if not isinstance(fault.__cause__, NotFound):
            raise
        link.close()
        return False
    return True


def _declare(channel: Any, topology: Topology) -> None:
    for exchange in topology.exchanges:
        channel.exchange_declare(exchange.name, exchange.kind, durable=True, auto_delete=False)
    for queue in topology.queues:
        channel.queue_declare(
            queue.name, durable=True, exclusive=False, auto_delete=False, arguments=_arguments(queue)
        )
    for binding in topology.bindings:
        arguments = {"x-match": "all", **binding.headers} if binding.headers else {}
        bind = channel.exchange_bind if binding.to_exchange else channel.queue_bind
        bind(binding.destination, binding.source, binding.routing_key, arguments=arguments)


def _arguments(queue: Queue) -> dict[str, object]:
    """Return what must be an argument: all that can change in a queue's life is left to policies.

    Type and single active consumer can be nothing else. Where rejected messages go could be a
    policy, but only one policy applies to a queue and its routing key is a constant: every
    queue would need one of its own, which then could not be shared for limits and strategy.
    """
    arguments: dict[str, object] = {"x-queue-type": "quorum"}
    if queue.single_active_consumer:
        arguments["x-single-active-consumer"] = True
    if queue.parking is not None:
        arguments["x-dead-letter-exchange"] = DEAD
        arguments["x-dead-letter-routing-key"] = queue.parking
    return arguments
