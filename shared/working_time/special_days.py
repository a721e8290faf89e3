"""Days that depart from the plain week of Monday to Friday."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is off or worked by name, whatever its day of the week; named in both languages."""

    day: date
    kind: Literal["off", "work"]
    vi: str
    en: str

    @property
    def departs(self) -> bool:
        """Whether the plain week would say otherwise: a holiday on a Sunday changes nothing."""
        return (self.kind == "work") is is_weekend(self.day)


HolidaysOf = Callable[[int], Iterable[SpecialDay]]
"""Gives the special days of a year; days of other years are left aside."""


def is_weekend(day: date) -> bool:
    """Tell whether `day` is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY
