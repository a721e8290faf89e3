"""Periods of reports: whole days in Viet Nam, cut off at the moment as of which figures are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.statistics.problems import PERIOD_INVALID, PERIOD_NOT_BEGUN, PERIOD_UNKNOWN, UNKNOWN_DIMENSION
from shared.clock import VIETNAM, to_text
from shared.errors import RefusedError

MOST_MONTHS = 120
PARTS: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
"""What a period can be cut into, with the months of each."""

_WORD = re.compile(r"(?P<year>[0-9]{4})(-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4])|-H(?P<half>[12]))?")

_LAST_YEAR = 9999
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


def spelled(word: str) -> tuple[date, date]:
    """Return the first and the last day of 2023, 2023-H1, 2023-Q4 or 2023-11. Raises RefusedError `period-unknown`."""
    found = _WORD.fullmatch(word)
    if found is None or not 1 < int(found["year"]) < _LAST_YEAR:
        raise RefusedError(PERIOD_UNKNOWN, period=word)
    unit = next((name for name in ("month", "quarter", "half") if found[name]), "year")
    number = int(found[unit]) if unit != "year" else 1
    first = date(int(found["year"]), PARTS[unit] * (number - 1) + 1, 1)
    return first, _following(first, PARTS[unit]) - timedelta(days=1)


def label(day: date, unit: str) -> str:
    """Return how the month, quarter, half-year or year of a day is written."""
    if unit == "year":
        return f"{day.year:04}"
    number = (day.month - 1) // PARTS[unit] + 1
    return f"{day.year:04}-{ {'month': f'{number:02}', 'quarter': f'Q{number}', 'half': f'H{number}'}[unit] }"


def unit_in(by: Sequence[str]) -> str | None:
    """Return what a question cuts its period into, if it does. Raises RefusedError `unknown-dimension` for two."""
    found = [name for name in by if name in PARTS]
    if len(found) > 1:
        raise RefusedError(UNKNOWN_DIMENSION, dimension=found[1], known=found[0])
    return found[0] if found else None


def whole(first: date, last: date, as_of: datetime) -> Period:
    """Return the period from `first` to `last`, both included. Raises as `months`."""
    _check(first, last, as_of)
    return _period(f"{first.isoformat()}/{last.isoformat()}", first, last, as_of)


def parts(first: date, last: date, as_of: datetime, unit: str) -> list[Period]:
    """Return the parts of a period that lie in each calendar month (quarter, half-year, year) begun by `as_of`.

    Raises RefusedError with `period-invalid` or `period-not-begun`.
    """
    _check(first, last, as_of)
    found, begin = [], first
    while begin <= last:
        following = _following(begin, PARTS[unit])
        found.append(_period(label(begin, unit), begin, min(last, following - timedelta(days=1)), as_of))
        begin = following
    return [period for period in found if period.start_at < as_of]


def _period(label: str, first: date, last: date, as_of: datetime) -> Period:
    return Period(label, _midnight(first), min(_midnight(last + timedelta(days=1)), as_of))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def _following(day: date, months: int) -> date:
    """Return the first day of the part of the calendar that follows a day's, each of so many months."""
    beyond = (day.month - 1) // months * months + months
    return date(day.year + beyond // 12, beyond % 12 + 1, 1)


def _check(first: date, last: date, as_of: datetime) -> None:
    length = (last.year - first.year) * 12 + last.month - first.month
    # At the calendar's ends there is no day before, or after, to convert to another zone.
    if last < first or length >= MOST_MONTHS or first.year == 1 or last.year >= _LAST_YEAR:
        raise RefusedError(PERIOD_INVALID, first=first, last=last, most=MOST_MONTHS)
    if as_of <= _midnight(first):
        raise RefusedError(PERIOD_NOT_BEGUN, first=first, as_of=to_text(as_of))
