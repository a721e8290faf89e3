"""A process definition read as a graph: which legs come after which, and what makes it no route at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.routing.domain.refusals import (
    LEG_ID_TWICE,
    LEG_NOT_ABOVE,
    LEG_UNKNOWN,
    QUORUM_TOO_LARGE,
    ROUTE_CYCLIC,
)
from shared.errors import RefusedError

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NamedLeg:
    """A leg of a definition with its name and the names of those before it."""

    id: str
    after: tuple[str, ...]
    leg: Mapping[str, Any]

    @property
    def choices(self) -> Sequence[Any]:
        """Return how each agency that does the leg is chosen: several when it consults."""
        return self.leg.get("consult") or [self.leg.get("agency")]


def named_legs(definition: Definition) -> list[NamedLeg]:
    """Return the legs in the order of the definition; one without a name is `leg-<number>`."""
    named: list[NamedLeg] = []
    for position, leg in enumerate(definition["legs"], start=1):
        above = (named[-1].id,) if named else ()
        after = leg.get("after")
        named.append(
            NamedLeg(leg.get("id") or f"leg-{position}", above if after is None else tuple(after), leg)
        )
    return named


def check_route(definition: Definition) -> None:
    """Raise the first thing that makes a definition no route.

    RefusedError: `leg-id-twice`, `leg-unknown`, `route-cyclic`, `leg-not-above`, `quorum-too-large`.
    """
    for error in faults_of(definition):
        raise error


def faults_of(definition: Definition) -> list[RefusedError]:
    """Return everything that makes a definition no route."""
    legs = named_legs(definition)
    process = definition["process"]
    faults = [RefusedError(LEG_ID_TWICE, process=process, leg=name) for name in _twice(legs)]
    faults += [
        RefusedError(LEG_UNKNOWN, process=process, leg=leg.id, unknown=name)
        for leg in legs
        for name in _unknown(leg, {other.id for other in legs})
    ]
    faults += [_downwards(process, name, other, legs) for name, other in _not_above(legs)]
    for leg in legs:
        join, there = leg.leg.get("join"), before_count(leg, legs)
        if isinstance(join, int) and join > there:
            faults.append(
                RefusedError(QUORUM_TOO_LARGE, process=process, leg=leg.id, needed=join, there=there)
            )
    return faults


def before_count(leg: NamedLeg, legs: Iterable[NamedLeg]) -> int:
    """Return how many planned legs come just before a leg: each consulted agency counts."""
    return sum(len(other.choices) for other in legs if other.id in leg.after)


def _twice(legs: Sequence[NamedLeg]) -> list[str]:
    names = [leg.id for leg in legs]
    return sorted({name for name in names if names.count(name) > 1})


def _unknown(leg: NamedLeg, known: set[str]) -> list[str]:
    return [name for name in (*leg.after, *_agency_of(leg)) if name not in known]


def _not_above(legs: Sequence[NamedLeg]) -> list[tuple[str, str]]:
    """Return the legs that name themselves or one further down, with the one that they name.

    Legs stand in the order in which they may begin, so that whoever reads the list down reads the way
    forward, and loops cannot be drawn by accident.
    """
    known = {leg.id for leg in legs}
    above: set[str] = set()
    wrong = []
    for leg in legs:
        names = (*leg.after, *_agency_of(leg))
        wrong += [(leg.id, name) for name in names if name in known and name not in above]
        above.add(leg.id)
    return wrong


def _downwards(process: str, leg: str, other: str, legs: Sequence[NamedLeg]) -> RefusedError:
    after = {one.id: one.after for one in legs}
    seen: set[str] = set()
    to_see = [other]
    while to_see:
        one = to_see.pop()
        if one == leg:
            return RefusedError(ROUTE_CYCLIC, process=process, leg=leg)
        if one not in seen:
            seen.add(one)
            to_see += after.get(one, ())
    return RefusedError(LEG_NOT_ABOVE, process=process, leg=leg, other=other)


def _agency_of(leg: NamedLeg) -> list[str]:
    return [choice["leg"] for choice in leg.choices if isinstance(choice, Mapping) and "leg" in choice]
