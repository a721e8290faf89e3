"""One dossier's rows together, and how late it is by them as of a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from services.statistics.projection.columns import APPOINTMENT, DOSSIER, LEG, PAUSE, Row
from services.statistics.read_model import versions
from services.statistics.reports.timeline import Holder, holder_of, stretches
from shared.clock import from_text
from shared.persistence.database import Transaction
from shared.working_time.apportioning import apportioned
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.elapsed import working_time_between
from shared.working_time.shares import Share, shares
from shared.working_time.terms import Unit
from shared.working_time.verdict import Verdict, verdict
from shared.working_time.vietnam import vietnam_calendar

_MINUTE, _MICROSECOND = timedelta(minutes=1), timedelta(microseconds=1)
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


Parts = dict[tuple[Holder, str | None], int]
"""Minutes by holder and leg."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """Past a due time: by how many minutes of working time, and whose they are; the parts add up."""

    due_at: datetime | None
    late: bool
    minutes: int = 0
    parts: Parts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """How long a dossier took, up to its end or up to the moment as of which is asked."""

    received_at: datetime
    reached_at: datetime
    ended: bool
    minutes: int
    shares: Parts
    """They add up to the minutes."""
    against_receipt: Lateness
    """Against the due time that the receipt gave: the applicant's waits count too."""
    against_due: Lateness
    """Against the due time as pauses and extensions have moved it: waits are nobody's lateness."""


def by_holder(parts: Parts) -> dict[Holder, int]:
    """Return minutes by holder alone."""
    found: dict[Holder, int] = {}
    for (holder, _leg), minutes in parts.items():
        found[holder] = found.get(holder, 0) + minutes
    return found


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
    first_due, due = _moment(dossier["first_due_at"]), _due_at(case, reached)
    divided = shares(received, reached, first_due, stretches(case.legs, case.pauses), calendar())
    parts = [share.part // _MICROSECOND for share in divided.rows]
    stands_still = not ends and any(_is_open(pause, reached) for pause in case.pauses)
    return Course(
        received,
        reached,
        bool(ends),
        divided.elapsed // _MINUTE,
        _in_minutes(divided.elapsed, divided.rows, [share.elapsed // _MICROSECOND for share in divided.rows]),
        _judged(case, first_due, reached, divided.rows, parts),
        Lateness(due, late=False)
        if stands_still
        else _judged(case, due, reached, divided.rows, _parts_without_waits(divided.rows, due, reached)),
    )


def _judged(
    case: Case, due: datetime | None, reached: datetime, rows: Sequence[Share], parts: Sequence[int]
) -> Lateness:
    """Judge by the rule of verdicts."""
    unit = case.dossier["limit_unit"]
    if due is None or verdict(reached, due, Unit(unit) if unit in set(Unit) else None) is not Verdict.LATE:
        return Lateness(due, late=False)
    late = _late(due, reached)
    return Lateness(due, True, late // _MINUTE, _in_minutes(late, rows, parts))  # noqa: FBT003


def _parts_without_waits(rows: Sequence[Share], due: datetime | None, reached: datetime) -> list[int]:
    """Divide what is left past a due time that the waits have moved, as `shares` divides the rest."""
    if due is None:
        return []
    late = _late(due, reached) // _MICROSECOND
    delays = [0 if share.waiting else share.delay // _MICROSECOND for share in rows]
    explained = min(late, sum(delays))
    parts = apportioned(explained, delays)
    parts[-1] += late - explained  # the process's own
    return parts


def _late(due: datetime, reached: datetime) -> timedelta:
    return max(working_time_between(due, reached, calendar()), timedelta())


def _in_minutes(whole: timedelta, rows: Sequence[Share], parts: Sequence[int]) -> Parts:
    """Return microseconds as whole minutes that add up to the whole's; rows with none are left out."""
    found: Parts = {}
    for share, minutes in zip(rows, apportioned(whole // _MINUTE, parts), strict=True):
        if minutes:
            key = holder_of(share), share.leg
            found[key] = found.get(key, 0) + minutes
    return found


def _is_open(pause: Row, at: datetime) -> bool:
    paused_at, resumed_at = _moment(pause["paused_at"]), _moment(pause["resumed_at"])
    return paused_at is not None and paused_at <= at and (resumed_at is None or resumed_at > at)


def _due_at(case: Case, at: datetime) -> datetime | None:
    moves = [row for row in case.appointments if from_text(row["moved_at"]) <= at]
    if not moves:
        return _moment(case.dossier["first_due_at"])
    return _moment(max(moves, key=lambda row: (row["moved_at"], row["position"]))["due_at"])


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
