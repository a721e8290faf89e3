"""A dossier's course in one of the two worlds: who had it when, and when it was due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.working_time.apportioning import apportioned
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.elapsed import working_time_between
from shared.working_time.shares import IN_TRANSIT, PROCESS, Share, Stretch, shares
from shared.working_time.terms import Unit
from shared.working_time.verdict import Verdict, verdict

OPEN = "open"
"""The verdict of a dossier that has no end yet and is not late."""
_APPLICANT = "applicant"
_MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta()

Segment = tuple[str, datetime, datetime | None]
"""An agency, and from when to when it had a leg."""
WaitingTime = tuple[str, str, datetime, datetime | None]
"""Kind, agency, from when, to when."""


@dataclass(frozen=True, slots=True)
class Held:
    """A turn of a leg: one agency's, or several's in turn where one succeeded the other."""

    leg: str
    number: int
    segments: Sequence[Segment]
    due: datetime | None
    pause: str | None = None
    waits: Sequence[WaitingTime] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a dossier."""

    turns: Sequence[Held]
    receipt_due: datetime | None
    due: datetime | None
    end: str | None
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Course:
    """A dossier's figures in one world."""

    due: datetime | None
    end: str | None
    ended: datetime | None
    verdict: str
    """early, on_time, late, none, or open; late also for one that is open past its due time."""
    late: timedelta
    """Working time past the due time."""
    parts: Mapping[str, timedelta] = field(default_factory=dict)
    """Whose lateness that is: agencies, in-transit, process; they add up to it."""
    held: Mapping[str, timedelta] = field(default_factory=dict)
    """Working time that each agency had it, equal parts where several had it at once."""
    legs: Mapping[str, int] = field(default_factory=dict)
    """How many legs each agency had."""


def course(
    it: Played, received: datetime, asked: datetime, unit: Unit | None, calendar: WorkingCalendar
) -> Course:
    """Return a dossier's figures, as of `asked` for one that has no end."""
    reached = max(it.ended or asked, received)
    divided = shares(received, reached, it.receipt_due, _stretches(it.turns, reached), calendar)
    judged = _judged(it, reached, unit)
    is_late = judged == Verdict.LATE and it.due is not None
    late = max(working_time_between(it.due, reached, calendar), _NOTHING) if is_late and it.due else _NOTHING
    held: Counter[str] = Counter()
    for share in divided.rows:
        if not share.waiting and share.holder not in {IN_TRANSIT, PROCESS}:
            held[share.holder] += share.elapsed // _MICROSECOND
    legs = Counter(
        agency
        for turn in it.turns
        if not turn.pause
        for agency, opened, _ in turn.segments
        if opened <= reached
    )
    return Course(
        it.due,
        it.end,
        it.ended,
        judged,
        late,
        _parts(late, divided.rows) if late else {},
        {agency: timedelta(microseconds=time) for agency, time in sorted(held.items())},
        dict(sorted(legs.items())),
    )


def _judged(it: Played, reached: datetime, unit: Unit | None) -> str:
    judged = verdict(reached, it.due, unit)
    if it.ended is not None:
        return judged.value
    stands_still = any(wait[3] is None for turn in it.turns for wait in turn.waits) or any(
        turn.pause and turn.segments[-1][2] is None for turn in it.turns
    )
    return judged.value if judged is Verdict.LATE and not stands_still else OPEN


def _parts(late: timedelta, rows: Sequence[Share]) -> dict[str, timedelta]:
    """Divide lateness past a due time that waits have moved: they are nobody's any more."""
    delays = [0 if share.waiting else share.delay // _MICROSECOND for share in rows]
    whole = late // _MICROSECOND
    explained = min(whole, sum(delays))
    parts: Counter[str] = Counter({PROCESS: whole - explained})
    for share, part in zip(rows, apportioned(explained, delays), strict=True):
        parts[share.holder] += part
    return {holder: timedelta(microseconds=part) for holder, part in sorted(parts.items()) if part}


def _stretches(turns: Sequence[Held], reached: datetime) -> Iterator[Stretch]:
    for turn in turns:
        for agency, opened, closed in turn.segments:
            if opened <= reached:
                holder = _waits_for(turn.pause, agency) if turn.pause else agency
                yield Stretch(holder, turn.leg, opened, closed, turn.due, waiting=bool(turn.pause))
        for kind, agency, begun, ended in turn.waits:
            yield Stretch(_waits_for(kind, agency), turn.leg, begun, ended, waiting=True)


def _waits_for(kind: str, agency: str) -> str:
    return agency if kind == "posting" else _APPLICANT
