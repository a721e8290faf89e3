"""The publishing end over RabbitMQ."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from amqp import Message, spec

from shared.messaging.amqp_link import Link
from shared.messaging.broker import BrokerUnavailableError, Outcome, Outgoing

_PUBLISHES_BETWEEN_READS = 256
_PERSISTENT = 2


class RabbitPublisher:
    """A `Publisher`: sends a whole batch, then waits for the confirms, which come in any order."""

    def __init__(self, link: Link, user_id: str | None) -> None:
        self._link = link
        self._properties = {"delivery_mode": _PERSISTENT} | ({"user_id": user_id} if user_id else {})
        self._sent = 0
        self._first_tag = 1
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
            self._first_tag = self._sent + 1
            for start in range(0, len(batch), _PUBLISHES_BETWEEN_READS):
                with self._link.channel.connection.transport.together():
                    for message in batch[start : start + _PUBLISHES_BETWEEN_READS]:
                        self._send(message)
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
