"""How long the legs of another way take: as long as their namesakes took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.simulation.as_recorded import opened_turns, waits_of
from deploy.simulation.counting import Counting
from deploy.simulation.history import Dossier, TermKey, term_key
from deploy.simulation.played import WaitingTime
from shared.working_time.elapsed import working_time_between

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
"""When a leg closes that was still open when the record ended; nothing is counted from there."""


@dataclass(slots=True)
class Taken:
    """What a leg took, over all of its turns."""

    turns: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    waits: list[WaitingTime] = field(default_factory=list)
    outcome: str | None = None
    """Of the last turn."""
    term: TermKey | None = None

    def ended(self, at: datetime) -> datetime | None:
        """Return when the leg ended, if it opened once and at that moment."""
        return self.turns[0][1] if len(self.turns) == 1 and self.turns[0][0] == at else None

    def worked(self, until: datetime, counting: Counting) -> timedelta:
        """Return the working time of its turns up to a moment."""
        return sum(
            (
                working_time_between(opened, min(closed or until, until), counting.calendar)
                for opened, closed in self.turns
                if opened < until
            ),
            timedelta(),
        )


def taken_by_leg(it: Dossier) -> dict[int, Taken]:
    """Return what each leg of a dossier took, by its number in the way that was planned last."""
    found: dict[int, Taken] = {}
    for turn in opened_turns(it):
        if turn.opened is None or not turn.number:
            continue
        taken = found.setdefault(turn.number, Taken())
        taken.turns.append((turn.opened, turn.closed))
        taken.waits += waits_of(it, turn)
        taken.outcome, taken.term = turn.outcome, turn.term
    return found


class Pace:
    """Says when a leg that opens at a moment closes."""

    def __init__(self, taken: Mapping[int, Taken], stands_for: Mapping[int, int], counting: Counting) -> None:
        self._taken = {
            number: taken[recorded] for number, recorded in stands_for.items() if recorded in taken
        }
        self._counting = counting

    def closes(self, leg: Mapping[str, Any], at: datetime) -> datetime:
        """Return when a leg closes, never before it opens; NEVER if it stays open."""
        if at >= NEVER:
            return NEVER
        taken, term = self._taken.get(leg["number"]), term_key(leg["term"])
        if taken is None:
            return self._whole(term, at)
        if taken.turns[-1][1] is None:
            return NEVER
        ended = taken.ended(at)
        if _decided_by_term(taken, leg) and (ended is None or taken.term != term):
            return self._whole(term, at)
        worked = ended or self._counting.after(at, taken.worked(NEVER, self._counting))
        # Nobody knows how long a leg would have gone on that was no longer needed.
        return max(worked, self._whole(term, at)) if taken.outcome == "withdrawn" else worked

    def waits(self, number: int, at: datetime) -> Iterator[WaitingTime]:
        """Give the waits of a leg that opens at a moment, as long and as deep in the leg as they were."""
        taken = self._taken.get(number)
        for kind, agency, begun, ended in taken.waits if taken else ():
            assert taken is not None  # noqa: S101 - it has waits
            if taken.turns[0][0] == at and len(taken.turns) == 1:
                yield kind, agency, begun, ended
                continue
            since = self._counting.after(at, taken.worked(begun, self._counting))
            lasted = working_time_between(begun, ended, self._counting.calendar) if ended else None
            yield kind, agency, since, None if lasted is None else self._counting.after(since, lasted)

    def _whole(self, term: TermKey | None, at: datetime) -> datetime:
        return max(at, self._counting.due(term, at) or at)


def _decided_by_term(taken: Taken, leg: Mapping[str, Any]) -> bool:
    return taken.outcome in {"elapsed", "consented"} and leg["at_term"] in {"elapse", "consent"}


def unnamed(legs: Sequence[Mapping[str, Any]], stands_for: Mapping[int, int]) -> int:
    """Return how many legs of a way have no namesake in the record."""
    return sum(1 for leg in legs if not leg["skipped"] and leg["number"] not in stands_for)
