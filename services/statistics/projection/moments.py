"""Times and dates as text."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from shared.clock import from_text, to_text


def moment(text: str) -> str:
    """Return an RFC 3339 time as UTC text of fixed width. Raises ValueError."""
    if len(text) == 27 and text[26] == "Z" and text[10] == "T":  # noqa: PLR2004 - as `to_text` writes it
        return text
    return to_text(from_text(text))


def local_date(moment_text: str) -> str:
    """Return the date in Viet Nam of UTC text of fixed width: seven hours ahead, since 1975."""
    day = moment_text[:10]
    return day if moment_text[11:13] < "17" else _day_after(day)


@lru_cache(maxsize=4096)
def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
