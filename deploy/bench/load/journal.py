"""When each action was sent and when it was seen committed; all times are seconds of one clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from deploy.bench.journey import ACTIONS, STEPS

Action = tuple[str, str]
"""A dossier's id and the name of the action."""


class LostError(Exception):
    """What was sent and what was committed do not match."""


@dataclass(slots=True)
class Journal:
    """Written by several threads, each for actions of its own; read when they are done."""

    sent: dict[Action, float] = field(default_factory=dict)
    committed: dict[Action, float] = field(default_factory=dict)
    by_door: dict[str, int] = field(default_factory=dict)
    """Accepted submissions and hand-backs, by the kind of door."""

    def rate(self, begin: float, end: float) -> float:
        """Return the actions committed a second in that span."""
        return sum(begin <= at < end for at in self.committed.values()) / (end - begin)

    def latencies(self, begin: float, end: float) -> list[float]:
        """Return how many seconds each action took that was committed in that span, ascending."""
        return sorted(at - self.sent[action] for action, at in self.committed.items() if begin <= at < end)

    def check(self, dossiers: int) -> None:
        """Raise LostError unless every dossier made every action that was sent, and no other."""
        expected = dossiers * STEPS
        if len(self.sent) != expected or self.sent.keys() != self.committed.keys():
            counts = {
                action: (
                    sum(name == action for _, name in self.sent),
                    sum(name == action for _, name in self.committed),
                )
                for action in ACTIONS
            }
            raise LostError(f"of {dossiers} dossiers, sent and committed: {counts}")


def percentile(ascending: list[float], share: float) -> float:
    """Return the value below which that share of the values lies (nearest rank)."""
    if not ascending:
        raise ValueError("no values")
    rank = max(1, -int(-share * len(ascending) // 1))
    return ascending[min(rank, len(ascending)) - 1]
