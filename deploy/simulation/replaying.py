"""A dossier's course in the other world: its recorded turns where its way is the same, else played anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from deploy.simulation.as_recorded import as_recorded
from deploy.simulation.competences import area_of
from deploy.simulation.counting import Counting
from deploy.simulation.history import Dossier, Turn
from deploy.simulation.pacing import NEVER, Pace, taken_by_leg
from deploy.simulation.played import Held, Played
from deploy.simulation.succession import succeeded
from deploy.simulation.ways import Leg, Way, namesakes
from services.routing.rules.structure import Registry
from services.routing.rules.timetable import Turn as Planned
from services.routing.rules.timetable import timetable
from shared.clock import to_text
from shared.working_time.pauses import Pause


@dataclass(frozen=True, slots=True)
class World:
    """What dossiers are played in."""

    registry: Registry
    ends: Mapping[str, Mapping[str, Any]]
    """Ends of agencies that the record does not know of."""
    counting: Counting
    last: datetime
    """The last recorded moment."""


def kept(it: Dossier, recorded: Way, way: Way, live: Counting, world: World) -> Played:
    """Return the recorded turns with their due times by the other terms, and by successors of ended agencies.

    Raises NotYetKnownError when nobody succeeds an agency.
    """
    area = area_of(it, world.registry)
    played = as_recorded(it)
    recount = recorded.terms != way.terms or recorded.cutoff != way.cutoff or live is not world.counting
    turns = []
    for turn in played.turns:
        segments = tuple(part for segment in turn.segments for part in succeeded(segment, world.ends, area))
        due = (
            _recounted(it, it.turns[turn.leg], turn, (recorded, way), (live, world)) if recount else turn.due
        )
        turns.append(replace(turn, segments=segments, due=due))
    return replace(played, turns=turns)


def _recounted(
    it: Dossier, turn: Turn, shown: Held, ways: tuple[Way, Way], worlds: tuple[Counting, World]
) -> datetime | None:
    """Return a leg's due time by the other term and calendar, if the live ones give the recorded one."""
    (recorded, way), (live, world) = ways, worlds
    if turn.opened is None or not 0 < turn.number <= min(len(recorded.terms), len(way.terms)):
        return turn.due
    hours = _hours(world.registry, turn.agency, turn.opened)
    pauses = [(begun, ended) for _, _, begun, ended in shown.waits if ended]
    at_once = turn.from_number == 0 and turn.opened == it.received
    before = live.due(
        turn.term,
        turn.opened,
        hours=hours,
        cutoff=recorded.cutoff if at_once else None,
        pauses=pauses,
    )
    if before != turn.due:
        return turn.due
    position = turn.number - 1
    same_term = recorded.terms[position] == way.terms[position]
    return world.counting.due(
        turn.term if same_term else way.terms[position],
        turn.opened,
        hours=hours,
        cutoff=way.cutoff if at_once else None,
        pauses=pauses,
    )


def played_anew(it: Dossier, way: Way, world: World) -> Played:
    """Return another way in the time that it takes by the record; its due time is still the recorded one.

    Raises NotYetKnownError when an agency is not known.
    """
    if it.received is None:
        return as_recorded(it)
    pace = Pace(taken_by_leg(it), stands_for(it, way, world), world.counting)
    planned = timetable(way.legs, it.received, pace.closes)
    through = max((turn.closed_at for turn in planned), default=it.received)
    end, ended = _end(it, through, world.last)
    limit = ended or world.last
    # What would open at the moment at which a dossier is stopped does not open any more.
    stopped = end not in {"resolved", None}
    turns = [
        _held(it, way, turn, pace, world)
        for turn in planned
        if turn.opened_at < NEVER and (turn.opened_at < limit or (turn.opened_at == limit and not stopped))
    ]
    return Played(
        [_cut(turn, limit, over=ended is not None) for turn in turns], it.receipt_due, it.due, end, ended
    )


def stands_for(it: Dossier, way: Way, world: World) -> dict[int, int]:
    """Return the recorded leg that stands for each leg of another way."""
    structure = world.registry.at(to_text(it.received)) if it.received else None

    def kind_of(agency: str) -> str:
        return str(structure.agency(agency)["kind"]) if structure else ""

    return namesakes(it.legs, way.legs, kind_of)


def _end(it: Dossier, through: datetime, last: datetime) -> tuple[str | None, datetime | None]:
    """Return how and when a way ends whose last leg is done at `through`."""
    if it.end == "resolved":
        return ("resolved", through) if through < NEVER else (None, None)
    if it.ended is not None:
        return ("resolved", through) if through < it.ended else (it.end, it.ended)
    return ("resolved", through) if through <= last else (None, None)


def _held(it: Dossier, way: Way, turn: Planned, pace: Pace, world: World) -> Held:
    leg = way.legs[turn.number - 1]
    area = area_of(it, world.registry)
    structure = world.registry.at(to_text(turn.opened_at))
    agency = structure.current(leg["agency"], area)[0]
    closed = turn.closed_at if turn.closed_at < NEVER else None
    segments = tuple(succeeded((agency["agency"], turn.opened_at, closed), world.registry.ends, area))
    waits = () if leg["pause"] else tuple(pace.waits(turn.number, turn.opened_at))
    due = world.counting.due(
        way.terms[turn.number - 1],
        turn.opened_at,
        hours=agency.get("hours"),
        cutoff=way.cutoff if _is_first(way.legs, leg) else None,
        pauses=list(_ended(waits)),
    )
    return Held(f"leg-{turn.number}", turn.number, segments, due, leg["pause"], waits)


def _cut(turn: Held, limit: datetime, *, over: bool) -> Held:
    """End a turn where the dossier ends; on an open dossier, what lies after the last moment is not yet."""

    def until(closed: datetime | None) -> datetime | None:
        if closed is not None and closed <= limit:
            return closed
        return limit if over else None

    segments = tuple(
        (agency, since, until(closed)) for agency, since, closed in turn.segments if since <= limit
    )
    waits = tuple(
        (kind, who, since, until(ended)) for kind, who, since, ended in turn.waits if since <= limit
    )
    return replace(turn, segments=segments, waits=waits)


def _is_first(legs: Sequence[Leg], leg: Leg) -> bool:
    return all(legs[number - 1]["skipped"] for number in leg["after"])


def _hours(registry: Registry, agency: str, at: datetime) -> Any:
    return registry.at(to_text(at)).agency(agency).get("hours")


def _ended(waits: Sequence[tuple[str, str, datetime, datetime | None]]) -> Iterator[Pause]:
    for _, _, begun, ended in waits:
        if ended is not None:
            yield begun, ended
