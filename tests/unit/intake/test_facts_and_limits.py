"""What a procedure asks about a case, and which limit, cutoff and office hours its answer leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.schemas import read_procedure, read_submission
from shared.errors import RefusedError
from tests.unit.intake.one_stop_desk import MONDAY, PROCEDURE, OneStopDesk, desk_message
from tests.unit.intake.test_schemas import BODY
from tests.unit.intake.test_schemas import PROCEDURE as EDITION

CODE = "2.000286"


def term(days: int) -> dict[str, str]:
    return {"amount": str(days), "unit": "working_day"}


FACTS: dict[str, Any] = {
    "services": {"values": ["tuat", "mai-tang"], "many": True, "required": True},
    "kind": {"values": ["house", "works"]},
    "floors": {},
}
LIMITS: list[dict[str, Any]] = [
    {"when": {"fact": "services", "includes": "tuat"}, "term": term(10)},
    {
        "when": {"all": [{"fact": "remote", "equals": True}, {"fact": "floors", "at_least": 7}]},
        "term": term(25),
    },
]


def publish(desk: OneStopDesk, **changes: Any) -> None:
    content = {**PROCEDURE, "facts": FACTS, "limits": LIMITS, **changes}
    act = desk.act("procedure_control")
    desk.do(lambda: desk.intake.publish_procedure(CODE, content, act))


@pytest.fixture
def asking(desk: OneStopDesk) -> OneStopDesk:
    publish(desk)
    return desk


@pytest.mark.parametrize(
    ("channel", "facts", "days"),
    [
        ("direct", {"services": ["mai-tang"]}, 3),
        ("online", {"services": ["mai-tang"]}, 2),
        ("online", {"services": ["mai-tang", "tuat"]}, 10),
        ("direct", {"services": ["mai-tang"], "floors": 7, "kind": "works"}, 3),
    ],
)
def test_exceptions_come_before_the_channel_and_the_first_that_holds_applies(
    asking: OneStopDesk, channel: str, facts: dict[str, Any], days: int
) -> None:
    dossier = asking.submit(procedure=CODE, channel=channel, facts=facts, accept=True)
    assert dossier.limit == term(days)
    assert dossier.facts == facts


@pytest.mark.parametrize("area", [None, "pleiku"])
def test_a_remote_area_is_what_the_register_marks(asking: OneStopDesk, area: str | None) -> None:
    facts = {"services": ["mai-tang"], "floors": 7}
    assert asking.submit(procedure=CODE, area=area, facts=facts).limit == term(3)

    asking.know(desk_message("pleiku-land", "H21.66", "pleiku", remote=True))

    assert asking.submit(procedure=CODE, area=area, facts=facts).limit == term(25)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "missing-fact"),
        ({"services": []}, "missing-fact"),
        ({"services": "tuat"}, "fact-invalid"),
        ({"services": ["tuat", "tuat"]}, "fact-invalid"),
        ({"services": ["Nguyễn Văn A"]}, "fact-invalid"),
        ({"services": ["tuat"], "kind": ["house"]}, "fact-invalid"),
        ({"services": ["tuat"], "kind": True}, "fact-invalid"),
        ({"services": ["tuat"], "floors": "seven"}, "fact-invalid"),
        ({"services": ["tuat"], "floors": float("nan")}, "fact-invalid"),
        ({"services": ["tuat"], "floors": 10**400}, "fact-invalid"),
        ({"services": ["tuat"], "floors": {"a": 1}}, "fact-invalid"),
        ({"services": ["tuat"], "colour": "red"}, "unknown-fact"),
    ],
)
def test_a_case_answers_what_is_asked_and_nothing_else(
    asking: OneStopDesk, facts: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        asking.submit(procedure=CODE, facts=facts)
    assert refused.value.code == code
    assert "Nguyễn" not in str(refused.value.details())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"facts": {"channel": {}}}, "fact-reserved"),
        ({"facts": {}}, "fact-undeclared"),
        ({"limits": [{"when": {"fact": "kind"}, "term": term(1)}]}, "condition-invalid"),
        ({"limits": [{"when": LIMITS[0]["when"], "term": term(-1)}]}, "term-not-positive"),
        ({"cutoff": "25:00"}, "cutoff-invalid"),
        ({"cutoff": "3 PM"}, "cutoff-invalid"),
    ],
)
def test_an_edition_that_nobody_could_follow_is_refused(
    desk: OneStopDesk, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        publish(desk, **changes)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "agency", "code"),
    [("citizen", "pleiku", "applicant-not-agency"), ("agency", "nowhere", "applicant-agency-unknown")],
)
def test_an_applicant_agency_is_one_that_files_and_is_known(
    desk: OneStopDesk, kind: str, agency: str, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        desk.submit(applicant_kind=kind, applicant_agency=agency)
    assert refused.value.code == code
    assert desk.submit(applicant_kind="agency", applicant_agency="pleiku").applicant_agency == "pleiku"


@pytest.mark.parametrize(("minute", "days"), [(0, 3), (1, 4)])
def test_what_comes_after_the_cutoff_counts_from_the_next_working_day(
    desk: OneStopDesk, minute: int, days: int
) -> None:
    publish(desk, facts={}, limits=[], cutoff="15:00")
    desk.clock.set(datetime(2025, 7, 7, 8, minute, tzinfo=UTC))

    dossier = desk.submit(procedure=CODE)

    assert dossier.due_at
    assert dossier.due_at[:10] == f"2025-07-{7 + days:02}"
    assert desk.explained(dossier.id) == dossier.due_at


def test_a_desk_counts_by_its_own_office_hours_even_after_it_changed_them(desk: OneStopDesk) -> None:
    early = [["07:00", "11:00"], ["12:30", "16:30"]]
    desk.know(desk_message(hours=early))
    desk.clock.set(MONDAY + timedelta(hours=7, minutes=45))

    dossier = desk.submit()

    assert dossier.due_at == "2025-07-11T00:00:00.000000Z", (
        "16:45 is after closing: from 07:00 of the next day"
    )
    desk.know(desk_message())
    assert desk.explained(dossier.id) == dossier.due_at


def test_facts_and_editions_are_read_strictly() -> None:
    read = read_submission({**BODY, "facts": {"floors": 3}, "applicant_agency": "pleiku"})
    assert (read.submission.facts, read.submission.applicant_agency) == ({"floors": 3}, "pleiku")
    _, content, _ = read_procedure({**EDITION, "facts": {"floors": {}}, "cutoff": "15:00", "limits": LIMITS})
    assert content["facts"] == {"floors": {"values": None, "many": False, "required": False}}
    for changes, code in (
        ({"facts": {"floors": {"surprise": 1}}}, "unknown-field"),
        ({"facts": {"Tầng": {}}}, "invalid"),
        ({"facts": {"floors": {"many": True}}}, "invalid"),
        ({"limits": [{"when": {}}]}, "missing-field"),
    ):
        with pytest.raises(RefusedError) as refused:
            read_procedure({**EDITION, **changes})
        assert refused.value.code == code
