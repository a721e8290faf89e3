"""One dossier's rows together, and how late it is by them as of a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from uuid import UUID

from services.statistics.projection.columns import APPOINTMENT, DOSSIER, LEG, PAUSE, Row
from services.statistics.read_model import versions
from services.statistics.reports.sharing import Weights, divided, weights
from services.statistics.reports.timeline import Claim, Holder, Stretch, stretches
from shared.clock import from_text
from shared.persistence.database import Transaction
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.elapsed import working_minutes_between
from shared.working_time.terms import Unit
from shared.working_time.verdict import Verdict, verdict
from shared.working_time.vietnam import vietnam_calendar

_ENDS = ("resolved_at", "withdrawn_at", "stopped_at")


@cache
def calendar() -> WorkingCalendar:
    """Return the public sector's calendar; its years are worked out once."""
    return vietnam_calendar()


@dataclass(slots=True)
class Case:
    """What the read model knows of one dossier."""

    dossier: Row
    legs: list[Row] = field(default_factory=list)
    pauses: list[Row] = field(default_factory=list)
    appointments: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Past a due time: by how many minutes of working time, and whose they are; the parts add up."""

    due_at: datetime | None
    late: bool
    minutes: int = 0
    parts: dict[Holder, int] = field(default_factory=dict)
    """Empty when it is not late, or when nothing is known of who had the dossier."""


@dataclass(frozen=True, slots=True)
class Course:
    """How long a dossier took, up to its end or up to the moment as of which is asked."""

    received_at: datetime
    reached_at: datetime
    ended: bool
    minutes: int
    shares: dict[tuple[Holder, str | None], int]
    """By holder and leg; they add up to the minutes."""
    against_receipt: Lateness
    """Against the due time that the receipt gave: the applicant's waits count too."""
    against_due: Lateness
    """Against the due time as pauses and extensions have moved it."""


def load(tx: Transaction, version: int, roots: Sequence[UUID]) -> list[Case]:
    """Return what is known of these dossiers, in order of their ids."""
    parts: dict[str, dict[str, list[Row]]] = {}
    for table in (LEG, PAUSE, APPOINTMENT):
        parts[table.name] = defaultdict(list)
        for row in versions.of_roots(tx, version, table, roots):
            parts[table.name][row["root_id"]].append(row)
    return [
        Case(row, *(parts[table.name][row["root_id"]] for table in (LEG, PAUSE, APPOINTMENT)))
        for row in versions.of_roots(tx, version, DOSSIER, roots)
    ]


def course(case: Case, at: datetime) -> Course | None:
    """Return a dossier's course as of a moment; None when it had not been received by then."""
    dossier = case.dossier
    received = _moment(dossier["received_at"])
    if received is None or received > at:
        return None
    ends = [moment for end in _ENDS if (moment := _moment(dossier[end])) is not None and moment <= at]
    reached = max(min(ends, default=at), received)
    way = stretches(dossier, case.legs, case.pauses, received, reached)
    minutes = working_minutes_between(received, reached, calendar())
    everybody = weights(way, lambda stretch: stretch.claims, _holder_and_leg, calendar())
    stands_still = not ends and bool(way) and way[-1].stands_still
    return Course(
        received,
        reached,
        bool(ends),
        minutes,
        divided(minutes, everybody),
        _lateness(case, _moment(dossier["first_due_at"]), way, reached, stands_still=False),
        _lateness(case, _due_at(case, reached), way, reached, stands_still=stands_still, moved=True),
    )


def _lateness(
    case: Case,
    due_at: datetime | None,
    way: Sequence[Stretch],
    reached: datetime,
    *,
    stands_still: bool,
    moved: bool = False,
) -> Lateness:
    """Judge by the rule of verdicts; while the clock stands still nothing is late."""
    unit = case.dossier["limit_unit"]
    judged = verdict(reached, due_at, Unit(unit) if unit in set(Unit) else None)
    if due_at is None or judged is not Verdict.LATE or stands_still:
        return Lateness(due_at, late=False)
    minutes = max(working_minutes_between(due_at, reached, calendar()), 0)
    return Lateness(
        due_at, late=True, minutes=minutes, parts=divided(minutes, _guilty(way, waits_count=not moved))
    )


def _guilty(way: Sequence[Stretch], *, waits_count: bool) -> Weights[Holder]:
    """Return who had the dossier for longer than they should have; where nobody had, who had it at all."""
    counted = [stretch for stretch in way if waits_count or not stretch.stands_still]

    def over_term(stretch: Stretch) -> tuple[Claim, ...]:
        return stretch.claims if stretch.stands_still else stretch.over_term

    return weights(counted, over_term, _holder, calendar()) or weights(
        counted, lambda stretch: stretch.claims, _holder, calendar()
    )


def _due_at(case: Case, at: datetime) -> datetime | None:
    moves = [row for row in case.appointments if from_text(row["moved_at"]) <= at]
    if not moves:
        return _moment(case.dossier["first_due_at"])
    return _moment(max(moves, key=lambda row: (row["moved_at"], row["position"]))["due_at"])


def _holder(claim: Claim) -> Holder:
    return claim.holder


def _holder_and_leg(claim: Claim) -> tuple[Holder, str | None]:
    return claim.holder, claim.leg


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
