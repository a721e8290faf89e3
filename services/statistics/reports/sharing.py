"""Dividing working time between holders so that the parts add up, to the minute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import TypeVar

from services.statistics.reports.timeline import Claim, Stretch
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.elapsed import working_time_between

Key = TypeVar("Key")
Weights = dict[Key, Fraction]

_MICROSECOND = timedelta(microseconds=1)


def weights(
    stretches: Iterable[Stretch],
    claims_of: Callable[[Stretch], tuple[Claim, ...]],
    key_of: Callable[[Claim], Key],
    calendar: WorkingCalendar,
) -> Weights[Key]:
    """Return the working time of each key: a stretch's is divided alike between its claims."""
    found: Weights[Key] = defaultdict(Fraction)
    for stretch in stretches:
        claims = claims_of(stretch)
        if claims:
            worked = working_time_between(stretch.opened_at, stretch.closed_at, calendar) // _MICROSECOND
            for claim in claims:
                found[key_of(claim)] += Fraction(worked, len(claims))
    return {key: weight for key, weight in found.items() if weight}


def divided(minutes: int, by: Mapping[Key, Fraction]) -> dict[Key, int]:
    """Return so many minutes divided in proportion to weights, in whole minutes that add up exactly.

    What is left by rounding down goes, a minute each, to those who lost most by it; of equals to the
    first by name. Nothing when there are no weights.
    """
    whole = sum(by.values())
    if not whole:
        return {}
    exact = {key: minutes * weight / whole for key, weight in by.items()}
    parts = {key: int(part) for key, part in exact.items()}
    left = minutes - sum(parts.values())
    for key in sorted(by, key=lambda key: (parts[key] - exact[key], str(key)))[:left]:
        parts[key] += 1
    return parts
