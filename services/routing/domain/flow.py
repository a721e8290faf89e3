"""How a dossier flows through the graph of its legs: what opens next, what is no longer needed, what is redone.

Pure functions of the planned legs and the state of each. Legs are numbered from 1; `after` names the
legs before one, `join` how many of them must be done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DESK = 0
"""Stands for the receiving desk where legs are numbered."""

PENDING = "pending"
OPEN = "open"
DONE = "done"
SKIPPED = "skipped"
"""This dossier does not pass the leg."""
WITHDRAWN = "withdrawn"
"""Enough others were done: nobody needs it."""

PASSED = frozenset({DONE, SKIPPED, WITHDRAWN})

Legs = Sequence[Mapping[str, Any]]
States = Sequence[str]


@dataclass(frozen=True, slots=True)
class Following:
    """What happens next: which legs open, and which open or pending ones are needed no more."""

    opening: tuple[int, ...]
    withdrawing: tuple[int, ...]


def following(legs: Legs, states: States) -> Following:
    """Return what happens next in a state of the graph; nothing at all when nothing is ready."""
    ready = _ready(legs, states)
    opening = [number for number in ready if states[number - 1] == PENDING]
    if all(legs[number - 1]["join"] == "all" for number in opening):
        return Following(tuple(opening), ())
    return Following(tuple(opening), tuple(_unneeded(legs, states, opening)))


def is_through(states: States) -> bool:
    """Return whether every leg is passed."""
    return all(state in PASSED for state in states)


def before(legs: Legs, number: int) -> set[int]:
    """Return the legs from which the leg can be reached."""
    found: set[int] = set()
    to_see = list(legs[number - 1]["after"])
    while to_see:
        one = to_see.pop()
        if one not in found:
            found.add(one)
            to_see += legs[one - 1]["after"]
    return found


def redone(legs: Legs, states: States, number: int, to: int) -> set[int]:
    """Return the legs to go through again when `number` sends the dossier back to `to`; 0 is the desk.

    Those on the way from `to` to `number`; what was done side by side with them stands. Back to the
    desk, everything before it and whatever is open is gone through again.
    """
    earlier = before(legs, number)
    if to == 0:
        on_the_way = earlier | {number} | {n for n, state in enumerate(states, start=1) if state == OPEN}
    else:
        on_the_way = {n for n in earlier if to in before(legs, n)} | {to, number}
    return {n for n in on_the_way if states[n - 1] != SKIPPED}


def _ready(legs: Legs, states: States) -> list[int]:
    """Return the legs whose turn has come.

    A skipped leg is passed when its own turn would have come: what follows it does not come earlier.
    """
    ready: list[int] = []
    for leg in legs:  # a leg stands after all those it waits for
        passed = [_is_passed(number, states, ready) for number in leg["after"]]
        able = [number for number in leg["after"] if states[number - 1] not in {SKIPPED, WITHDRAWN}]
        if leg["join"] == "all" or not able:
            turn = all(passed)
        else:
            needed = 1 if leg["join"] == "any" else int(leg["join"])
            turn = [states[number - 1] for number in able].count(DONE) >= min(needed, len(able))
        if turn:
            ready.append(leg["number"])
    return ready


def _is_passed(number: int, states: States, ready: Collection[int]) -> bool:
    return number in ready if states[number - 1] == SKIPPED else states[number - 1] in PASSED


def _unneeded(legs: Legs, states: States, opening: Collection[int]) -> list[int]:
    """Return the unfinished legs that lead only to legs which open without them."""
    settled = {n for n, state in enumerate(states, start=1) if state in PASSED} | set(opening)
    after: dict[int, set[int]] = {}
    for leg in legs:
        for number in leg["after"]:
            after.setdefault(number, set()).add(leg["number"])
    unneeded: list[int] = []
    for leg in sorted(legs, key=lambda leg: -len(before(legs, leg["number"]))):
        number = leg["number"]
        if number not in settled and after.get(number, set()) and after[number] <= settled:
            settled.add(number)
            unneeded.append(number)
    return sorted(unneeded)
