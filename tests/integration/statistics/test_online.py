"""The report on online dossiers against figures counted by hand, and by another program."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.statistics.api import report_of
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports.answers import Question
from services.statistics.reports.online import online
from services.statistics.reports.periods import whole
from shared.clock import to_text
from tests.builders.statistics import CENTRE, COMMUNE, LAND, TAX, Province, vietnam, with_bodies
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration

YEAR = {"from": "2019-01-01", "to": "2019-12-31"}
HEAD, DISTRICT, OFFICE, OTHER = "ubnd-tinh", "huyen-a", "phong-huyen-a", "xa-khac"
KEYS = ("received", "received_online", "resolved", "resolved_online")
ANSWERS = {LAND: LAND, OFFICE: DISTRICT, COMMUNE: COMMUNE, OTHER: OTHER}
"""Who has the first leg, and the unit that answers."""


def province(found: Province | None = None) -> Province:
    found = found or Province()
    found.agency(HEAD, "province")
    for agency in (CENTRE, LAND, TAX):
        found.agency(agency, "province", HEAD)
    found.agency(DISTRICT, "district", HEAD, connected=False)
    found.agency(OFFICE, "district", DISTRICT)
    for agency in (COMMUNE, OTHER):
        found.agency(agency, "commune", DISTRICT, connected=False)
    found.procedure()
    return found


def file(
    found: Province,
    number: int,
    lead: str,
    channel: str,
    received: datetime,
    days: int | None,
    due_at: datetime | None = None,
) -> None:
    """Receive a dossier whose way begins at `lead`, resolved so many days later."""
    found.receive(number, received, due_at, channel=channel)
    found.plan(number, received, lead=lead)
    if days is not None:
        resolved = received + timedelta(days=days)
        verdict = "none" if due_at is None else "early" if resolved < due_at else "late"
        found.resolve(number, resolved, verdict)


def ask(office: Office, **more: str) -> dict[str, Any]:
    return report_of(office.reports, "online", {**YEAR, **more})


def test_each_unit_is_held_against_its_target(office: Office) -> None:
    found = province()
    for number, (lead, channel, days) in enumerate(
        [
            (LAND, "online", 3),
            (LAND, "direct", 3),
            (OFFICE, "online", 3),
            (OFFICE, "direct", 3),
            (OFFICE, "post", 3),
            (COMMUNE, "online", 3),
            (COMMUNE, "online", None),
            (OTHER, "direct", None),
        ]
    ):
        file(found, number, lead, channel, vietnam(2019, 5, 6), days)
    found.target("50", vietnam(2019, 4, 4))
    found.target("30", vietnam(2019, 4, 4), scope="level", of="district")
    office.take(found.sent)

    answer = ask(office, by="unit")
    assert [
        (row["unit"], row["ratio_resolved"], row["target"], row["reached"]) for row in answer["rows"]
    ] == [
        (DISTRICT, "33.33", "30", True),
        (LAND, "50.00", "50", True),
        (OTHER, None, "50", None),
        (COMMUNE, "100.00", "50", True),
    ]
    assert [row["missing"] for row in answer["rows"]] == [0, 0, None, 0]
    assert ask(office, by="unit", as_of=to_text(vietnam(2019, 12, 20, 18)))["units"][0]["days_left"] == 5
    assert (
        ask(office, by="unit", as_of=to_text(vietnam(2019, 12, 20, 18)))["units"][0]["working_days_left"] == 2
    )
    assert answer["units"][0]["days_left"] == 0, "it is over"
    total = answer["total"]
    assert (total["resolved_online"], total["resolved"], total["ratio_resolved"]) == (3, 6, "50.00")
    assert (total["received_online"], total["received"], total["ratio_received"]) == (4, 8, "50.00")
    assert total["ratio_index"] is None, "nobody said how many were synchronised"
    assert [
        (of["level"], of["reached"], of["judged"], of["without_data"], of["below"]) for of in answer["units"]
    ] == [
        ("province", 1, 1, 2, []),
        ("district", 1, 1, 0, []),
        ("commune", 1, 1, 1, []),
    ]
    assert ask(office)["rows"][0]["ratio_resolved"] == "50.00"


def test_a_past_report_keeps_the_target_of_its_time(office: Office) -> None:
    found = province()
    file(found, 1, COMMUNE, "direct", vietnam(2019, 5, 6), 3)
    found.target("50", vietnam(2019, 4, 4))
    found.target("0", vietnam(2019, 12, 1), version=2)
    office.take(found.sent)

    def standing(as_of: datetime) -> tuple[str | None, list[str]]:
        level = ask(office, as_of=to_text(as_of))["units"][2]
        return level["target"], level["below"]

    assert standing(vietnam(2019, 3, 1)) == (None, [])
    assert standing(vietnam(2019, 11, 1)) == ("50", [COMMUNE])
    assert standing(vietnam(2019, 12, 2)) == ("0", [])


def test_heirs_take_over_what_ended_agencies_did_when_asked_by_todays_structure(office: Office) -> None:
    found = province()
    file(found, 1, COMMUNE, "online", vietnam(2019, 5, 6), 3)
    file(found, 2, OTHER, "direct", vietnam(2019, 5, 6), 3)
    found.end_agency(COMMUNE, OTHER)
    office.take(found.sent)

    def by_unit(structure: str) -> list[tuple[str, int]]:
        rows = ask(office, by="unit", structure=structure)["rows"]
        return [(row["unit"], row["resolved"]) for row in rows]

    assert by_unit("then") == [(OTHER, 1), (COMMUNE, 1)]
    assert by_unit("now") == [(OTHER, 2)]


dossiers = st.lists(
    st.tuples(
        st.sampled_from(sorted(ANSWERS)),
        st.sampled_from(["online", "direct", "post"]),
        st.integers(-40, 400),
        st.none() | st.integers(0, 60),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dossiers=dossiers)
def test_every_unit_is_counted_as_a_naive_count_does(
    office: Office, dossiers: list[tuple[str, str, int, int | None]]
) -> None:
    found, counted = province(), Counter[tuple[str, str]]()
    cut = vietnam(2019, 12, 20, 18)
    start = vietnam(2019, 1, 1, 12)
    for number, (lead, channel, day, days) in enumerate(dossiers):
        received = start + timedelta(days=day)
        file(found, number, lead, channel, received, days)
        ends = [("received", received), ("resolved", received + timedelta(days=days or 0))]
        for what, at in ends[: 1 if days is None else 2]:
            if vietnam(2019, 1, 1, 0) <= at < cut:
                counted[ANSWERS[lead], what] += 1
                counted[ANSWERS[lead], f"{what}_online"] += channel == "online"
    with suppress(_RollbackError), office.database.transaction() as tx:
        versions.create(tx, 0)
        rows = WorkingSet(0, new=True)
        rows.take(tx, [body for _message, body in with_bodies(found.sent)])
        rows.write(tx)
        periods = [whole(date(2019, 1, 1), date(2019, 12, 31), cut)]
        question = Question(date(2019, 1, 1), date(2019, 12, 31), by=("unit",))
        answered = online(tx, 0, question, periods)[1]["rows"]
        assert {(row["unit"], key): row[key] for row in answered for key in KEYS if row[key]} == {
            key: value for key, value in counted.items() if value
        }
        raise _RollbackError


class _RollbackError(Exception):
    """Leaves nothing behind."""
