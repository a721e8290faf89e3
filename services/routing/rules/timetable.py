"""When the legs of a planned way open and close, if one knows how long each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.routing.domain import flow


@dataclass(frozen=True, slots=True)
class Turn:
    """An agency's turn."""

    number: int
    opened_at: datetime
    closed_at: datetime


def timetable(
    legs: Sequence[Mapping[str, Any]],
    start: datetime,
    closes: Callable[[Mapping[str, Any], datetime], datetime],
) -> list[Turn]:
    """Return the turns of a way that begins at `start`, in the order in which they open.

    `closes` says when a leg that opens at a moment closes, never before. Legs that are skipped, or
    withdrawn before they open, have no turn; one withdrawn while it is open closes at that moment.
    """
    states = [flow.SKIPPED if leg["skipped"] else flow.PENDING for leg in legs]
    closing: dict[int, datetime] = {}
    opened: dict[int, datetime] = {}
    turns: dict[int, Turn] = {}
    now = start
    while True:
        following = flow.following(legs, states)
        for number in following.withdrawing:
            states[number - 1] = flow.WITHDRAWN
            if closing.pop(number, None):
                turns[number] = Turn(number, opened[number], now)
        for number in following.opening:
            states[number - 1] = flow.OPEN
            opened[number], closing[number] = now, closes(legs[number - 1], now)
        if not closing:
            return sorted(turns.values(), key=lambda turn: (turn.opened_at, turn.number))
        number = min(closing, key=lambda one: (closing[one], one))
        now = closing.pop(number)
        states[number - 1] = flow.DONE
        turns[number] = Turn(number, opened[number], now)
