"""Batches over HTTP: one JSON request a line in, one JSON answer a line out, in the same order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
from werkzeug.wrappers import Response

from shared.entrypoints.answers import LINES, Refusing, refusal_of
from shared.errors import MALFORMED, Problem, RefusedError
from shared.persistence.grouping import GroupCommit, Request

MOST_LINES = 1000
LONGEST_KEY = 200

_CONTROL = re.compile("[\x00-\x1f\x7f]")

TOO_MANY_LINES = Problem(
    "too-many-lines",
    413,
    "Mỗi lần gửi nhiều nhất {limit} dòng",
    "At most {limit} lines can be sent at once",
)
KEY_MISSING = Problem(
    "idempotency-key-missing",
    400,
    "Thiếu mã chống trùng (Idempotency-Key hoặc trường key)",
    "The idempotency key (header Idempotency-Key, or field key) is missing",
)
KEY_INVALID = Problem(
    "idempotency-key-invalid",
    400,
    "Mã chống trùng phải là chuỗi dài từ 1 đến {longest} ký tự, không có ký tự điều khiển",
    "An idempotency key is a text of 1 to {longest} characters without control characters",
)

Parse = Callable[[dict[str, Any]], tuple[GroupCommit, Any]]
"""Turns a line into the group that runs it and the item to run. Raises RefusedError."""


def check_key(key: Any) -> str:
    """Return an idempotency key that can be kept.

    Raises RefusedError with `idempotency-key-missing` or `idempotency-key-invalid`.
    """
    if key is None:
        raise RefusedError(KEY_MISSING)
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY or _CONTROL.search(key):
        raise RefusedError(KEY_INVALID, longest=LONGEST_KEY)
    return key


def run_lines(body: bytes, principal: str, parse: Parse) -> Response:
    """Carry out every line; a line that is refused or malformed is answered so and stops no other.

    Raises RefusedError with `too-many-lines`, and DatabaseUnavailableError: then send all again.
    """
    lines = body.splitlines()
    if len(lines) > MOST_LINES:
        raise RefusedError(TOO_MANY_LINES, limit=MOST_LINES)
    answers: list[dict[str, Any]] = [{} for _ in lines]
    groups: dict[int, tuple[GroupCommit, list[tuple[int, Request]]]] = {}
    for index, line in enumerate(lines):
        try:
            key, group, request = _request(line, principal, parse, answers[index])
        except RefusedError as refusal:
            answers[index] |= _refused(refusal)
            continue
        groups.setdefault(id(group), (group, []))[1].append((index, request))
        answers[index]["key"] = key
    for group, requests in groups.values():
        group.run([request for _, request in requests])
        for index, request in requests:
            answers[index] |= _outcome(request)
    body = b"".join(orjson.dumps(answer) + b"\n" for answer in answers)
    response = Refusing(body, content_type=LINES)
    response.refused = tuple(answer["problem"]["code"] for answer in answers if "problem" in answer)
    response.keys = tuple(answer["key"] for answer in answers if "answer" in answer)
    return response


def _request(
    line: bytes,
    principal: str,
    parse: Parse,
    answer: dict[str, Any],
) -> tuple[str, GroupCommit, Request]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise RefusedError(MALFORMED, reason=str(error)) from None
    if not isinstance(value, dict):
        raise RefusedError(MALFORMED, reason="a line holds one JSON object")
    key = answer["key"] = check_key(value.get("key"))
    group, item = parse(value)
    return key, group, Request(item, principal, key, fingerprint=line)


def _outcome(request: Request) -> dict[str, Any]:
    if request.error is not None:
        return _refused(refusal_of(request.error))
    return {"status": 200, "answer": request.result()}


def _refused(refusal: RefusedError) -> dict[str, Any]:
    return {"status": refusal.problem.status, "problem": refusal.details()}
