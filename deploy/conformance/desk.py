"""The kit's end of the broker: sends to the connector, collects its commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from kombu import Connection, Consumer, Exchange, Producer, Queue

from deploy.conformance.sandbox import Sandbox

CONTENT_TYPE = "application/cloudevents+json"
STEP = 0.1


@dataclass(frozen=True, slots=True)
class Seen:
    """A command as it came from the broker."""

    body: bytes
    routing_key: str
    properties: Mapping[str, Any]
    headers: Mapping[str, Any]
    at: datetime

    @property
    def document(self) -> dict[str, Any]:
        """The body as JSON; empty when it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class Desk:
    """One connection; everything happens in `wait`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._connection = Connection(sandbox.kit_url, transport_options={"confirm_publish": True})
        self._connection.connect()
        channel = self._connection.channel()
        commands = Exchange("lienthong.commands", "topic", channel=channel)
        self._agencies = Exchange("lienthong.agencies", "direct", channel=channel)
        quorum = {"x-queue-type": "quorum"}
        self._queue = Queue(
            sandbox.account, self._agencies, sandbox.agency, queue_arguments=quorum, channel=channel
        )
        collected = Queue("conformance.commands", commands, "#", queue_arguments=quorum, channel=channel)
        self._queue.declare()
        collected.declare()
        self._producer = Producer(self._connection.channel(), self._agencies, sandbox.agency)
        self._looking = self._connection.channel()
        self.commands: list[Seen] = []
        self._consumer = Consumer(self._connection.channel(), [collected], on_message=self._collect)
        self._consumer.consume()

    def close(self) -> None:
        """End the connection."""
        self._connection.release()

    def send(self, message: Mapping[str, Any]) -> None:
        """Put a message on the connector's queue."""
        headers = {f"cloudEvents:{name}": message[name] for name in ("id", "source", "type")}
        if "partitionkey" in message:
            headers["cloudEvents:partitionkey"] = message["partitionkey"]
        self._producer.publish(
            json.dumps(message, ensure_ascii=False),
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=message["id"],
            headers=headers,
            mandatory=True,
        )

    def wait(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Collect commands for so long, or until something holds; say whether it does."""
        end = monotonic() + seconds
        while not (holds := until()) and monotonic() < end:
            try:
                self._connection.drain_events(timeout=STEP)
            except TimeoutError:
                continue
        return holds

    def waiting(self) -> int:
        """Return how many messages lie on the connector's queue, given to nobody."""
        return int(self._look().message_count)

    def is_read(self) -> bool:
        """Say whether somebody reads the connector's queue."""
        return bool(self._look().consumer_count)

    def _look(self) -> Any:
        return self._looking.queue_declare(self._queue.name, passive=True)

    def _collect(self, message: Any) -> None:
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        properties = {**message.properties, "content_type": message.content_type}
        key = message.delivery_info["routing_key"]
        self.commands.append(Seen(body, key, properties, message.headers or {}, datetime.now(UTC)))
        message.ack()
