"""One connection to RabbitMQ with one channel, whose every fault is a BrokerUnavailableError."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from amqp.exceptions import AMQPError

from shared.messaging.amqp_transport import connect
from shared.messaging.broker import BrokerUnavailableError

_GOODBYE_SECONDS = 5
_YIELD_SECONDS = 0.1


class Link:
    """A connection and its channel, for one thread at a time.

    After the first fault it is dead: `on_lost` is called, and every later use raises
    BrokerUnavailableError.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_seconds: float,
        heartbeat_seconds: float,
        beat_seconds: float,
        on_lost: Callable[[], None],
    ) -> None:
        self.timeout_seconds = timeout_seconds
        self._beat_seconds = beat_seconds
        self._on_lost = on_lost
        self._fault: BaseException | str | None = None
        self._in_use = threading.Lock()
        self._connection: Any = None
        with self.guard():
            self._connection = connect(
                url, timeout_seconds=timeout_seconds, heartbeat_seconds=heartbeat_seconds
            )
            self._transport = self._connection.transport
            self.channel: Any = self._connection.channel()
            self.channel.auto_decode = False
        self._received = self._connection.bytes_recv
        self._received_at = self._beaten_at = monotonic()

    @property
    def is_open(self) -> bool:
        """Tell whether no fault is known and it was not closed."""
        return self._fault is None

    def check(self) -> None:
        """Raise BrokerUnavailableError if the link is dead."""
        if self._fault is not None:
            raise BrokerUnavailableError(f"this connection is gone: {self._fault}")

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Use the link alone. Whatever interrupts that use ends the link: its state is not known then.

        Raises BrokerUnavailableError for faults of connection and channel.
        """
        with self._in_use:
            self.check()
            try:
                yield
            except BaseException as fault:
                # Closing by another thread pulls the ground away in more ways than can be listed.
                closed_meanwhile = not self.is_open and isinstance(fault, Exception)
                self._fault = self._fault or fault
                if not closed_meanwhile:
                    self._on_lost()
                self._drop()
                if closed_meanwhile or isinstance(fault, AMQPError | OSError):
                    raise BrokerUnavailableError(f"{type(fault).__name__}: {fault}") from fault
                raise

    def pump(self, wait_seconds: float) -> bool:
        """Hand what the broker sent to the channel's callbacks, waiting for a first frame if none.

        Call it inside `guard`. Returns False if nothing came. Raises TimeoutError when nothing,
        not even a heartbeat, has come for two heartbeats.
        """
        transport, on_frame = self._transport, self._connection.on_inbound_frame
        if not transport.has_bytes and not self._wait_for_bytes(wait_seconds):
            self._check_pulse()
            return False
        on_frame(transport.read_frame())
        while transport.has_bytes:
            on_frame(transport.read_frame())
        return True

    def _wait_for_bytes(self, seconds: float) -> bool:
        if self._transport.decrypted_bytes():
            return True
        deadline = monotonic() + seconds
        # Looked up when called: eventlet leaves only the selectors that yield to green threads.
        with selectors.DefaultSelector() as selector:
            selector.register(self._transport.sock, selectors.EVENT_READ)
            while True:
                left = max(deadline - monotonic(), 0)
                if selector.select(min(left, self._beat_seconds)):
                    return True
                self._beat_when_due()
                if left <= self._beat_seconds:
                    return False
                self._check_pulse()

    def _beat_when_due(self) -> None:
        """Show that this side lives: many short waits, one after the other, leave `beat` no turn."""
        now = monotonic()
        if now - self._beaten_at >= self._beat_seconds:
            self._connection.send_heartbeat()
            self._beaten_at = now

    def _check_pulse(self) -> None:
        now, heartbeat = monotonic(), self._connection.heartbeat
        if self._connection.bytes_recv != self._received:
            self._received, self._received_at = self._connection.bytes_recv, now
        elif heartbeat and now - self._received_at > 2 * heartbeat:
            raise TimeoutError("the broker has been silent for two heartbeats")

    def beat(self) -> None:
        """Show the broker that this side lives, unless the link is in use: who uses it, does so too."""
        if self.is_open and self._in_use.acquire(blocking=False):
            with suppress(AMQPError, OSError):
                self._connection.send_heartbeat()
            self._in_use.release()

    def close(self) -> None:
        """Say good-bye; if another thread uses the link, take it away from that thread instead."""
        if not self.is_open:
            return
        self._fault = "closed here"
        if self._in_use.acquire(timeout=_YIELD_SECONDS):
            with suppress(AMQPError, OSError):
                self._transport.sock.settimeout(_GOODBYE_SECONDS)
                self._connection.close()
            self._drop()
            self._in_use.release()
        else:
            with suppress(OSError):
                self._transport.sock.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.collect()
