"""Numbers in a query: how long a page is, and behind what it begins."""

from __future__ import annotations

import re

from werkzeug.wrappers import Request

from shared.errors import INVALID, RefusedError

_NUMBER = re.compile("[0-9]{1,18}")


def limit_of(request: Request, usual: int, largest: int) -> int:
    """Return `limit`, from 1 to `largest`; `usual` when it is not asked for. Raises RefusedError: `invalid`."""
    limit = _number(request, "limit", usual)
    if limit is None or not 1 <= limit <= largest:
        raise RefusedError(INVALID, field="limit", reason=f"a number from 1 to {largest}")
    return limit


def after_of(request: Request) -> int:
    """Return `after`, 0 when it is not asked for. Raises RefusedError: `invalid`."""
    after = _number(request, "after", 0)
    if after is None:
        raise RefusedError(INVALID, field="after", reason="a number")
    return after


def _number(request: Request, name: str, usual: int) -> int | None:
    value = request.args.get(name)
    if value is None:
        return usual
    return int(value) if _NUMBER.fullmatch(value) else None
