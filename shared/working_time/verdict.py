"""Early, on time or late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from shared.clock import VIETNAM
from shared.working_time.calendar import local
from shared.working_time.terms import Unit


class Verdict(StrEnum):
    """How a result stands to its due time. The values are durable."""

    EARLY = "early"
    """trước hạn"""
    ON_TIME = "on_time"
    """đúng hạn"""
    LATE = "late"
    """quá hạn"""
    NONE = "none"
    """There is no due time, so nothing to judge."""


def verdict(resolved_at: datetime, due_at: datetime | None, unit: Unit | None) -> Verdict:
    """Judge a result by the unit of its limit.

    Limits in days and months, and due times of unknown unit, are judged by the date in Viet Nam;
    limits in hours by the minute, seconds left aside. Source: practice of production one-stop
    systems (by date) and of control sheets (hours and minutes).
    """
    if due_at is None:
        return Verdict.NONE
    resolved, due = local(resolved_at), local(due_at)
    if unit is Unit.WORKING_HOUR:
        return _compare(_minute(resolved), _minute(due))
    return _compare(resolved.date(), due.date())


def late_from(due_at: datetime, unit: Unit | None) -> datetime:
    """Return the first moment (UTC) at which a result would be late by the rule of `verdict`."""
    due = local(due_at)
    if unit is Unit.WORKING_HOUR:
        return (_minute(due) + timedelta(minutes=1)).astimezone(UTC)
    midnight = datetime.combine(due.date() + timedelta(days=1), time(), VIETNAM)
    return midnight.astimezone(UTC)


def _compare(resolved: date, due: date) -> Verdict:
    if resolved < due:
        return Verdict.EARLY
    return Verdict.LATE if resolved > due else Verdict.ON_TIME


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
