"""kombu's AMQP transport, reading and writing the socket in large pieces.

py-amqp asks the socket three times for each frame, nine times for each message. Read at once, a
consumer gets three times as many messages a second, and it is known what has come already. It writes
each message for itself; what a batch writes goes out in pieces of up to a quarter of a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import amqp.transport
from kombu.connection import Connection
from kombu.transport import pyamqp

from shared.messaging.amqp_frames import tolerant_frame_handler

_RECEIVE_BYTES = 1 << 18
_SEND_BYTES = 1 << 18


class _Buffered:
    _chunk = b""
    _at = 0
    _held: bytearray | None = None

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

    def write(self, data: bytes | memoryview) -> None:
        """Write to the socket, or hold back what is written inside `together`."""
        if self._held is None:
            super().write(data)  # type: ignore[misc]
            return
        self._held += data
        if len(self._held) > _SEND_BYTES:
            self._let_go()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what the block writes in few pieces, the last at its end."""
        self._held = bytearray()
        try:
            yield
            self._let_go()
        finally:
            self._held = None

    def _let_go(self) -> None:
        held, self._held = self._held, bytearray()
        if held:
            super().write(bytes(held))  # type: ignore[misc]

    @property
    def has_bytes(self) -> bool:
        """Tell whether something that was received has not been read."""
        return self._at < len(self._chunk)


class _TcpTransport(_Buffered, amqp.transport.TCPTransport):  # type: ignore[misc]
    def decrypted_bytes(self) -> int:
        """Return none: what has come shows at the socket."""
        return 0


class _TlsTransport(_Buffered, amqp.transport.SSLTransport):  # type: ignore[misc]
    def decrypted_bytes(self) -> int:
        """Return how much TLS holds that no longer shows at the socket."""
        return int(self.sock.pending())

    def _shutdown_transport(self) -> None:
        """Leave out the good-bye of TLS: AMQP has said its own, and a dead peer would not answer."""


class _Connection(pyamqp.Connection):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, frame_handler=tolerant_frame_handler, **options)

    def Transport(self, host: str, connect_timeout: float, ssl: Any, *_: Any, **options: Any) -> Any:  # noqa: N802
        kind = _TlsTransport if ssl else _TcpTransport
        return kind(host, connect_timeout=connect_timeout, ssl=ssl, **options)


class _KombuTransport(pyamqp.Transport):  # type: ignore[misc]
    Connection = _Connection


def connect(url: str, *, timeout_seconds: float, heartbeat_seconds: float) -> Any:
    """Open a py-amqp connection, by TLS for `amqps:`; the certificate must then name the URL's host."""
    # kombu puts the host where the name is None; without the key it would not check the name.
    encryption = {"server_hostname": None} if url.startswith("amqps:") else False
    settings = Connection(
        url,
        transport=_KombuTransport,
        ssl=encryption,
        connect_timeout=timeout_seconds,
        heartbeat=heartbeat_seconds,
    )
    connection = settings.transport.establish_connection()
    # So that no read or write hangs on a silent peer.
    connection.transport.sock.settimeout(timeout_seconds)
    return connection
