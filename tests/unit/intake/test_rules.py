from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.procedure import ProcedureVersion
from services.intake.rules.appointment import Case, due_of, judged, limit_of
from services.intake.rules.filing import received_at_once, version_in_force
from services.intake.rules.roles import MAY, check_role
from shared.acts import Actor
from shared.clock import from_text, to_text
from shared.errors import RefusedError
from shared.working_time.calendars import Calendars
from tests.unit.intake.one_stop_desk import CALENDAR, MONDAY

DAYS = {"amount": "3", "unit": "working_day"}
HOURS = {"amount": "4", "unit": "working_hour"}


def version(number: int = 1, valid_from: datetime = MONDAY, **changes: Any) -> ProcedureVersion:
    fields: dict[str, Any] = {
        "procedure": "1.001193",
        "version": number,
        "name": {"vi": "Khai sinh", "en": "Birth"},
        "sector": "Hộ tịch",
        "service_level": 4,
        "valid_from": to_text(valid_from),
        "limit": DAYS,
        "limit_online": None,
        "channels": ("direct", "online", "post"),
        "components": (),
    }
    return ProcedureVersion(**{**fields, **changes})


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=8))
def test_the_version_in_force_is_the_last_begun_and_of_equals_the_last_published(begins: list[int]) -> None:
    versions = [version(n, MONDAY + timedelta(days=day)) for n, day in enumerate(begins, start=1)]
    begun = [(day, n) for n, day in enumerate(begins, start=1) if day <= 0]
    if begun:
        assert version_in_force(versions, MONDAY).version == max(begun)[1]
    else:
        with pytest.raises(RefusedError, match="procedure-not-in-force"):
            version_in_force(versions, MONDAY)


def test_a_version_holds_from_its_very_first_moment() -> None:
    assert version_in_force([version()], MONDAY).version == 1
    with pytest.raises(RefusedError):
        version_in_force([version()], MONDAY - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("channel", "online", "limit"),
    [("direct", HOURS, DAYS), ("post", HOURS, DAYS), ("online", HOURS, HOURS), ("online", None, DAYS)],
)
def test_online_filing_has_its_own_limit_where_one_is_given(
    channel: str, online: dict[str, str] | None, limit: dict[str, str]
) -> None:
    given_version = version(limit_online=online)
    assert limit_of(given_version, {"channel": channel}) == limit


def test_an_appointment_counts_working_days() -> None:
    friday = datetime(2025, 7, 11, 3, 0, tzinfo=UTC)
    assert due_of(Case(friday, DAYS), Calendars(CALENDAR)) == "2025-07-16T03:00:00.000000Z"


def test_no_limit_means_no_appointment_and_no_verdict() -> None:
    assert limit_of(version(limit=None), {"channel": "direct"}) is None
    assert due_of(Case(MONDAY, None), Calendars(CALENDAR)) is None
    assert judged(None, None, MONDAY) == "none"


@pytest.mark.parametrize(
    ("limit", "minutes", "verdict"),
    [
        (HOURS, -1, "early"),
        (HOURS, 0, "on_time"),
        (HOURS, 1, "late"),
        (DAYS, 1, "on_time"),
        (DAYS, -1, "on_time"),
        (DAYS, 15 * 60, "late"),
    ],
)
def test_hours_are_judged_by_the_minute_and_days_by_the_date(
    limit: dict[str, str], minutes: int, verdict: str
) -> None:
    due = from_text("2025-07-10T02:00:00Z")
    assert judged(limit, to_text(due), due + timedelta(minutes=minutes)) == verdict


@pytest.mark.parametrize(
    ("asked", "channel", "role", "at_once"),
    [
        (None, "direct", "receiving_officer", True),
        (None, "post", "postal_employee", True),
        (None, "online", "receiving_officer", False),
        (None, "online", "applicant", False),
        (False, "direct", "receiving_officer", False),
        (True, "online", "receiving_officer", True),
    ],
)
def test_filing_is_reception_when_asked_or_when_an_officer_is_there(
    asked: bool | None, channel: str, role: str, at_once: bool
) -> None:
    assert received_at_once(asked, channel, Actor(role, "x")) is at_once


@pytest.mark.parametrize("action", MAY)
def test_an_unknown_role_may_do_nothing(action: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check_role(action, Actor("stranger", "x"))
    assert refused.value.code == "forbidden"
