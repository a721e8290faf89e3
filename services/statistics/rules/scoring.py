"""Points after a set of rules, each explained: numerator, denominator, ratio, threshold.

Points are all of an indicator's maximum from its threshold on, and in proportion below it (Decision 766/QĐ-TTg); or
by steps (Decree 61/2018/NĐ-CP: 2, 1 or 0). Where a figure is missing there are no points, and the indicator's
maximum is not covered: a score says how many of its points it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.statistics.problems import RULE_SET_INVALID
from services.statistics.rules.expressions import names_in, value_of
from shared.errors import RefusedError

Figures = Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Points:
    """What one indicator came to."""

    group: str
    indicator: Mapping[str, Any]
    figures: Mapping[str, Fraction | None]
    """The figures that it names."""
    numerator: Fraction | None
    denominator: Fraction | None
    ratio: Fraction | None
    """In per cent."""
    points: Fraction | None
    """None: no data."""

    @property
    def most(self) -> Fraction:
        """The points that there are to be had."""
        return Fraction(self.indicator["max"])


@dataclass(frozen=True, slots=True)
class Score:
    """What all indicators came to."""

    points: Fraction
    covered: Fraction
    """Of how many points: those whose figures are there."""
    most: Fraction

    @property
    def share(self) -> Fraction | None:
        """The points in per cent of those covered, by which units are ranked; None when nothing is."""
        return self.points * 100 / self.covered if self.covered else None


def check(rule_set: Mapping[str, Any], known: set[str]) -> None:
    """Check a set of rules: its expressions, and that every figure is known or declared as entered.

    Raises RefusedError: `expression-invalid` or `rule-set-invalid`.
    """
    entered = [one["figure"] for one in rule_set["entered"]]
    ids = [indicator["id"] for group in rule_set["groups"] for indicator in group["indicators"]]
    for what, names in (("indicator", ids), ("figure", entered)):
        if double := sorted({name for name in names if names.count(name) > 1}):
            raise RefusedError(RULE_SET_INVALID, reason=f"{what} {double[0]} stands there twice")
    if taken := sorted(known & set(entered)):
        raise RefusedError(RULE_SET_INVALID, reason=f"{taken[0]} is counted from dossiers, it is not entered")
    for group in rule_set["groups"]:
        for indicator in group["indicators"]:
            _check_indicator(indicator, known | set(entered))


def _check_indicator(indicator: Mapping[str, Any], known: set[str]) -> None:
    wanted = names_in(indicator["numerator"]) | names_in(indicator["denominator"])
    if unknown := sorted(wanted - known):
        reason = f"indicator {indicator['id']}: figure {unknown[0]} is neither counted nor entered"
        raise RefusedError(RULE_SET_INVALID, reason=reason)
    steps = indicator.get("steps") or ()
    if steps and indicator.get("threshold") is not None:
        raise RefusedError(RULE_SET_INVALID, reason=f"indicator {indicator['id']}: steps or a threshold")
    if any(Fraction(step["points"]) > Fraction(indicator["max"]) for step in steps):
        raise RefusedError(
            RULE_SET_INVALID, reason=f"indicator {indicator['id']}: a step exceeds its maximum"
        )


def judge(rule_set: Mapping[str, Any], figures: Figures) -> list[Points]:
    """Return the points of every indicator, in the rules' order; a figure that is not there is missing."""
    named = {one["figure"]: None for one in rule_set["entered"]} | dict(figures)
    return [
        _points(group["id"], indicator, named)
        for group in rule_set["groups"]
        for indicator in group["indicators"]
    ]


def score(points: Sequence[Points]) -> Score:
    """Return the sum; what has no data is not covered."""
    known = [one for one in points if one.points is not None]
    return Score(
        sum((one.points for one in known if one.points is not None), Fraction(0)),
        sum((one.most for one in known), Fraction(0)),
        sum((one.most for one in points), Fraction(0)),
    )


def _points(group: str, indicator: Mapping[str, Any], figures: Figures) -> Points:
    numerator = value_of(indicator["numerator"], figures)
    denominator = value_of(indicator["denominator"], figures)
    ratio = numerator * 100 / denominator if numerator is not None and denominator else None
    named = {
        name: figures[name]
        for part in ("numerator", "denominator")
        for name in sorted(names_in(indicator[part]))
    }
    found = None if ratio is None else _earned(indicator, ratio)
    return Points(group, indicator, named, numerator, denominator, ratio, found)


def _earned(indicator: Mapping[str, Any], ratio: Fraction) -> Fraction:
    most = Fraction(indicator["max"])
    if steps := indicator.get("steps"):
        reached = [Fraction(step["points"]) for step in steps if ratio >= Fraction(step["at_least"])]
        return max(reached, default=Fraction(0))
    threshold = Fraction(indicator.get("threshold") or 100)
    return most if ratio >= threshold else max(Fraction(0), ratio * most / threshold)


def ranks(shares: Mapping[str, Fraction | None]) -> dict[str, int | None]:
    """Return each one's rank, the best first: equals share a rank, and the next follows after all of them."""
    ordered = sorted((share for share in shares.values() if share is not None), reverse=True)
    return {name: None if share is None else ordered.index(share) + 1 for name, share in shares.items()}
