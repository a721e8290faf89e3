"""A dossier's course as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.simulation.history import Dossier, Turn
from deploy.simulation.played import Held, Played, Segment, WaitingTime
from shared.working_time.pauses import Pause


def as_recorded(it: Dossier) -> Played:
    """Return what was recorded of a dossier."""
    turns = [held(it, turn) for turn in opened_turns(it)]
    return Played(turns, it.receipt_due, it.due, it.end, it.ended)


def opened_turns(it: Dossier) -> list[Turn]:
    """Return the turns whose opening is recorded, in the order in which they opened."""
    known = [(turn.opened, turn.number, turn.leg) for turn in it.turns.values() if turn.opened is not None]
    return [it.turns[leg] for _, _, leg in sorted(known)]


def held(it: Dossier, turn: Turn) -> Held:
    """Return a turn with who had it, and its waits."""
    return Held(
        turn.leg, turn.number, tuple(_segments(turn)), turn.due, turn.pause, tuple(waits_of(it, turn))
    )


def waits_of(it: Dossier, turn: Turn) -> Iterator[WaitingTime]:
    """Give the waits of a turn; one that is itself a wait has none beside."""
    for wait in it.waits.values():
        if wait.leg == turn.leg and not turn.pause:
            yield wait.kind, wait.agency, wait.begun, wait.ended


def pauses_of(played: Played) -> list[Pause]:
    """Return the waits that have ended, as what moves the dossier's due time."""
    waits = [wait for turn in played.turns for wait in turn.waits]
    found = [(begun, ended) for _, _, begun, ended in waits if ended is not None]
    for turn in played.turns:
        ended = turn.segments[-1][2]
        if turn.pause and ended is not None:
            found.append((turn.segments[0][1], ended))
    return sorted(found)


def _segments(turn: Turn) -> Iterator[Segment]:
    assert turn.opened is not None  # noqa: S101 - as `opened_turns` gives them
    agency, since = turn.agency, turn.opened
    for at, successor in sorted(turn.rehomed):
        yield agency, since, at
        agency, since = successor, at
    yield agency, since, turn.closed
