"""HTTP doors: bearer tokens, JSON in and out, refusals as problem details.

A request's body is read before the door's method runs, and only from somebody with a token.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Any

from nameko.web.handlers import HttpRequestHandler
from werkzeug.wrappers import Request, Response

from shared.access import TokenFile
from shared.acts import Actor
from shared.entrypoints.answers import (
    JSON,
    LINES,
    PROBLEM,
    UNEXPECTED,
    json_response,
    problem_response,
    refusal_of,
)
from shared.entrypoints.web import DoorServer, read_body
from shared.errors import BUSY, Problem, RefusedError
from shared.log import said
from shared.messaging.consuming import CONFLICT, TRANSIENT
from shared.messaging.traced import Asked, Tracing
from shared.tracing import HEADER

__all__ = ["JSON", "LINES", "PROBLEM", "UNEXPECTED", "Door", "body_of", "caller", "door", "json_response"]

log = logging.getLogger(__name__)

UNSUPPORTED_CONTENT = Problem(
    "unsupported-content",
    415,
    "Chỉ nhận JSON hoặc NDJSON, mã UTF-8, không nén; đã nhận được {given}",
    "Only JSON and NDJSON in UTF-8, not compressed, are taken in; this was {given}",
)

_BODY = "lienthong.body"
_WITH_BODY = frozenset({"POST", "PUT"})
_TAKEN_IN = frozenset({JSON, LINES, "text/plain"})
"""A request that does not say what it is counts as plain text."""


class Door(HttpRequestHandler):  # type: ignore[misc]
    """An HTTP entrypoint whose exceptions become problem details."""

    server = DoorServer()

    def __init__(self, method: str, url: str, **kwargs: Any) -> None:
        super().__init__(method, url, expected_exceptions=(RefusedError, *TRANSIENT, *CONFLICT), **kwargs)

    def handle_request(self, request: Request) -> Response:
        """Answer a request, and count it."""
        began = perf_counter()
        tracing: Tracing | None = self.container.config.get("tracing")
        at = self.container.config["clock"].now() if tracing else None
        response = self._answer(request)
        if tracing and at:
            self._trace(tracing, request, response, at)
        counting = self.container.config["counting"]
        counting.request(self.method, self.url, response.status_code, perf_counter() - began)
        refused = getattr(response, "refused", ())
        for code in refused:
            counting.refusal(code)
        for code in sorted(set(refused)):
            self._log_refusal(request, response.status_code, code)
        return response

    def _log_refusal(self, request: Request, status: int, code: str) -> None:
        door, dossier = f"{self.method} {self.url}", getattr(request, "path_values", {}).get("dossier")
        about = said("request-refused", problem=code, door=door, status=status, dossier=dossier)
        log.info("refused %s: %s", door, code, extra=about)

    def _trace(self, tracing: Tracing, request: Request, response: Response, began: datetime) -> None:
        """Tell of a request that changed something or was refused; looking leaves no trace."""
        keys = tuple(filter(None, (request.headers.get("Idempotency-Key"), *getattr(response, "keys", ()))))
        try:
            principal = caller(request, self.container.config["tokens"]).principal if keys else ""
        except RefusedError:
            keys, principal = (), ""
        refused = getattr(response, "refused", ())
        given = request.headers.get(HEADER)
        tracing.answered(Asked(f"{self.method} {self.url}", keys, principal, began, refused, given))

    def _answer(self, request: Request) -> Response:
        """Read the request and have a worker answer it: one that dawdles keeps no worker waiting."""
        try:
            if request.method in _WITH_BODY:
                caller(request, self.container.config["tokens"])
                request.environ[_BODY] = _checked_body(request)
        except Exception as error:  # noqa: BLE001 - whatever it is becomes an answer
            return self.response_from_exception(error)
        response: Response = super().handle_request(request)
        return response

    def response_from_exception(self, exc: Exception) -> Response:
        """Return the problem details of an exception; what is unexpected is logged, not shown."""
        refusal = refusal_of(exc)
        if refusal.problem is UNEXPECTED:
            log.error(
                "unexpected fault at an HTTP door",
                exc_info=exc,
                extra=said("request-failed", problem=UNEXPECTED.code),
            )
        return problem_response(refusal, {"Retry-After": "1"} if refusal.problem is BUSY else None)


door: Callable[..., Callable[[Any], Any]] = Door.decorator


def caller(request: Request, tokens: TokenFile) -> Actor:
    """Return who is calling. Raises RefusedError with `unauthenticated`."""
    return tokens.holder(request.headers.get("Authorization"))


def body_of(request: Request) -> bytes:
    """Return the request's body."""
    body: bytes = request.environ[_BODY]
    return body


def _checked_body(request: Request) -> bytes:
    body = read_body(request)
    given = request.headers.get("Content-Encoding", "identity")
    if given == "identity":
        given = request.mimetype
        if not body or given in _TAKEN_IN or given.endswith("+json"):
            return body
    raise RefusedError(UNSUPPORTED_CONTENT, given=given[:100])
