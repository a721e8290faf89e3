"""Office hours of a working day, and positions within them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from itertools import pairwise

from shared.errors import RefusedError
from shared.working_time.problems import HOURS_INVALID

WORKING_DAY = timedelta(hours=8)
"""Working time of one working day: 40 hours over five days; 8 hours count as one day."""

_MIDNIGHT = timedelta()


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _time_of_day(since_midnight: timedelta) -> time:
    minutes, rest = divmod(since_midnight, timedelta(minutes=1))
    return time(minutes // 60, minutes % 60, rest.seconds, rest.microseconds)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Intervals of work in Viet Nam time, each with its start and end, both inclusive.

    The end belongs to its interval: what comes in at 17:00 sharp came in that day, and what is due
    at the end of the morning is due at 11:30, not at 13:30.
    Refuses (`office-hours-invalid`) intervals out of order and days that are not 8 hours long.
    """

    intervals: tuple[tuple[time, time], ...]
    _spans: tuple[tuple[time, time, timedelta, timedelta], ...] = field(init=False, repr=False, compare=False)
    """start, end, start since midnight, working time of the day before the start"""

    def __post_init__(self) -> None:
        edges = [edge for interval in self.intervals for edge in interval]
        ordered = all(one < other for one, other in pairwise(edges))
        spans, worked = [], _MIDNIGHT
        for start, end in self.intervals:
            spans.append((start, end, _since_midnight(start), worked))
            worked += _since_midnight(end) - _since_midnight(start)
        if not ordered or worked != WORKING_DAY or any(edge.tzinfo for edge in edges):
            raise RefusedError(HOURS_INVALID, value=self)
        object.__setattr__(self, "_spans", tuple(spans))

    def __str__(self) -> str:
        return ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.intervals)

    def __iter__(self) -> Iterator[tuple[time, time]]:
        return iter(self.intervals)

    @property
    def opening(self) -> time:
        """When the day's work starts."""
        return self.intervals[0][0]

    def clamp(self, at: time) -> time | None:
        """Return `at` or, outside working time, the next start of work; None after closing."""
        for start, end, _, _ in self._spans:
            if at < start:
                return start
            if at <= end:
                return at
        return None

    def worked_until(self, at: time) -> timedelta:
        """Return the working time of the day up to `at`."""
        for start, end, opened, worked in reversed(self._spans):
            if at >= start:
                return worked + _since_midnight(min(at, end)) - opened
        return _MIDNIGHT

    def reached(self, worked: timedelta) -> time:
        """Return when that much (more than nothing, at most `WORKING_DAY`) of the day's work is done.

        That is the end of an interval, never the start of the next one.
        """
        for _, _, opened, before in reversed(self._spans):
            if worked > before:
                return _time_of_day(opened + worked - before)
        return self.opening


DEFAULT_HOURS = OfficeHours(((time(7), time(11, 30)), (time(13, 30), time(17))))
"""The desk hours found in production systems; every agency may have its own."""
