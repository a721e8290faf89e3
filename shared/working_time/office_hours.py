"""Office hours of a working day, and positions within them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from itertools import pairwise

from shared.errors import RefusedError
from shared.working_time.problems import HOURS_INVALID

WORKING_DAY = timedelta(hours=8)
"""Working time of one working day: 40 hours over five days; 8 hours count as one day."""

_MIDNIGHT = timedelta()

_HOUR_AND_MINUTE = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _time_of_day(since_midnight: timedelta) -> time:
    minutes, rest = divmod(since_midnight, timedelta(minutes=1))
    return time(minutes // 60, minutes % 60, rest.seconds, rest.microseconds)


def _is_interval(value: object) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:  # noqa: PLR2004 - a start and an end
        return False
    return all(isinstance(edge, str) and _HOUR_AND_MINUTE.fullmatch(edge) for edge in value)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Intervals of work in Viet Nam time, each with its start and end, both inclusive.

    The end belongs to its interval: what comes in at 17:00 sharp came in that day, and what is due
    at the end of the morning is due at 11:30, not at 13:30.
    Refuses (`office-hours-invalid`) intervals out of order and days that are not 8 hours long: terms
    count 8 hours as a day, so an agency may begin and end when it likes, but not work less.
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

    @classmethod
    def parse(cls, value: object) -> OfficeHours:
        """Return the hours that a plain list such as `[["07:30", "11:30"], ["13:00", "17:00"]]` names."""
        if not isinstance(value, list | tuple) or not all(map(_is_interval, value)):
            raise RefusedError(HOURS_INVALID, value=value)
        return cls(tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in value))

    def dump(self) -> list[list[str]]:
        """Return the plain list that `parse` reads, by the minute."""
        return [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in self.intervals]

    def __str__(self) -> str:
        return ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.intervals)

    def __iter__(self) -> Iterator[tuple[time, time]]:
        return iter(self.intervals)

    @property
    def opening(self) -> time:
        """When the day's work starts."""
        return self.intervals[0][0]

    @property
    def closing(self) -> time:
        """When the day's work ends."""
        return self.intervals[-1][1]

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
