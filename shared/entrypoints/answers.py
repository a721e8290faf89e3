"""What doors answer: JSON, and refusals as RFC 9457 problem details in both languages."""

from __future__ import annotations

from typing import Any

import orjson
from werkzeug.wrappers import Response

from shared.errors import BUSY, Problem, RefusedError
from shared.messaging.consuming import CONFLICT, TRANSIENT

JSON = "application/json"
PROBLEM = "application/problem+json"
LINES = "application/x-ndjson"

UNEXPECTED = Problem(
    "unexpected",
    500,
    "Lỗi ngoài dự kiến; đã được ghi lại để xử lý",
    "An unexpected fault; it has been written down",
)


class Refusing(Response):
    """A response that knows the codes of what it refuses, to be counted."""

    refused: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    """Under which keys the lines of a batch were carried out."""


def json_response(value: Any, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(orjson.dumps(value), status=status, content_type=JSON)


def problem_response(refusal: RefusedError, headers: dict[str, str] | None = None) -> Response:
    """Return a refusal as problem details."""
    response = Refusing(
        orjson.dumps(refusal.details()),
        status=refusal.problem.status,
        content_type=PROBLEM,
        headers=headers,
    )
    response.refused = (refusal.problem.code,)
    return response


def refusal_of(error: BaseException) -> RefusedError:
    """Return what is said of an error: a refusal as it is, of a fault of ours only that there is one."""
    if isinstance(error, RefusedError):
        return error
    return RefusedError(BUSY if isinstance(error, (*TRANSIENT, *CONFLICT)) else UNEXPECTED)
