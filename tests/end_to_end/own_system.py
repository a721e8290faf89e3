"""An agency's own system, as docs/contracts/agencies.md tells its makers to write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.clock import to_text
from shared.contracts.envelope import Message, from_bytes, schema_uri
from shared.messaging.broker import Delivery, Outcome, Outgoing, Publisher, Subscription
from shared.messaging.rabbitmq import RabbitBroker
from shared.topology import COMMANDS, agency_queue
from tests.end_to_end.waiting import SECONDS, eventually


def command(agency: str, name: str, leg: str, cause: str | None = None, **data: str) -> Message:
    """Return a command of an agency, given now."""
    message_type = f"lienthong.command.{name}"
    return Message(
        id=f"{agency}/{name}/{uuid4()}",
        source=f"/agencies/{agency}",
        type=message_type,
        subject=f"leg/{leg}",
        time=to_text(datetime.now(UTC)),
        dataschema=schema_uri(message_type, 1),
        data={"leg": leg, **data},
        causationid=cause,
    )


def outgoing(message: Message) -> Outgoing:
    """Return the command as it is published."""
    return Outgoing(COMMANDS, message.type.rpartition(".")[2], message.to_bytes(), message.id)


class OwnSystem:
    """Reads its queue and answers with commands, under its own broker account."""

    def __init__(self, agency: str, subscription: Subscription, publisher: Publisher) -> None:
        self.agency = agency
        self._subscription = subscription
        self._publisher = publisher
        self.headers: Mapping[str, object] = {}
        """Those of the message that was read last."""

    def next_message(self, seconds: float = SECONDS) -> Message:
        """Return the next message of the queue, settled."""
        (delivery,) = eventually(self._take, f"{self.agency} gets a message", seconds)
        self._subscription.ack([delivery])
        self.headers = delivery.headers
        return from_bytes(delivery.body)

    def hand_over_of(self, dossier: str) -> Message:
        """Return the hand-over of a dossier; others are left behind, as read."""
        while True:
            message = self.next_message()
            if message.data.get("dossier") == dossier:
                return message

    def answer_to(self, command: Message) -> Message:
        """Return the message that says why a command was refused; others are left behind, as read."""
        while True:
            message = self.next_message()
            if message.data.get("command") == command.id:
                return message

    def _take(self) -> list[Delivery]:
        return self._subscription.take(1, 0.5)

    def say(self, name: str, leg: str, cause: str | None = None, **data: Any) -> Message:
        """Publish a command and return it."""
        return self.publish(command(self.agency, name, leg, cause, **data))

    def publish(self, message: Message, **headers: str) -> Message:
        """Publish a command that is written already, with headers of its own, and return it."""
        assert self._publisher.publish([replace(outgoing(message), headers=headers)]) == [Outcome.CONFIRMED]
        return message


@contextmanager
def own_system(agency: str, url: str, *, stamp: bool = True) -> Iterator[OwnSystem]:
    """Connect an agency's system to the broker; `stamp` off leaves its user id out of what it sends."""
    broker = RabbitBroker(url, stamp_user_id=stamp)
    try:
        publisher = broker.publisher()
        yield OwnSystem(agency, broker.subscribe([agency_queue(agency)], 10), publisher)
    finally:
        broker.close()
