"""What happens to some dossiers beside the usual, and where on their way it can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from deploy.play.ways import Leg, Ways
from services.routing.domain import flow

SUPPLEMENT = "supplement"
"""An agency needs more papers, and the applicant brings them."""
RETURN = "return"
"""An agency sends the dossier back to an earlier one, which does its part again."""
WRONG_AGENCY = "wrong_agency"
"""The dossier is handed on to another agency by mistake, which hands it back."""
RECALL = "recall"
"""Who handed it over takes it back before it is accepted, and hands it over again."""
WITHDRAWAL = "withdrawal"
"""The applicant takes it back."""
KINDS = (WITHDRAWAL, RETURN, RECALL, WRONG_AGENCY, SUPPLEMENT)


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens on the first attempt at a leg."""

    kind: str
    number: int
    to: int = 0
    """The number of the leg that does its part again."""
    agency: str = ""
    """The wrong agency."""


@dataclass(frozen=True, slots=True)
class Script:
    """How a dossier's people are: the same however fast they work. By leg, the first first."""

    weights: tuple[float, ...]
    """How much work each leg is, beside the others."""
    delays: tuple[float, ...]
    """How soon each is taken on, from 0 to 1."""
    waits: tuple[int, ...]
    """For how many working seconds applicants are waited for."""
    silent: frozenset[int] = frozenset()
    """Legs whose agency says nothing until its term ends."""
    happening: Happening | None = None


def script(legs: Sequence[Leg], silence: float, wait: tuple[int, int], rng: Random) -> Script:
    """Draw how a dossier's people are."""
    # The first agencies do most of the work, the desk only takes the result.
    weights = tuple(rng.uniform(1, 2) * (len(legs) - number) for number in range(len(legs)))
    delays = tuple(rng.uniform(0.05, 0.6) for _ in legs)
    waits = tuple(rng.randint(*wait) for _ in legs)
    silent = (leg["number"] for leg in legs if leg["at_term"] == "consent" and rng.random() < silence)
    return Script(weights, delays, waits, frozenset(silent))


def possible(kind: str, legs: Sequence[Leg], ways: Ways, at: datetime) -> list[Happening]:
    """Return where on a way it can happen."""
    works = [leg for leg in legs if _is_work(leg)]
    if kind == RETURN:
        return [
            Happening(kind, leg["number"], to=earlier["number"])
            for leg in works
            for earlier in works
            if _can_return(legs, leg, earlier)
        ]
    if kind == WRONG_AGENCY:
        return [
            Happening(kind, leg["number"], agency=peer)
            for leg in works
            if leg["number"] > 1
            for peer in ways.peers(leg["agency"], at)
        ]
    if kind == RECALL:
        numbers = {leg["number"] for leg in works}
        return [
            Happening(kind, leg["number"], to=leg["after"][0])
            for leg in works
            if len(leg["after"]) == 1 and leg["after"][0] in numbers
        ]
    return [Happening(kind, leg["number"]) for leg in works[:-1]]


def _is_work(leg: Leg) -> bool:
    usual = leg["kind"] == "work" and leg["at_term"] == "overdue"
    return usual and not leg["pause"] and not leg["skipped"]


def _can_return(legs: Sequence[Leg], leg: Leg, earlier: Leg) -> bool:
    """Tell whether what lies between is nobody's but agencies' work, so that nobody waits or pays twice."""
    before = flow.before(legs, leg["number"])
    if earlier["number"] not in before:
        return False
    between = [legs[n - 1] for n in before if earlier["number"] in flow.before(legs, n)]
    return all(_is_work(one) or one["skipped"] for one in between)
