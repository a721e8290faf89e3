"""What another version of its process makes of a dossier's way: legs that stand in both get other numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.routing.domain import flow
from services.routing.domain.flow import DESK

KEPT = frozenset({flow.OPEN, flow.DONE})


Heir = Callable[[str], str]
"""Who an agency is today: itself, or whoever succeeds it."""


def identified(
    legs: Iterable[dict[str, Any]], heir: Heir
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Give each leg with what tells it apart within its process, whatever the version.

    Consulted agencies share a leg's name; each is told by how the process chooses it, since whoever
    answers may have been renamed, merged, or have got the leg by a transfer. Two that have merged are
    told by their order.
    """
    seen: Counter[tuple[Any, ...]] = Counter()
    for leg in legs:
        shared = (leg["id"], _chosen(leg, heir) if leg["kind"] == "opinion" else None)
        yield (*shared, seen[shared]), leg
        seen[shared] += 1


def _chosen(leg: Mapping[str, Any], heir: Heir) -> Any:
    choice = leg.get("choice") or leg["agency"]  # planned before legs kept how they were chosen
    if isinstance(choice, str):
        return choice
    return tuple(sorted((name, heir(value) if name == "id" else value) for name, value in choice.items()))


def sent_back(open_leg: Mapping[str, Any]) -> bool:
    """Tell whether an open leg was sent back to its agency, not handed on to it."""
    return bool(open_leg.get("sent_back", open_leg["from_number"] != open_leg["back_to"]))


class Renumbering:
    """The legs of a way before and after a move, and what is known of the first in the numbers of the second."""

    def __init__(self, before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], heir: Heir) -> None:
        self._before = before
        self._after = after
        theirs = {identity: leg["number"] for identity, leg in identified(after, heir)}
        self.number: Mapping[int, int] = {
            leg["number"]: theirs[identity]
            for identity, leg in identified(before, heir)
            if identity in theirs
        }
        """The new number of each leg that stands in the other version too."""

    def states(self, states: Sequence[str]) -> list[str]:
        """Return the state of each leg: what is done or open stays so, and what nobody needs."""
        found = [flow.SKIPPED if leg["skipped"] else flow.PENDING for leg in self._after]
        for old, number in self.number.items():
            was = states[old - 1]
            needless = was == flow.WITHDRAWN and found[number - 1] == flow.PENDING
            if needless or was in KEPT:
                found[number - 1] = was
        return found

    def tries(self, tries: Sequence[int]) -> list[int]:
        """Return how often each number was opened: a leg's id is made of both, so none may come up twice."""
        found = self._filled(tries)
        for old, number in self.number.items():
            found[number - 1] = max(found[number - 1], tries[old - 1])
        return found

    def back_to(self, back_to: Sequence[int]) -> list[int]:
        """Return where each leg goes back to; to the desk where that leg is left out."""
        found = [DESK] * len(self._filled(back_to))
        for old, number in self.number.items():
            found[number - 1] = self._now(back_to[old - 1])
        return found

    def opened(self, opened: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return what becomes of each open leg's numbers; every one has to stand in the other version."""
        return {
            leg: {
                "number": self.number[one["number"]],
                "from_number": self._now(one["from_number"]),
                "back_to": self._now(one["back_to"]),
                # Whoever sent it back may be left out: its number tells no more.
                "sent_back": sent_back(one),
                "renumbered": self._told(one),
            }
            for leg, one in opened.items()
        }

    def _told(self, open_leg: Mapping[str, Any]) -> dict[str, int]:
        """Return what the numbers mean now that its agency was told when the leg opened."""
        told = open_leg.get("renumbered") or {str(leg["number"]): leg["number"] for leg in self._before}
        return {number: self.number[since] for number, since in told.items() if since in self.number}

    def _now(self, number: int) -> int:
        return self.number.get(number, DESK)

    def _filled(self, values: Sequence[int]) -> list[int]:
        return [*values, *([0] * (len(self._after) - len(values)))]
