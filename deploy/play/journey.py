"""A dossier's journey along the graph of its legs, as routing will lead it, if its people are as a script says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from deploy.play import acts
from deploy.play.acts import Turn
from deploy.play.conduct import Conduct, Planned
from deploy.play.ways import Leg, Pause
from services.routing.domain import flow

RETURNED, RECALLED, TRANSFERRED, WITHDRAWN = "returned", "recalled", "transferred", "withdrawn"


@dataclass(frozen=True, slots=True)
class Journey:
    """What happens on the way, as far as the period goes."""

    turns: tuple[Turn, ...]
    pauses: tuple[Pause, ...]
    """Those that end."""
    extensions: tuple[Mapping[str, str], ...]
    through: bool
    """Whether it comes to its end."""

    @property
    def last(self) -> Turn:
        """The turn that ends last."""
        return max(self.turns, key=_closing)

    @property
    def end(self) -> datetime:
        """When the last turn ends."""
        return _closing(self.last)

    @property
    def ready(self) -> datetime:
        """From when on the last turn can end: when it is taken on, and all others have ended."""
        last = self.last
        others = [_closing(turn) for turn in self.turns if turn is not last]
        return max([last.opened_at, *others, *(act.at for act in last.acts[:-1])])

    def ended(self, end: datetime) -> Journey:
        """Return the journey with its last turn ending at another time."""
        last = self.last
        moved = replace(last.acts[-1], at=end)
        changed = replace(last, acts=(*last.acts[:-1], moved), closed_at=end)
        return replace(self, turns=tuple(changed if turn is last else turn for turn in self.turns))


def travel(legs: Sequence[Leg], conduct: Conduct, start: datetime) -> Journey:
    """Return the journey that begins at `start`."""
    trip = _Trip(legs, conduct)
    trip.go_on(start, from_number=0)
    while trip.closings:
        trip.close_next()
    return trip.journey()


@dataclass(slots=True)
class _Open:
    """A turn under way."""

    number: int
    attempt: int
    from_number: int
    opened_at: datetime
    planned: Planned
    closed_at: datetime | None = None
    outcome: str | None = None


@dataclass(slots=True)
class _Trip:
    legs: Sequence[Leg]
    conduct: Conduct
    states: list[str] = field(init=False)
    tries: list[int] = field(init=False)
    agencies: list[str] = field(init=False)
    turns: list[_Open] = field(default_factory=list)
    open: dict[int, _Open] = field(default_factory=dict)
    closings: list[tuple[datetime, int]] = field(default_factory=list)
    """When turns end, by their place in `turns`."""
    extensions: list[Mapping[str, str]] = field(default_factory=list)
    over: bool = False

    def __post_init__(self) -> None:
        self.states = [flow.SKIPPED if leg["skipped"] else flow.PENDING for leg in self.legs]
        self.tries = [0] * len(self.legs)
        self.agencies = [leg["agency"] for leg in self.legs]

    def go_on(self, at: datetime, from_number: int) -> None:
        """Open what is ready, and withdraw what is needed no more."""
        following = flow.following(self.legs, self.states)
        for number in following.withdrawing:
            self._end(number, at, WITHDRAWN)
            self.states[number - 1] = flow.WITHDRAWN
        for number in following.opening:
            same_as = self.legs[number - 1]["same_as"]
            agency = self.agencies[(same_as or number) - 1]
            self._open(number, agency, at, from_number)

    def close_next(self) -> None:
        """End the turn that ends first, and do what follows."""
        at, place = heappop(self.closings)
        turn = self.turns[place]
        if turn.closed_at is not None or self.over:
            return
        outcome = turn.planned.outcome
        self._end(turn.number, at, outcome)
        self.states[turn.number - 1] = flow.DONE
        if outcome == TRANSFERRED:
            self._open(turn.number, turn.planned.to_agency, at, turn.from_number)
        elif outcome == WITHDRAWN:
            self.over = True
            for number in list(self.open):
                self._end(number, at, WITHDRAWN)
        else:
            if outcome in {RETURNED, RECALLED}:
                self._go_back(turn, at)
            self.go_on(at, turn.number)

    def journey(self) -> Journey:
        """Return what came of it."""
        turns = tuple(self._turn(turn) for turn in self.turns)
        pauses = [self._paused(turn) for turn in turns]
        return Journey(
            turns,
            tuple(pause for pause in pauses if pause),
            tuple(self.extensions),
            self.over or flow.is_through(self.states),
        )

    def _open(self, number: int, agency: str, at: datetime, from_number: int) -> None:
        self.agencies[number - 1] = agency
        self.tries[number - 1] += 1
        self.states[number - 1] = flow.OPEN
        attempt = self.tries[number - 1]
        planned = self.conduct.of(self.legs[number - 1], attempt, agency, at, from_number)
        self.open[number] = _Open(number, attempt, from_number, at, planned)
        if planned.closes_at is not None:
            heappush(self.closings, (planned.closes_at, len(self.turns)))
        self.turns.append(self.open[number])

    def _end(self, number: int, at: datetime, outcome: str) -> None:
        turn = self.open.pop(number, None)
        if turn is not None:
            turn.closed_at, turn.outcome = at, outcome

    def _go_back(self, turn: _Open, at: datetime) -> None:
        to = turn.planned.to_number
        again = flow.redone(self.legs, self.states, turn.number, to)
        for number in again:
            self._end(number, at, WITHDRAWN)
            self.states[number - 1] = flow.PENDING
        extends = self.legs[to - 1]["return_extends"]
        if extends and turn.outcome == RETURNED:
            self.extensions.append(extends)

    def _turn(self, turn: _Open) -> Turn:
        until = turn.closed_at
        done = [act for act in turn.planned.acts if until is None or act.at <= until]
        return Turn(
            turn.number,
            turn.planned.agency,
            turn.opened_at,
            tuple(done),
            turn.attempt,
            until,
            turn.outcome,
            turn.planned.applicants,
            frozenset(self._beside(turn)),
        )

    def _beside(self, turn: _Open) -> list[str]:
        return [
            other.planned.agency
            for other in self.turns
            if other is not turn and not other.planned.applicants and _overlap(turn, other)
        ]

    def _paused(self, turn: Turn) -> Pause | None:
        if self.legs[turn.number - 1]["pause"]:
            return (turn.opened_at, turn.closed_at) if turn.closed_at else None
        asked, given = turn.time_of(acts.SUPPLEMENT), turn.time_of(acts.FULFIL)
        return (asked, given) if asked and given else None


def _overlap(one: _Open, other: _Open) -> bool:
    return _begins_within(one, other) or _begins_within(other, one)


def _begins_within(one: _Open, other: _Open) -> bool:
    closed = other.closed_at
    return other.opened_at <= one.opened_at and (closed is None or one.opened_at < closed)


def _closing(turn: Turn) -> datetime:
    return turn.closed_at or acts.EVER
