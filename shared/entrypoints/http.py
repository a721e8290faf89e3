"""HTTP doors: bearer tokens, JSON in and out, refusals as RFC 9457 problem details in both languages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import orjson
from nameko.web.handlers import HttpRequestHandler
from werkzeug.wrappers import Request, Response

from shared.access import TokenFile
from shared.acts import Actor
from shared.errors import BUSY, TOO_LARGE, Problem, RefusedError
from shared.messaging.consuming import CONFLICT, TRANSIENT

log = logging.getLogger(__name__)

LARGEST_BODY = 20_000_000
JSON = "application/json"
PROBLEM = "application/problem+json"
LINES = "application/x-ndjson"

UNEXPECTED = Problem(
    "unexpected",
    500,
    "Lỗi ngoài dự kiến; đã được ghi lại để xử lý",
    "An unexpected fault; it has been written down",
)


class Door(HttpRequestHandler):  # type: ignore[misc]
    """An HTTP entrypoint whose exceptions become problem details."""

    def __init__(self, method: str, url: str, **kwargs: Any) -> None:
        super().__init__(method, url, expected_exceptions=(RefusedError, *TRANSIENT, *CONFLICT), **kwargs)

    def response_from_exception(self, exc: Exception) -> Response:
        """Return the problem details of an exception; what is unexpected is logged, not shown."""
        if isinstance(exc, RefusedError):
            return problem_response(exc)
        if isinstance(exc, (*TRANSIENT, *CONFLICT)):
            return problem_response(RefusedError(BUSY), {"Retry-After": "1"})
        log.error("unexpected fault at an HTTP door", exc_info=exc)
        return problem_response(RefusedError(UNEXPECTED))


door: Callable[..., Callable[[Any], Any]] = Door.decorator


def json_response(value: Any, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(orjson.dumps(value), status=status, content_type=JSON)


def problem_response(refusal: RefusedError, headers: dict[str, str] | None = None) -> Response:
    """Return a refusal as problem details."""
    return Response(
        orjson.dumps(refusal.details()),
        status=refusal.problem.status,
        content_type=PROBLEM,
        headers=headers,
    )


def caller(request: Request, tokens: TokenFile) -> Actor:
    """Return who is calling. Raises RefusedError with `unauthenticated`."""
    return tokens.holder(request.headers.get("Authorization"))


def body_of(request: Request) -> bytes:
    """Return the request's body. Raises RefusedError with `too-large`."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise RefusedError(TOO_LARGE, limit=LARGEST_BODY)
    return request.get_data()
