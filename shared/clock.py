"""The one clock. Only the composition root chooses which; decisions receive times as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""Law and reports think in this zone; everything is stored in UTC."""


class Clock(Protocol):
    """Tells the time; always aware, always UTC."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved: for tests and scenarios."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment that was set last, in UTC."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to `at`."""
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move forward by `by`."""
        self._at += by


def to_text(moment: datetime) -> str:
    """Return `moment` as UTC text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def local_text(text: str) -> str:
    """Return the moment that `text` names as people in Viet Nam read it: day, month, year and the clock."""
    return from_text(text).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")


def from_text(text: str) -> datetime:
    """Return the UTC moment that `text` (RFC 3339 with an offset) names.

    Raises ValueError when the text is no RFC 3339 time or has no offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = f"a time needs an offset: {text!r}"
        raise ValueError(msg)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        msg = f"a time outside of the years 1 to 9999: {text!r}"
        raise ValueError(msg) from error
