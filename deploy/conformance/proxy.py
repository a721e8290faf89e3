"""A way to the broker that can be held up and cut in the middle."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Condition, Thread

_CHUNK = 65536


class Proxy:
    """Passes TCP connections on to a broker until they are cut.

    While it is held, what the connector says does not arrive (its acknowledgements, its commands), and
    what the broker says does: cut then, the connector does not know how much the broker has heard.
    """

    def __init__(self, target: tuple[str, int], listen: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self._target = target
        self._changed = Condition()
        self._held = False
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(listen)
        self.place: tuple[str, int] = self._listener.getsockname()[:2]
        Thread(target=self._accept, daemon=True).start()

    def hold(self) -> None:
        """Let nothing of the connector through from now on."""
        with self._changed:
            self._held = True

    def cut(self) -> None:
        """End every connection, and what was held up with it; new ones are let through."""
        with self._changed:
            ended, self._open, self._held = self._open, set(), False
            for connection in ended:
                _end(connection)
            self._changed.notify_all()

    def close(self) -> None:
        """Cut all, and take no more."""
        _end(self._listener)
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._pass_on(connection)

    def _pass_on(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target, timeout=10)
        except OSError:
            _end(near)
            return
        far.settimeout(None)
        with self._changed:
            self._open |= {near, far}
        Thread(target=self._pump, args=(near, far, True), daemon=True).start()
        Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, here: socket.socket, there: socket.socket, from_connector: bool) -> None:  # noqa: FBT001
        with suppress(OSError):
            while chunk := here.recv(_CHUNK):
                if from_connector and not self._may_pass(here):
                    break
                there.sendall(chunk)
        for side in (here, there):
            _end(side)
        with self._changed:
            self._open -= {here, there}

    def _may_pass(self, connection: socket.socket) -> bool:
        """Wait while the way is held; False when it was cut meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._held or connection not in self._open)
            return connection in self._open


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
