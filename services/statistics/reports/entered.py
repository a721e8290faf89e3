"""Figures that units entered for sets of rules, as they stood at a moment: only what was checked counts.

A question's figure is the one entered for its very period, else the sum of those that together make it, without
gap or overlap; else it is missing. A correction counts once it is checked itself; until then the figure is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from services.statistics.read_model import versions
from shared.persistence.database import Transaction

_SQL = """
    SELECT figure, agency, first_day, last_day, version, state, amount FROM entered_v#
    WHERE first_day >= :first AND last_day <= :last AND set_at < :until
"""
_STATES = ("entered", "checked", "locked")
_END = datetime(9999, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """What was entered for some days."""

    first: date
    last: date
    amount: int


class Entered:
    """The entered figures of a question, by unit and name."""

    def __init__(self, figures: Mapping[str, Mapping[str, Fraction]]) -> None:
        self._figures = figures

    def of(self, unit: str) -> Mapping[str, Fraction]:
        """Return what is known of a unit."""
        return self._figures.get(unit, {})

    def of_all(self, name: str, units: Collection[str]) -> Fraction | None:
        """Return the sum over everybody who entered it; None unless each of `units` did."""
        found = [figures[name] for figures in self._figures.values() if name in figures]
        return None if not found or self.lacking(name, units) else sum(found, Fraction(0))

    def lacking(self, name: str, units: Collection[str]) -> list[str]:
        """Return which of the units have not entered it."""
        return sorted(unit for unit in units if name not in self.of(unit))


def entered_at(tx: Transaction, version: int, first: date, last: date, until: datetime | None) -> Entered:
    """Return the figures for a period as they had been entered and checked before a moment; None: by now."""
    asked = {"first": first.isoformat(), "last": last.isoformat(), "until": until or _END}
    newest: dict[tuple[str, str, str, str], tuple[int, int, int]] = {}
    for figure, agency, begun, ended, number, state, amount in tx.execute(
        versions.at_version(_SQL, version), asked
    ):
        key = (agency, figure, begun, ended)
        newest[key] = max(newest.get(key, (0, 0, 0)), (number, _STATES.index(state), amount))
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for (agency, figure, begun, ended), (_number, state, amount) in newest.items():
        if state:
            span = Span(date.fromisoformat(begun), date.fromisoformat(ended), amount)
            spans[agency, figure].append(span)
    return Entered(_by_unit(spans.items(), first, last))


def whole(spans: Iterable[Span], first: date, last: date) -> int | None:
    """Return what was entered for the very period, else the sum of the fewest that make it without gap or overlap.

    None where no choice of them makes it.
    """
    made = {first: (0, 0)}
    for span in sorted(spans):
        if span.first in made:
            parts, amount = made[span.first]
            after = span.last + timedelta(days=1)
            if after not in made or parts + 1 < made[after][0]:
                made[after] = (parts + 1, amount + span.amount)
    found = made.get(last + timedelta(days=1))
    return found[1] if found else None


def gaps(spans: Iterable[Span], first: date, last: date) -> list[tuple[date, date]]:
    """Return the first and last days of each part of a period for which nothing was entered."""
    found, expected = [], first
    for span in sorted(spans):
        if span.first > expected:
            found.append((expected, span.first - timedelta(days=1)))
        expected = max(expected, span.last + timedelta(days=1))
    return [*found, (expected, last)] if expected <= last else found


def _by_unit(
    spans: Iterable[tuple[tuple[str, str], list[Span]]], first: date, last: date
) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for (unit, figure), entered in spans:
        amount = whole(entered, first, last)
        if amount is not None:
            found[unit][figure] = Fraction(amount)
    return found
