"""The broker port over RabbitMQ 3.10.8 or newer."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakSet

from amqp import Message, spec
from amqp.exceptions import AccessRefused, NotFound, PreconditionFailed

from shared.messaging.amqp_link import BEATS, Link, Pulse
from shared.messaging.broker import BrokerUnavailableError, Delivery, Outcome, Outgoing
from shared.messaging.errors import TopologyRefusedError
from shared.topology import DEAD, Queue, Topology

HEARTBEAT_SECONDS = 30
_PUBLISHES_BETWEEN_READS = 256
_PERSISTENT = 2


class RabbitBroker:
    """A `Broker` that is a RabbitMQ virtual host, named by an `amqp://` or `amqps://` URL.

    Each end has a connection of its own. `stamp_user_id` makes every message carry the URL's
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
        self._url = url
        self._user_id = unquote(urlsplit(url).username or "guest") if stamp_user_id else None
        self._timeout_seconds = timeout_seconds
        self._heartbeat_seconds = heartbeat_seconds
        self._links: WeakSet[Link] = WeakSet()
        self._pulse = Pulse(heartbeat_seconds / BEATS)

    def declare(self, topology: Topology) -> None:
        """Create what is missing; leave what is there.

        Raises BrokerUnavailableError, and TopologyRefusedError for what waiting does not mend.
        """
        link = self._open()
        try:
            with link.guard():
                _declare(link.channel, topology)
        except BrokerUnavailableError as fault:
            if isinstance(fault.__cause__, PreconditionFailed | NotFound | AccessRefused):
                raise TopologyRefusedError(str(fault)) from fault
            raise
        finally:
            link.close()

    def publisher(self) -> RabbitPublisher:
        """Open a publishing end. Raises BrokerUnavailableError."""
        return RabbitPublisher(self._open(), self._user_id)

    def subscribe(self, queues: Sequence[str], prefetch: int) -> RabbitSubscription:
        """Open a receiving end. Raises BrokerUnavailableError, also when a queue is not there."""
        return RabbitSubscription(self._open(), queues, prefetch)

    def close(self) -> None:
        """Close every connection this object opened."""
        self._pulse.stop()
        for link in list(self._links):
            link.close()

    def _open(self) -> Link:
        link = Link(
            self._url,
            timeout_seconds=self._timeout_seconds,
            heartbeat_seconds=self._heartbeat_seconds,
        )
        self._links.add(link)
        self._pulse.keep(link)
        return link


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


