"""From bytes or plain values to checked data, refusing with the first wrong field's name."""

from __future__ import annotations

from typing import Any

import orjson
from marshmallow import Schema, ValidationError

from shared.errors import INVALID, MALFORMED, RefusedError

LARGEST_BODY = 20_000_000
"""How many bytes an HTTP door takes in at once."""


def parse(body: bytes, schema: Schema) -> dict[str, Any]:
    """Return checked JSON. Raises RefusedError with `malformed` or `invalid`."""
    return check(parse_json(body), schema)


def parse_json(body: bytes) -> Any:
    """Return the value of JSON bytes. Raises RefusedError with `malformed`."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RefusedError(MALFORMED, reason=str(error)) from None


def check(value: Any, schema: Schema) -> dict[str, Any]:
    """Return checked data. Raises RefusedError with `invalid`."""
    try:
        return dict(schema.load(value))
    except ValidationError as error:
        field, reason = _first(error.messages)
        raise RefusedError(INVALID, field=field, reason=reason) from None


def _first(messages: Any, path: str = "") -> tuple[str, str]:
    if isinstance(messages, dict) and messages:
        key, value = next(iter(messages.items()))
        return _first(value, f"{path}.{key}" if path else str(key))
    if isinstance(messages, list) and messages:
        return _first(messages[0], path)
    return path or "body", str(messages)
