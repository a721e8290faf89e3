"""One connection to RabbitMQ with one channel, whose every fault is a BrokerUnavailableError."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any
from weakref import WeakSet

import amqp.transport
from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.transport import pyamqp

from shared.messaging.broker import BrokerUnavailableError

BEATS = 3
"""Signs of life in the time that the broker calls one heartbeat."""

_RECEIVE_BYTES = 1 << 18
_GOODBYE_SECONDS = 0.1


class _Buffered:
    """Reads all that the socket has at once: py-amqp itself asks it three times for each frame."""

    _chunk = b""
    _at = 0

    def _read(self, count: int, initial: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002
        end = self._at + count
        if end > len(self._chunk):
            rest = self._chunk[self._at :]
            while len(rest) < count:
                received = self._quick_recv(_RECEIVE_BYTES)  # type: ignore[attr-defined]
                if not received:
                    raise ConnectionResetError("the broker closed the connection")
                rest += received
            self._chunk, self._at, end = rest, 0, count
        data = self._chunk[self._at : end]
        self._at = end
        return data

    @property
    def has_frames(self) -> bool:
        """Tell whether something that was received has not been read."""
        return self._at < len(self._chunk)


class _TcpTransport(_Buffered, amqp.transport.TCPTransport):  # type: ignore[misc]
    def decrypted_bytes(self) -> int:
        return 0


class _TlsTransport(_Buffered, amqp.transport.SSLTransport):  # type: ignore[misc]
    def decrypted_bytes(self) -> int:
        """Return how much TLS holds that the socket no longer shows."""
        return int(self.sock.pending())


class _Connection(pyamqp.Connection):  # type: ignore[misc]
    def Transport(self, host: str, connect_timeout: float, ssl: Any, *_: Any, **options: Any) -> Any:  # noqa: N802
        kind = _TlsTransport if ssl else _TcpTransport
        return kind(host, connect_timeout=connect_timeout, ssl=ssl, **options)


class _KombuTransport(pyamqp.Transport):  # type: ignore[misc]
    Connection = _Connection


class Link:
    """A connection and its channel, for one thread at a time.

    After the first fault it is dead: every later use raises BrokerUnavailableError.
    """

    def __init__(self, url: str, *, timeout_seconds: float, heartbeat_seconds: float) -> None:
        self.timeout_seconds = timeout_seconds
        self._fault: BaseException | str | None = None
        self._in_use = threading.Lock()
        self._beat_seconds = heartbeat_seconds / BEATS
        self._connection: Any = None
        settings = Connection(
            url,
            transport=_KombuTransport,
            ssl=url.startswith("amqps:"),
            connect_timeout=timeout_seconds,
            heartbeat=heartbeat_seconds,
        )
        with self.guard():
            self._connection = settings.transport.establish_connection()
            # So that no read or write hangs on a silent peer.
            self._transport = self._connection.transport
            self._transport.sock.settimeout(timeout_seconds)
            self.channel: Any = self._connection.channel()
            self.channel.auto_decode = False
        self._received = self._connection.bytes_recv
        self._received_at = monotonic()

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
                closed_meanwhile = self._fault is not None and isinstance(fault, Exception)
                self._fault = self._fault or fault
                self._drop()
                if closed_meanwhile or isinstance(fault, AMQPError | OSError):
                    raise BrokerUnavailableError(f"{type(fault).__name__}: {fault}") from fault
                raise

    def pump(self, wait_seconds: float) -> None:
        """Hand what the broker sent to the channel's callbacks, waiting for a first frame if none.

        Call it inside `guard`. Raises TimeoutError when the broker has been silent for two heartbeats.
        """
        transport, on_frame = self._transport, self._connection.on_inbound_frame
        if not transport.has_frames and not self._wait_for_bytes(wait_seconds):
            self._check_pulse()
            return
        on_frame(transport.read_frame())
        while transport.has_frames:
            on_frame(transport.read_frame())

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
                if left <= self._beat_seconds:
                    return False
                self._connection.send_heartbeat()
                self._check_pulse()

    def _check_pulse(self) -> None:
        now = monotonic()
        if self._connection.bytes_recv != self._received:
            self._received, self._received_at = self._connection.bytes_recv, now
        elif self._connection.heartbeat and now - self._received_at > 2 * self._connection.heartbeat:
            raise TimeoutError("the broker has been silent for two heartbeats")

    def beat(self) -> None:
        """Show the broker that this side lives, unless the link is in use: who uses it, does so too."""
        if self._fault is None and self._in_use.acquire(blocking=False):
            with suppress(AMQPError, OSError):
                self._connection.send_heartbeat()
            self._in_use.release()

    def close(self) -> None:
        """Say good-bye; if another thread uses the link, take it away from that thread instead."""
        if self._fault is not None:
            return
        self._fault = "closed here"
        if self._in_use.acquire(timeout=_GOODBYE_SECONDS):
            with suppress(AMQPError, OSError):
                self._connection.close()
            self._drop()
            self._in_use.release()
        else:
            with suppress(OSError):
                self._transport.sock.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.collect()


class Pulse:
    """Sends heartbeats for all links of a broker object, since a publisher may rest for hours."""

    def __init__(self, interval_seconds: float) -> None:
        self._interval_seconds = interval_seconds
        self._links: WeakSet[Link] = WeakSet()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def keep(self, link: Link) -> None:
        """Send heartbeats for the link as long as it lives."""
        self._links.add(link)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="amqp-heartbeat", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(self._interval_seconds):
            for link in list(self._links):
                link.beat()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()
