"""The web server behind the doors: what one client does wrong, or slowly, never harms another.

A request is read whole before a worker is given to it, within a time and a size, and never from
somebody without a token. Nothing a client sends can end the service.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet import wsgi
from nameko.web.server import HttpOnlyProtocol, WebServer, WsgiApp
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Request, Response

from shared.contracts.parsing import LARGEST_BODY
from shared.entrypoints.answers import problem_response
from shared.errors import MALFORMED, TOO_LARGE, Problem, RefusedError
from shared.log import said

log = logging.getLogger(__name__)

MOST_DISCARDED = 5 * LARGEST_BODY
"""Bytes of a body that is refused which are still read, so that its sender hears why."""
MOST_WAITING = 1024
"""Connections that wait to be accepted."""
IDLE_SECONDS = 75
"""How long a connection may wait for its next request."""
STALLED_SECONDS = 30
"""How long a client may neither send nor take in anything."""
HEAD_SECONDS = 30
BODY_SECONDS = 120
"""How long a head, and a body, may take from first to last byte."""

NO_SUCH_DOOR = Problem(
    "no-such-door",
    404,
    "Không có địa chỉ {path}",
    "There is nothing at {path}",
)
METHOD_NOT_ALLOWED = Problem(
    "method-not-allowed",
    405,
    "Địa chỉ này chỉ nhận phương thức: {allowed}",
    "This address takes only: {allowed}",
)


class DoorServer(WebServer):  # type: ignore[misc]
    """The HTTP server of a service."""

    def get_wsgi_app(self) -> WsgiApp:
        """Return the application that leads to the doors."""
        return _Doors(self)

    def get_wsgi_server(self, sock: Any, wsgi_app: WsgiApp) -> wsgi.Server:
        """Return a server that waits for nobody forever."""
        return wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=_Protocol,
            debug=False,
            log=log,
            log_output=False,
            keepalive=IDLE_SECONDS,
            socket_timeout=STALLED_SECONDS,
        )

    def start(self) -> None:
        """Listen, with room for a rush: whoever finds none tries again only a second later."""
        super().start()
        self._sock.listen(MOST_WAITING)

    def run(self) -> None:
        """Accept connections, also after the machine had no room for one."""
        while self._is_accepting:
            try:
                sock, address = self._sock.accept()
            except OSError as error:
                log.warning(
                    "a connection could not be accepted: %s", error, extra=said("connection-not-accepted")
                )
                eventlet.sleep(0.1)
                continue
            sock.settimeout(self._serv.socket_timeout)
            self.container.spawn_managed_thread(partial(self.process_request, sock, address))

    def process_request(self, sock: Any, address: Any) -> None:
        """Serve a connection; a fault in it ends it alone, where nameko would end the service."""
        try:
            super().process_request(sock, address)
        except OSError as error:
            log.info("a connection broke off: %s", error, extra=said("connection-broken"))
        except Exception:
            log.exception(
                "unexpected fault in a connection", extra=said("connection-failed", problem="unexpected")
            )
        finally:
            sock.close()


class _Doors(WsgiApp):  # type: ignore[misc]
    """Leads each request to its door; where there is none, a problem says so."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def _stray(self, refusal: RefusedError, headers: dict[str, str] | None = None) -> Response:
        self.server.container.config["counting"].stray(refusal.problem.status)
        return problem_response(refusal, headers)

    def _answer(self, request: Request) -> Response:
        if "\0" in request.path or b"%00" in request.query_string:
            # PostgreSQL has no text with a zero byte, so nothing has such a name.
            return self._stray(RefusedError(MALFORMED, reason="zero byte in the address"))
        try:
            door, names = self.url_map.bind_to_environ(request.environ).match()
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted(error.valid_methods or ()))
            return self._stray(RefusedError(METHOD_NOT_ALLOWED, allowed=allowed), {"Allow": allowed})
        except HTTPException:
            return self._stray(RefusedError(NO_SUCH_DOOR, path=request.path[:200]))
        vars(request)["path_values"] = names  # where nameko looks for them
        response: Response = door.handle_request(request)
        return response


class _Protocol(HttpOnlyProtocol):  # type: ignore[misc]
    """Bounds how long a request may take to come."""

    def _read_request_line(self) -> Any:
        with _within(IDLE_SECONDS + HEAD_SECONDS):
            return super()._read_request_line()

    def parse_request(self) -> Any:
        """Read the head."""
        with _within(HEAD_SECONDS):
            return super().parse_request()

    def get_environ(self) -> dict[str, Any]:
        """Return the request for the application."""
        environ: dict[str, Any] = super().get_environ()
        environ["eventlet.input"].discard = partial(_discard, environ["eventlet.input"])
        return environ

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer what is no HTTP request."""
        response = problem_response(RefusedError(MALFORMED, reason=message or f"HTTP error {code}"))
        self.close_connection = True
        head = f"HTTP/1.1 {response.status}\r\nConnection: close\r\n{response.headers}"
        self.wfile.write(head.encode() + response.data)
        self.wfile.flush()


def read_body(request: Request) -> bytes:
    """Return a request's body, however it is sent. Raises RefusedError: `too-large` or `malformed`."""
    length = request.content_length
    if (length or 0) > LARGEST_BODY:
        raise RefusedError(TOO_LARGE, limit=LARGEST_BODY)
    try:
        with _within(BODY_SECONDS):
            body: bytes = request.environ["wsgi.input"].read(LARGEST_BODY + 1)
    except (OSError, ValueError) as error:  # eventlet's error for a broken chunk is a ValueError
        raise RefusedError(MALFORMED, reason="the body broke off") from error
    if len(body) > LARGEST_BODY:
        raise RefusedError(TOO_LARGE, limit=LARGEST_BODY)
    if len(body) < (length or 0):
        raise RefusedError(MALFORMED, reason="the body broke off")
    return body


def _discard(stream: Any) -> None:
    """Read what is left of a body, up to a limit; past it the connection is closed."""
    left = MOST_DISCARDED
    with _within(BODY_SECONDS):
        while piece := stream.read(1 << 16):
            left -= len(piece)
            if left < 0:
                msg = "a body without end"
                raise OSError(msg)


def _within(seconds: float) -> eventlet.Timeout:
    return eventlet.Timeout(seconds, TimeoutError("a request came too slowly"))
