"""Every case that a definition tells apart: all combinations of the facts that its conditions look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from shared.conditions import facts_in
from shared.contracts.intake import CHANNELS

BUILT_IN: Mapping[str, tuple[Any, ...] | None] = {
    "channel": CHANNELS,
    "applicant_kind": ("citizen", "organisation", "agency"),
    "remote": (False, True),
    "procedure": None,
    "area": None,
}
"""What conditions may look at without its being declared; None: anything."""

MOST_CASES = 512
_MOST_TOGETHER = 6
"""Of more values, only those that stand alone and all at once are tried together."""

Condition = Mapping[str, Any]


def conditions_of(definition: Mapping[str, Any]) -> Iterator[tuple[int, Condition]]:
    """Give every condition with the position of its leg, from 0."""
    for position, leg in enumerate(definition["legs"]):
        if leg.get("when"):
            yield position, leg["when"]
        for exception in leg.get("terms") or ():
            yield position, exception["when"]


def cases_of(definition: Mapping[str, Any], *further: Condition) -> list[dict[str, Any]] | None:
    """Return each combination of facts that the conditions tell apart; None when they are too many."""
    conditions = [condition for _, condition in conditions_of(definition)] + list(further)
    names = sorted(frozenset().union(*map(facts_in, conditions))) if conditions else []
    domains = [_values(name, definition, conditions) for name in names]
    count = 1
    for domain in domains:
        count *= len(domain)
    if count > MOST_CASES:
        return None
    return [
        {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for values in product(*domains)
    ]


def _values(name: str, definition: Mapping[str, Any], conditions: list[Condition]) -> list[Any]:
    if name == "procedure":
        return [definition["procedure"]]
    declared = (definition.get("facts") or {}).get(name) or {}
    values = declared.get("values") or BUILT_IN.get(name)
    if values is None:
        values = [value for condition in conditions for value in _looked_for(name, condition)]
        values = list({(isinstance(value, bool), value): value for value in values}.values())
    if declared.get("many"):
        return [None, *_together(list(values))]
    # A built-in fact with known values is always there; what a desk was not asked may be missing.
    return [*values] if BUILT_IN.get(name) else [None, *values]


def _together(values: list[Any]) -> Iterator[list[Any]]:
    sizes = range(1, len(values) + 1) if len(values) <= _MOST_TOGETHER else (1, len(values))
    for size in sizes:
        for chosen in combinations(values, size):
            yield list(chosen)


def _looked_for(name: str, condition: Condition) -> Iterator[Any]:
    """Give the values on both sides of what a condition asks of a fact."""
    if "fact" not in condition:
        inner = [condition["not"]] if "not" in condition else condition.get("all") or condition["any"]
        for one in inner:
            yield from _looked_for(name, one)
    elif condition["fact"] == name:
        if "at_least" in condition:
            yield from (condition["at_least"] - 1, condition["at_least"])
        elif "one_of" in condition:
            yield from condition["one_of"]
        elif "equals" in condition:
            yield condition["equals"]
