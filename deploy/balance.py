"""The balance of a reorganisation: what was on its way before is what came of it after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One ended agency and one of its successors; a leg that went further stands in a row for each step."""

    agency: str
    successor: str
    legs: int
    dossiers: int
    finished: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The balance of a reorganisation."""

    in_flight_before: int
    re_homed: int
    """Dossiers with an open leg that went to a successor."""
    finished: int
    """Of those in flight before: with their route's result."""
    withdrawn: int
    """By their applicants, after the reorganisation."""
    closed_administratively: int
    still_open: int
    due_dates_changed: int
    codes_changed: int
    delivered_twice: int
    lost: int
    """In flight before, and since then neither finished, nor withdrawn, nor with an agency that lives, nor
    back at the desk."""
    by_agency: tuple[Row, ...]
    by_procedure: dict[str, int]
    """Of those in flight before."""
    by_state: dict[str, int]
    """Where those in flight were at the moment: with agencies, or waiting, and for what."""
    uncollected_before: int
    """Results that lay at a desk at the moment; they are not in flight any more."""

    @property
    def holds(self) -> bool:
        """Whether before is after, and nothing was changed, doubled or lost."""
        after = self.finished + self.withdrawn + self.closed_administratively + self.still_open
        wrong = self.due_dates_changed + self.codes_changed + self.delivered_twice + self.lost
        return self.in_flight_before == after and wrong == 0

    def as_json(self) -> dict[str, Any]:
        """Return the figures for machines."""
        names = [name for name in self.__slots__ if name != "by_agency"]
        rows = [{name: getattr(row, name) for name in Row.__slots__} for row in self.by_agency]
        return {**{name: getattr(self, name) for name in names}, "by_agency": rows}
