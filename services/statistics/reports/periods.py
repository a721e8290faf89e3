"""Periods of reports: whole days in Viet Nam, cut off at the moment as of which figures are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.statistics.problems import PERIOD_INVALID, PERIOD_NOT_BEGUN
from shared.clock import VIETNAM, to_text
from shared.errors import RefusedError

MOST_MONTHS = 120

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_at` up to but not at `cut_at`; what happened later does not count."""

    label: str
    start_at: datetime
    cut_at: datetime

    @property
    def as_of_date(self) -> str:
        """The date in Viet Nam at the last moment of the period."""
        return (self.cut_at - _TICK).astimezone(VIETNAM).date().isoformat()

    @property
    def as_of_minute(self) -> datetime:
        """The minute of the last moment of the period."""
        return (self.cut_at - _TICK).replace(second=0, microsecond=0)


def whole(first: date, last: date, as_of: datetime) -> Period:
    """Return the period from `first` to `last`, both included. Raises as `months`."""
    _check(first, last, as_of)
    return _period(f"{first.isoformat()}/{last.isoformat()}", first, last, as_of)


def months(first: date, last: date, as_of: datetime) -> list[Period]:
    """Return the parts of a period that lie in each calendar month, without months not begun by `as_of`.

    Raises RefusedError with `period-invalid` or `period-not-begun`.
    """
    _check(first, last, as_of)
    found, begin = [], first
    while begin <= last:
        following = _next_month(begin)
        found.append(_period(begin.strftime("%Y-%m"), begin, min(last, following - timedelta(days=1)), as_of))
        begin = following
    return [period for period in found if period.start_at < as_of]


def _period(label: str, first: date, last: date, as_of: datetime) -> Period:
    return Period(label, _midnight(first), min(_midnight(last + timedelta(days=1)), as_of))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _check(first: date, last: date, as_of: datetime) -> None:
    length = (last.year - first.year) * 12 + last.month - first.month
    # At the calendar's ends there is no day before, or after, to convert to another zone.
    if last < first or length >= MOST_MONTHS or first.year == 1 or last.year > 9998:  # noqa: PLR2004
        raise RefusedError(PERIOD_INVALID, first=first, last=last, most=MOST_MONTHS)
    if as_of <= _midnight(first):
        raise RefusedError(PERIOD_NOT_BEGUN, first=first, as_of=to_text(as_of))