class RabbitPublisher:
    """A `Publisher`: sends a whole batch, then waits for the confirms, which come in any order."""

    def __init__(self, link: Link, user_id: str | None) -> None:
        self._link = link
        self._properties = {"delivery_mode": _PERSISTENT} | ({"user_id": user_id} if user_id else {})
        self._sent = 0
        self._batch: Sequence[Outgoing] = ()
        self._outcomes: list[Outcome] = []
        self._outstanding: set[int] = set()
        self._oldest = 0
        self._next_return = 0
        with link.guard():
            link.channel.confirm_select()
            link.channel.events["basic_ack"].add(self._on_ack)
            link.channel.events["basic_nack"].add(self._on_nack)
            link.channel.events["basic_return"].add(self._on_return)

    def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Publish persistently and wait for the outcome of each, in the batch's order.

        Raises BrokerUnavailableError, also when the confirms do not come in time.
        """
        with self._link.guard():
            self._batch = batch
            self._outcomes = [Outcome.CONFIRMED] * len(batch)
            self._outstanding = set(range(len(batch)))
            self._oldest = self._next_return = 0
            first_tag = self._sent + 1
            self._first_tag = first_tag
            for index, message in enumerate(batch):
                self._send(message)
                if index % _PUBLISHES_BETWEEN_READS == _PUBLISHES_BETWEEN_READS - 1:
                    self._link.pump(0)
            self._wait_for_confirms()
        return self._outcomes

    def _send(self, message: Outgoing) -> None:
        content = Message(
            message.body,
            message_id=message.message_id,
            content_type=message.content_type,
            application_headers=dict(message.headers),
            **self._properties,
        )
        # Not basic_publish: it would look for a blocked connection on the socket each time.
        mandatory, immediate = True, False
        self._link.channel.send_method(
            spec.Basic.Publish,
            "Bssbb",
            (0, message.exchange, message.routing_key, mandatory, immediate),
            content,
        )
        self._sent += 1

    def _wait_for_confirms(self) -> None:
        deadline = monotonic() + self._link.timeout_seconds
        while self._outstanding:
            left = deadline - monotonic()
            if left <= 0:
                raise BrokerUnavailableError(
                    f"no confirm of {len(self._outstanding)} of {len(self._batch)} messages"
                )
            self._link.pump(left)

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001
        self._settled(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001
        for index in self._settled(tag, multiple):
            self._outcomes[index] = Outcome.REFUSED

    def _settled(self, tag: int, multiple: bool) -> set[int]:  # noqa: FBT001
        index = tag - self._first_tag
        settled = {index}
        if multiple:
            settled = self._outstanding.intersection(range(self._oldest, index + 1))
            self._oldest = index + 1
        self._outstanding -= settled
        return settled

    def _on_return(self, _fault: Exception, exchange: str, routing_key: str, returned: Message) -> None:
        # A return names no delivery tag, but returns keep the order of sending; equal messages
        # share their fate. The confirm that follows each return settles it.
        identity = (
            exchange,
            routing_key,
            returned.properties.get("message_id"),
            returned.properties.get("application_headers") or {},
        )
        for index in range(self._next_return, len(self._batch)):
            message = self._batch[index]
            sent = (message.exchange, message.routing_key, message.message_id, dict(message.headers))
            if sent == identity:
                self._outcomes[index] = Outcome.UNROUTABLE
                self._next_return = index + 1
                return
        raise BrokerUnavailableError(
            f"the broker returned {returned.properties.get('message_id')}, which was not sent"
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()


class RabbitSubscription:
    """A `Subscription`: one channel that consumes all its queues."""

    def __init__(self, link: Link, queues: Sequence[str], prefetch: int) -> None:
        self._link = link
        self._ready: deque[Delivery] = deque()
        self._unsettled: dict[int, None] = {}
        with link.guard():
            # Not global: RabbitMQ then counts for each consumer, that is for each queue.
            link.channel.basic_qos(0, prefetch, a_global=False)
            for queue in queues:
                link.channel.basic_consume(queue, consumer_tag=queue, callback=self._on_message)

    def _on_message(self, message: Message) -> None:
        information, properties = message.delivery_info, message.properties
        tag = information["delivery_tag"]
        self._unsettled[tag] = None
        self._ready.append(
            Delivery(
                queue=information["consumer_tag"],
                body=message.body or b"",
                exchange=information["exchange"],
                routing_key=information["routing_key"],
                message_id=properties.get("message_id"),
                headers=properties.get("application_headers") or {},
                content_type=properties.get("content_type"),
                user_id=properties.get("user_id"),
                redelivered=information["redelivered"],
                tag=tag,
            )
        )

    def take(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` messages, waiting up to `wait_seconds` for a first one."""
        ready = self._ready
        deadline = monotonic() + wait_seconds
        with self._link.guard():
            if len(ready) < limit:
                self._link.pump(0)
            while not ready and (left := deadline - monotonic()) > 0:
                self._link.pump(left)
        return [ready.popleft() for _ in range(min(limit, len(ready)))]

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Settle for good. Raises BrokerUnavailableError, and ValueError for what is settled already."""
        tags = self._take_out(deliveries)
        with self._link.guard():
            oldest_left = next(iter(self._unsettled), None)
            covered = [tag for tag in tags if oldest_left is None or tag < oldest_left]
            if covered:
                self._link.channel.basic_ack(covered[-1], multiple=True)
            for tag in tags[len(covered) :]:
                self._link.channel.basic_ack(tag)

    def requeue(self, deliveries: Sequence[Delivery]) -> None:
        """Put back. Raises BrokerUnavailableError, and ValueError for what is settled already.

        A quorum queue puts them behind all others, unless a policy limits deliveries: then in front.
        """
        tags = self._take_out(deliveries)
        with self._link.guard():
            for tag in tags:
                self._link.channel.basic_reject(tag, requeue=True)

    def _take_out(self, deliveries: Sequence[Delivery]) -> list[int]:
        """Return the deliveries' tags, ascending, which are unsettled no longer."""
        self._link.check()
        tags = sorted(delivery.tag for delivery in deliveries)
        settled_before = [tag for tag in tags if tag not in self._unsettled]
        if settled_before:
            raise ValueError(f"settled already: {settled_before}")
        for tag in tags:
            del self._unsettled[tag]
        return tags

    def close(self) -> None:
        """Close the connection, which gives back what is unsettled."""
        self._link.close()
