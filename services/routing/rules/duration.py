"""How long a definition's legs take together: the longest way through the graph, in working time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.routing.rules.route import NamedLeg, named_legs
from shared.conditions import holds
from shared.errors import RefusedError
from shared.working_time.terms import Term, Unit

WORKING = Unit.WORKING_HOUR
"""Working days and hours are compared as hours: 8 of them are a day."""
HOURS_A_DAY = 8

OUTSIDE_THE_COUNT = frozenset({"payment", "supplement", "posting"})
"""Pauses: the dossier's clock stands still while such a leg is open."""


_WORDS = {
    WORKING: ("ngày làm việc", "working days"),
    Unit.CALENDAR_DAY: ("ngày", "calendar days"),
    Unit.MONTH: ("tháng", "months"),
}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in a unit in which it can be added up."""

    amount: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Lengths:
    """The longest way through the graph, and the legs whose terms could not be added to it."""

    total: Decimal
    unit: Unit
    incomparable: tuple[str, ...]

    def in_words(self) -> tuple[str, str]:
        """Return the total as people say it, in Vietnamese and English; working time in days."""
        total = self.total / HOURS_A_DAY if self.unit is WORKING else self.total
        amount = format(total.normalize(), "f")
        vi, en = _WORDS[self.unit]
        return f"{amount.replace('.', ',')} {vi}", f"{amount} {en}"


def length_of(term: Term) -> Length:
    """Return a term as a length; working days become hours."""
    if term.unit is Unit.WORKING_DAY:
        return Length(term.amount * HOURS_A_DAY, WORKING)
    return Length(term.amount, term.unit)


def longest(definition: Mapping[str, Any], case: Mapping[str, Any], unit: Unit) -> Lengths:
    """Return the longest way of a dossier with these facts, adding up the legs counted in `unit`.

    Legs whose condition does not hold take no time, and neither do pauses. After `any`, or after so
    many, the way goes on when the first ones are done.
    """
    legs = named_legs(definition)
    agencies = {leg.id: len(leg.choices) for leg in legs}
    ends: dict[str, Decimal] = {}
    passed: dict[str, bool] = {}
    incomparable: list[str] = []
    for leg in legs:
        passed[leg.id] = holds(leg.leg.get("when"), case)
        length = _length(leg.leg, case) if passed[leg.id] else None
        if length is not None and length.unit is not unit:
            incomparable.append(leg.id)
            length = None
        ends[leg.id] = _start(leg, ends, passed, agencies) + (length.amount if length else 0)
    followed = {name for leg in legs for name in leg.after}
    total = max((end for name, end in ends.items() if name not in followed), default=Decimal(0))
    return Lengths(total, unit, tuple(incomparable))


def _length(leg: Mapping[str, Any], case: Mapping[str, Any]) -> Length | None:
    if leg.get("pause") in OUTSIDE_THE_COUNT:
        return None
    exceptions = (one["term"] for one in leg.get("terms") or () if holds(one["when"], case))
    term = next(exceptions, leg.get("term"))
    try:
        return length_of(Term.parse(term)) if term else None
    except RefusedError:
        return None  # found apart


def _start(
    leg: NamedLeg, ends: Mapping[str, Decimal], passed: Mapping[str, bool], agencies: Mapping[str, int]
) -> Decimal:
    """Return when a leg opens: when all before it are done, or as many as it waits for."""
    join = leg.leg.get("join") or "all"
    able = sorted(ends[name] for name in leg.after if passed[name] for _ in range(agencies[name]))
    if join == "all" or not able:
        return max((ends[name] for name in leg.after), default=Decimal(0))
    needed = 1 if join == "any" else int(join)
    return able[min(needed, len(able)) - 1]
