"""The receiving end over RabbitMQ."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Any

from amqp import Message

from shared.messaging.amqp_link import Link
from shared.messaging.broker import Delivery

_COUNTED_BY_BROKER = "x-delivery-count"
"""A header that quorum queues add to what comes again; messages are passed on as they were published."""


class RabbitSubscription:
    """A `Subscription`: one channel that consumes all its queues."""

    def __init__(self, link: Link, queues: Sequence[str], prefetch: int) -> None:
        self._link = link
        self._ready: deque[Delivery] = deque()
        self._unsettled: dict[int, None] = {}  # in the order of arrival
        with link.guard():
            # Not global: RabbitMQ then counts for each consumer, that is for each queue.
            link.channel.basic_qos(0, prefetch, a_global=False)
            for queue in queues:
                link.channel.basic_consume(queue, consumer_tag=queue, callback=self._on_message)

    def _on_message(self, message: Message) -> None:
        information, properties = message.delivery_info, message.properties
        headers = dict(map(_texts, (properties.get("application_headers") or {}).items()))
        headers.pop(_COUNTED_BY_BROKER, None)
        tag = information["delivery_tag"]
        self._unsettled[tag] = None
        self._ready.append(
            Delivery(
                queue=information["consumer_tag"],
                body=message.body or b"",
                exchange=information["exchange"],
                routing_key=information["routing_key"],
                message_id=properties.get("message_id"),
                headers=headers,
                content_type=properties.get("content_type"),
                user_id=properties.get("user_id"),
                redelivered=information["redelivered"],
                tag=tag,
            )
        )

    def take(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` messages, waiting up to `wait_seconds` for a first one."""
        ready, deadline = self._ready, monotonic() + wait_seconds
        with self._link.guard():
            # A wait that ends with nothing has reached the deadline; what comes may be a heartbeat.
            while len(ready) < limit and self._link.pump(0 if ready else deadline - monotonic()):
                pass
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


def _texts(header: tuple[Any, Any]) -> tuple[str, str]:
    """Return a header as texts: other systems write numbers, bytes and whole tables into theirs."""
    name, value = header
    if type(name) is str and type(value) is str:
        return name, value
    return _text(name), _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    return str(value)
