"""One connection to the broker: reads the agency's queue, publishes commands with confirms."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from amqp.exceptions import AMQPError, MessageNacked
from kombu import Connection, Consumer, Producer, Queue
from kombu.exceptions import KombuError

from deploy.connector.messages import CONTENT_TYPE
from deploy.connector.settings import Settings

EXCHANGE = "lienthong.commands"
HEARTBEAT = 30
SECONDS = 20

Taker = Callable[[Any], None]


class LinkError(Exception):
    """The connection cannot be made, broke, or the broker refused; try again later."""


class Link:
    """An open connection. Its methods raise LinkError when it does not hold."""

    def __init__(self, connection: Any, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._producer = Producer(connection.channel(), auto_declare=False)

    def consume(self, take: Taker, prefetch: int = 50) -> None:
        """Give every message of the queue to `take`, which acknowledges it: `message.ack()`."""
        channel = self._connection.channel()
        channel.basic_qos(0, prefetch, False)  # noqa: FBT003
        queue = Queue(self._settings.account, channel=channel, no_declare=True)
        Consumer(channel, [queue], auto_declare=False, on_message=take).consume()

    def drain(self, seconds: float) -> None:
        """Wait for messages for at most so long."""
        with suppress(TimeoutError):
            self._connection.drain_events(timeout=seconds)
        self._connection.heartbeat_check()

    def publish(self, command: Mapping[str, Any]) -> None:
        """Publish a command and wait for the broker's confirm.

        Without a listener for returned messages the library raises when nobody takes it there.
        """
        headers = {f"cloudEvents:{name}": command[name] for name in ("id", "source", "type")}
        self._producer.publish(
            json.dumps(command, ensure_ascii=False),
            exchange=EXCHANGE,
            routing_key=command["type"].rpartition(".")[2],
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=command["id"],
            user_id=self._settings.account,
            headers=headers,
            mandatory=True,
            confirm_timeout=SECONDS,
        )


@contextmanager
def linked(settings: Settings) -> Iterator[Link]:
    """Open a connection for as long as the block runs. Raises LinkError for all that goes wrong with it."""
    options = {"confirm_publish": True}
    certified = bool(settings.certificate) and "@" not in settings.broker
    connection = Connection(
        settings.broker,
        ssl=settings.tls(),
        heartbeat=HEARTBEAT,
        connect_timeout=SECONDS,
        transport_options=options,
        login_method="EXTERNAL" if certified else None,
    )
    try:
        connection.connect()
        yield Link(connection, settings)
    except (AMQPError, MessageNacked, KombuError, OSError) as error:
        raise LinkError(str(error) or type(error).__name__) from error
    finally:
        with suppress(AMQPError, OSError):
            connection.release()
