"""Reminders climb by working time, each rung once, and stop when somebody answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.processing.domain.work import hand_over_id
from shared.clock import to_text
from tests.builders.processing import DESK, LAND, TAX, act_at, leg_id, leg_opened
from tests.unit.processing.conftest import Desk

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""08:00 in Viet Nam; offices work 07:30-11:30 and 13:30-17:00 or as the usual calendar says."""
FRIDAY = MONDAY + timedelta(days=4)


def opened(desk: Desk, at: datetime, **more: Any) -> None:
    desk.when("open_work", leg_opened(**{"due_at": None, **more}), act_at(at))


def ring_until(desk: Desk, end: datetime) -> list[datetime]:
    """Fire every deadline of the ladder up to a moment; return when each fired."""
    fired = []
    while desk.written.rings and (ring := desk.written.rings.pop(leg_id(), None)):
        version, at = ring
        if at > end:
            break
        fired.append(at)
        desk.when("remind", leg_id(), version, act_at(at))
    return fired


def test_what_nobody_collects_climbs_from_the_agency_to_the_one_above_to_operations(desk: Desk) -> None:
    opened(desk, FRIDAY)
    fired = ring_until(desk, FRIDAY + timedelta(days=30))
    assert desk.written.reminded == [
        ("uncollected", 1, LAND),
        ("uncollected", 2, "so-tnmt"),
        ("uncollected", 3, "operations"),
    ]
    assert all(at.astimezone(UTC).weekday() < 5 for at in fired), "nobody is reminded at a weekend"
    assert fired[1] > FRIDAY + timedelta(days=2), "a working day after Friday morning is on Monday"


def test_an_acknowledged_hand_over_reminds_nobody(desk: Desk) -> None:
    opened(desk, MONDAY)
    desk.command("acknowledge-message", leg_id(), {}, act_at(MONDAY, agency=LAND))
    ring_until(desk, MONDAY + timedelta(days=30))
    assert desk.written.reminded == []


def test_a_leg_is_told_soon_to_be_due_and_then_climbs_when_overdue(desk: Desk) -> None:
    due = MONDAY + timedelta(days=3)
    opened(desk, MONDAY, due_at=due)
    desk.command("accept-leg", leg_id(), {}, act_at(MONDAY, agency=LAND))
    fired = ring_until(desk, MONDAY + timedelta(days=30))
    assert desk.written.reminded == [
        ("due-soon", 1, LAND),
        ("overdue", 1, LAND),
        ("overdue", 2, "so-tnmt"),
        ("overdue", 3, "operations"),
    ]
    reminded = [at for at in fired if at >= due]
    assert fired[-len(reminded) - 1] < due <= reminded[0] < reminded[1] < reminded[2]


def test_what_is_done_or_waits_for_the_applicant_reminds_nobody(desk: Desk) -> None:
    opened(desk, MONDAY, due_at=MONDAY + timedelta(days=3))
    desk.command("accept-leg", leg_id(), {}, act_at(MONDAY, agency=LAND))
    desk.command("request-supplement", leg_id(), {"reason": "Thiếu"}, act_at(MONDAY, agency=LAND))
    ring_until(desk, MONDAY + timedelta(days=30))
    assert desk.written.reminded == []


def test_after_a_wait_the_ladder_begins_at_the_new_due_time(desk: Desk) -> None:
    opened(desk, MONDAY, due_at=MONDAY + timedelta(days=3))
    desk.command("accept-leg", leg_id(), {}, act_at(MONDAY, agency=LAND))
    desk.command("request-supplement", leg_id(), {"reason": "Thiếu"}, act_at(MONDAY, agency=LAND))
    later = MONDAY + timedelta(days=14)
    resumed = {"leg": str(leg_id()), "kind": "supplement", "due_at": to_text(later + timedelta(days=3))}
    desk.when("resume_work", resumed, act_at(later))
    fired = ring_until(desk, later + timedelta(days=30))
    assert desk.written.reminded[0] == ("due-soon", 1, LAND)
    assert fired[0] > later


def test_a_deadline_that_fires_twice_reminds_once(desk: Desk) -> None:
    opened(desk, MONDAY)
    version, at = desk.written.rings[leg_id()]
    desk.when("remind", leg_id(), version, act_at(at))
    assert desk.when("remind", leg_id(), version, act_at(at)) == []
    assert desk.written.reminded == [("uncollected", 1, LAND)]


def test_an_agency_that_works_on_a_list_is_only_reminded_of_its_terms(desk: Desk) -> None:
    opened(desk, MONDAY, agency=TAX)
    assert leg_id() not in desk.written.rings


def test_an_agency_with_nobody_above_it_is_reminded_by_operations(desk: Desk) -> None:
    due = MONDAY + timedelta(days=3)
    opened(desk, MONDAY, agency=DESK, due_at=due)
    ring_until(desk, MONDAY + timedelta(days=30))
    assert [to for about, _, to in desk.written.reminded if about == "overdue"] == [
        DESK,
        "operations",
        "operations",
    ]


def test_history_reminds_nobody(desk: Desk) -> None:
    desk.when("open_work", leg_opened(), act_at(MONDAY, historical=True))
    assert desk.written.rings == {}


def test_two_processes_remind_once(desk: Desk) -> None:
    opened(desk, MONDAY)
    version, at = desk.written.rings[leg_id()]
    desk.when("remind", leg_id(), version, act_at(at))
    desk.application = desk.another()
    assert desk.when("remind", leg_id(), version, act_at(at)) == []
    assert hand_over_id(leg_id())
