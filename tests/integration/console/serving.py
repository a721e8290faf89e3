"""A console that real browsers can reach, and that goes away and comes back."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from deploy.console.app import Console


class Silent(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


class _Server(ThreadingMixIn, WSGIServer):
    """Answers each browser in a thread of its own, as live pages keep a connection."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any) -> None:
        self.open: list[socket.socket] = []
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: browsers leave live pages."""


class Serving:
    """A console at an address that stays the same while it goes away and comes back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Come back."""
        self._server = make_server("127.0.0.1", self._port, self._console, _Server, Silent)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        """Go away, with every connection."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for one in self._server.open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
