"""What each service said of a due time: a change counts only when another service says why.

Intake alone moves a dossier's appointment, but what moves it, a wait or an extension, is routing's to say.
Routing alone sets a leg's due time, and processing repeats what it was handed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Move:
    """Intake's word that an appointment moved: after a wait, by the wait's id, else by an extension."""

    at: str
    due_at: str | None
    pause: str | None


@dataclass(slots=True)
class Reasons:
    """Why, as routing says, a dossier's appointment may move."""

    waits: set[str] = field(default_factory=set)
    extensions: int = 0

    def account_for(self, moves: Sequence[Move]) -> bool:
        """Whether each move has its own reason: no wait and no extension moves an appointment twice."""
        waits = Counter(move.pause for move in moves if move.pause is not None)
        extended = sum(move.pause is None for move in moves)
        return (
            waits.keys() <= self.waits and max(waits.values(), default=1) == 1 and extended <= self.extensions
        )


@dataclass(slots=True)
class Appointment:
    """When a dossier's result is due, as intake said it at its reception, at each move and at the end."""

    first: str | None
    moves: list[Move] = field(default_factory=list)
    last: list[str | None] = field(default_factory=list)
    """What intake said when the dossier was resolved."""

    def is_wrong(self, moment: str, reasons: Reasons) -> bool:
        """Whether what was due at `moment` is due at another time since, and routing knows no reason."""
        before = [self.first, *(move.due_at for move in self.moves)]
        after = [(due, move) for due, move in zip(before, self.moves, strict=False) if move.at >= moment]
        if any(_is_earlier(move.due_at, due) for due, move in after):
            return True
        moved = any(due != move.due_at for due, move in after)
        return (moved and not reasons.account_for(self.moves)) or any(
            said != before[-1] for said in self.last
        )


def _is_earlier(due_at: str | None, before: str | None) -> bool:
    """Whether a due time is earlier than the one before, or there is one only before or only after."""
    if due_at is None or before is None:
        return due_at != before
    return due_at < before


@dataclass(slots=True)
class LegTerm:
    """When a leg is due, as routing set it, and as processing repeats it."""

    fixed: list[str | None] = field(default_factory=list)
    """By routing: when the leg opened, and after each wait."""
    rehomed: list[tuple[str | None, str | None]] = field(default_factory=list)
    """By routing, when it went to a successor: what it was due, and what it is due."""
    repeated: list[str | None] = field(default_factory=list)
    """By processing."""

    def rehome(self, due_at: str | None) -> None:
        """Take in that it went to a successor, due at `due_at`."""
        self.rehomed.append((self.fixed[-1] if self.fixed else None, due_at))

    def is_wrong(self) -> bool:
        """Whether it was due at another time at a successor, or processing says what routing never set."""
        return any(before != after for before, after in self.rehomed) or not set(self.repeated) <= set(
            self.fixed
        )
