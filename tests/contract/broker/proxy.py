"""A TCP proxy that can fall silent, as a network does when it is cut."""

from __future__ import annotations

import selectors
import socket
import threading


class Proxy:
    """Passes bytes between one address of its own and a server, until it is told to be silent."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._peers: dict[socket.socket, socket.socket] = {}
        self._silent = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def fall_silent(self) -> None:
        """Pass nothing on any more and leave the connections open."""
        self._silent = True

    def close(self) -> None:
        """Close everything."""
        self._wake.close()
        self._thread.join()
        for end in (self._listener, self._woken, *self._peers):
            end.close()
        self._selector.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    return
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._pass_on(key.fileobj)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(self._server)
        self._peers |= {client: server, server: client}
        for end in (client, server):
            self._selector.register(end, selectors.EVENT_READ)

    def _pass_on(self, end: socket.socket) -> None:
        try:
            received = end.recv(65_536)
            if received and not self._silent:
                self._peers[end].sendall(received)
        except OSError:
            received = b""
        if not received:
            self._selector.unregister(end)
