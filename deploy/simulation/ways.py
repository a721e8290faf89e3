"""The way of a dossier by a definition and a register, and which legs of two ways are namesakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.simulation.history import Dossier, TermKey, term_key
from services.routing.rules.planning import plan
from services.routing.rules.structure import Registry, Structure
from shared.clock import to_text
from shared.errors import NotYetKnownError

Leg = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """Planned legs, in a form in which equal ways are equal."""

    legs: Sequence[Leg]
    shape: tuple[Any, ...]
    """Everything that decides who has the dossier when."""
    terms: tuple[TermKey | None, ...]
    cutoff: str | None
    """For legs that open straight from reception."""


def way_of(legs: Sequence[Leg], cutoff: str | None) -> Way:
    """Return the way that planned legs make."""
    return Way(legs, tuple(map(_shape, legs)), tuple(term_key(leg["term"]) for leg in legs), cutoff)


def _shape(leg: Leg) -> tuple[Any, ...]:
    if leg["skipped"]:
        return leg["id"], tuple(leg["after"]), leg["join"]
    # Where the end of the term ends the leg, the term decides when the next one opens.
    term = None if leg["at_term"] in {None, "overdue"} else term_key(leg["term"])
    return (
        leg["id"], leg["kind"], leg["agency"], leg["at_term"], term, leg["pause"], tuple(leg["after"]), leg["join"],
    )  # fmt: skip


class Planner:
    """Plans ways by routing's own rules; a dossier like an earlier one gets the same way."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._known: dict[tuple[Any, ...], Way | NotYetKnownError] = {}

    def structure(self, it: Dossier) -> Structure:
        """Return the structure at a dossier's reception."""
        assert it.received is not None  # noqa: S101 - only received dossiers are played
        return self.registry.at(to_text(it.received))

    def way(self, it: Dossier, definition: Mapping[str, Any]) -> Way:
        """Return the way of a dossier. Raises NotYetKnownError when an agency is not known."""
        structure = self.structure(it)
        key = (id(definition), it.desk, it.area, id(it.facts), id(structure))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _planned(it, definition, structure)
        if isinstance(found, NotYetKnownError):
            raise found
        return found


def _planned(it: Dossier, definition: Mapping[str, Any], structure: Structure) -> Way | NotYetKnownError:
    try:
        return way_of(plan(definition, it.desk, it.area, structure, it.facts), definition.get("cutoff"))
    except NotYetKnownError as error:
        return error.with_traceback(None)


_NUMBERED = re.compile(r"leg-[0-9]+")
"""The id of a leg that was given none: it says no more than the leg's place."""


def namesakes(recorded: Sequence[Leg], legs: Sequence[Leg], kind_of: Callable[[str], str]) -> dict[int, int]:
    """Return the recorded leg, by number, that stands for each leg that has a namesake.

    `kind_of` gives the kind of an agency. Each recorded leg stands for one at most.
    """
    found: dict[int, int] = {}
    left = [leg for leg in recorded if not leg["skipped"]]

    def match(key: Callable[[Leg], Any]) -> None:
        by_key: dict[Any, list[Leg]] = {}
        for leg in left:
            by_key.setdefault(key(leg), []).append(leg)
        for leg in legs:
            wanted = None if leg["skipped"] or leg["number"] in found else key(leg)
            if wanted is not None and by_key.get(wanted):
                chosen = by_key[wanted].pop(0)
                left.remove(chosen)
                found[leg["number"]] = chosen["number"]

    match(lambda leg: _id(leg) and (_id(leg), leg["agency"]))
    match(_id)
    match(lambda leg: (leg["name"]["vi"], leg["agency"]))
    match(lambda leg: leg["name"]["vi"])
    match(lambda leg: (leg["number"], kind_of(leg["agency"])))
    return found


def _id(leg: Leg) -> str | None:
    name = leg["id"]
    return None if name is None or _NUMBERED.fullmatch(name) else str(name)
