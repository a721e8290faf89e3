"""The ladder through its deadline rows: claimed and fired by the clock, each rung once, whoever rings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.contracts.operations.deliveries import RemindersAnswer
from services.processing.rules import OPERATIONS
from shared.clock import from_text
from shared.working_time.adding import add_working_time
from shared.working_time.elapsed import working_time_between
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.processing import LAND, agency_registered
from tests.contract.messages.test_answers import check
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

HOUR = timedelta(hours=1)
PROVINCE = "so-tnmt"


def under_the_province(office: Office, **more: Any) -> None:
    with office.unit.begin():
        office.agencies.register({**agency_registered(LAND), "parent": PROVINCE, **more})


def ring_for(office: Office, hours: int, *others: Office) -> None:
    for _ in range(hours):
        office.clock.advance(HOUR)
        for one in (office, *others):
            while one.terms.ring():
                pass


def reminded(office: Office, about: str) -> list[tuple[int, str, datetime]]:
    rows = office.rows(
        "SELECT rung, addressed_to, reminded_at FROM reminder WHERE about = :about ORDER BY reminded_at, rung",
        about=about,
    )
    return [(rung, to, at.astimezone(UTC)) for rung, to, at in rows]


def worked(office: Office, since: datetime, at: datetime) -> float:
    return working_time_between(since, at, vietnam_calendar()) / HOUR


def test_what_nobody_collects_climbs_by_working_time_and_shows_as_the_contract_says(office: Office) -> None:
    under_the_province(office, contact="Văn phòng, 0235 3852 739")
    began = office.clock.now()
    office.open_leg(due_at=None, term=None)
    ring_for(office, 24 * 5)

    climbed = reminded(office, "uncollected")
    assert [(rung, to) for rung, to, _ in climbed] == [(1, LAND), (2, PROVINCE), (3, OPERATIONS)]
    for (_, _, at), after in zip(climbed, (4, 8, 16), strict=True):
        # Never early; at the latest with the next ring, which comes every hour here.
        assert worked(office, began, at) >= after
        assert worked(office, began, at - HOUR) <= after

    standing = office.reminders.standing(LAND, 10)
    assert len(standing) == 3
    check(RemindersAnswer, {"reminders": standing})
    above = office.reminders.standing(PROVINCE, 10)
    assert [row["rung"] for row in above] == [2]
    last = office.reminders.standing(OPERATIONS, 10)
    assert [(row["rung"], row["contact"]) for row in last] == [(3, "Văn phòng, 0235 3852 739")]


@pytest.mark.parametrize(
    ("hours", "after"),
    [
        ([["09:00", "13:00"], ["18:00", "22:00"]], (5, 14, 38)),
        ([["13:00", "17:00"]], None),
        (None, None),
    ],
    ids=["its own", "no whole day", "the usual"],
)
def test_an_agency_is_reminded_by_its_own_office_hours(
    open_office: Callable[[], Office], hours: list[list[str]] | None, after: tuple[int, ...] | None
) -> None:
    """From eight in the morning; hours that make no working day count as the usual ones."""
    first, another = open_office(), open_office()
    began = first.clock.now()
    under_the_province(first, hours=hours)
    first.open_leg(due_at=None, term=None)
    ring_for(another, 24 * 5)

    climbed = [(at - began) // HOUR for _, _, at in reminded(first, "uncollected")]
    calendar = vietnam_calendar()
    usual = add_working_time(calendar.clamp(began), 4 * HOUR, calendar) - began
    assert climbed == list(after) if after else climbed[0] == -(-usual // HOUR)


def test_an_answer_between_two_rungs_ends_the_climb(office: Office) -> None:
    under_the_province(office)
    leg = office.open_leg(due_at=None, term=None)
    ring_for(office, 6)  # over the midday rest
    office.execute("acknowledge-message", leg)
    office.execute("accept-leg", leg)
    ring_for(office, 24 * 5)
    assert [rung for rung, _, _ in reminded(office, "uncollected")] == [1]
    assert office.reminders.standing(LAND, 10) == []


def test_two_processes_that_ring_at_the_same_time_remind_of_a_term_once(
    open_office: Callable[[], Office],
) -> None:
    first, second = open_office(), open_office()
    under_the_province(first)
    leg = first.open_leg()
    first.execute("acknowledge-message", leg)
    first.execute("accept-leg", leg)
    row: Any = first.one("SELECT due_at FROM work WHERE leg_id = :leg", leg=leg)
    due = row[0].astimezone(UTC)
    first.clock.set(due - timedelta(days=4))
    ring_for(first, 24 * 10, second)

    soon, late = reminded(first, "due-soon"), reminded(first, "overdue")
    assert [(rung, to) for rung, to, _ in soon] == [(1, LAND)]
    assert soon[0][2] < due
    assert [(rung, to) for rung, to, _ in late] == [(1, LAND), (2, PROVINCE), (3, OPERATIONS)]
    assert [worked(first, due, at) >= after for (_, _, at), after in zip(late, (0, 8, 24), strict=True)] == [
        True
    ] * 3
    standing = first.reminders.standing(LAND, 10)
    check(RemindersAnswer, {"reminders": standing})
    assert {from_text(one["due_at"]) for one in standing} == {due}
