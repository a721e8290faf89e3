"""The doors on agencies and processes: as of a moment, before an import, through a version's life."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.doors import BIRTH, COMING, DESK, FIRST, SECOND, agency, leg, process
from tests.fixtures.doors import Caller, System, refused, taken

pytestmark = pytest.mark.integration

DRAFT = "/v1/processes/cham-chap/versions/1"
SLOW = process(
    process="cham-chap",
    procedure=COMING,
    state="draft",
    model="four-step",
    limit={"amount": "3", "unit": "working_day"},
    legs=[leg({"id": FIRST}), leg({"id": SECOND})],
)


@pytest.fixture(scope="module")
def drafted(system: System, administrator: Caller) -> None:
    """A process for a procedure that FIRST is competent for, in draft."""
    row = {"procedure": COMING, "agency": FIRST, "valid_from": "2020-01-01T00:00:00+07:00", "basis": "QĐ 1"}
    taken(administrator.put("routing", "/v1/reference", {"processes": [SLOW], "competences": [row]}))


def test_the_register_is_shown_as_it_was(administrator: Caller) -> None:
    now = taken(administrator.get("routing", "/v1/agencies"))["agencies"]
    before = taken(administrator.get("routing", "/v1/agencies", as_of="2019-12-31T00:00:00+07:00"))[
        "agencies"
    ]

    assert {DESK, FIRST} <= {it["agency"] for it in now}
    assert before == []
    refused(administrator.get("routing", "/v1/agencies", as_of="yesterday"), 422, "invalid")


def test_an_import_is_shown_before_it_is_done(system: System, administrator: Caller) -> None:
    later = agency(FIRST, connected=True, valid_from="2030-01-01T00:00:00+07:00")
    with system.nothing_recorded():
        answer = administrator.post(
            "routing", "/v1/reference/differences", {"agencies": [agency(FIRST), later]}
        )
        found = taken(answer)["changes"]

    assert [(it["change"], [field["field"] for field in it["fields"]]) for it in found] == [
        ("unchanged", []),
        ("changed", ["connected"]),
    ]


def test_a_version_is_shown_with_what_the_linter_finds(drafted: None, administrator: Caller) -> None:
    found = taken(administrator.get("routing", DRAFT))

    assert [step["state"] for step in found["changes"]] == ["draft"]
    assert [it["code"] for it in found["findings"]] == ["legs-exceed-limit"]
    again = taken(administrator.post("routing", "/v1/processes/findings", SLOW))
    assert again["findings"] == found["findings"]
    for name in ("/v1/processes/cham-chap/versions/9", "/v1/processes/x/versions/one"):
        refused(administrator.get("routing", name), 404, "process-unknown")


def test_a_version_lives_from_draft_to_trial(drafted: None, system: System, administrator: Caller) -> None:
    def lacking() -> dict[str, Any]:
        rows = taken(administrator.get("routing", "/v1/readiness"))["agencies"]
        return {row["agency"]: row["lacking"] for row in rows}

    assert lacking()[FIRST] == [COMING]
    control = system.caller("procedure_control")
    for state in ("submitted", "approved", "electronic", "trial"):
        taken(control.post("routing", f"{DRAFT}/state", {"state": state, "basis": "QĐ 985"}))

    assert lacking()[FIRST] == []
    listed = taken(administrator.get("routing", "/v1/processes"))
    states = {it["process"]: (it["version"], it["versions"][0]["state"]) for it in listed["processes"]}
    # Other files of tests may have brought processes of their own.
    assert states.items() >= {"cham-chap": (1, "trial"), "khai-sinh": (1, "in-force")}.items()
    models = {it["model"]: it["processes"] for it in listed["models"]}
    assert (models["four-step"], models[None]) == (1, len(states) - 1)
    names = {it["procedure"]: it["name"] for it in listed["processes"]}
    assert names[BIRTH]["en"] == "Birth registration"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"state": "draft", "basis": "QĐ 1"}, 409, "process-state-not-next"),
        ({"state": "dead", "basis": "QĐ 1"}, 422, "invalid"),
        ({"state": "retired"}, 422, "invalid"),
        ({"state": "retired", "basis": "QĐ 1", "at": "soon"}, 422, "invalid"),
        ({"state": "trial", "basis": "QĐ 1", "agencies": ["H47.99"]}, 422, "agency-unknown"),
        (b"retired", 400, "malformed"),
    ],
)
def test_a_step_that_is_wrong_changes_nothing(
    drafted: None, system: System, administrator: Caller, body: Any, status: int, code: str
) -> None:
    with system.nothing_recorded():
        refused(administrator.post("routing", f"{DRAFT}/state", body), status, code)


def test_who_does_not_decide_on_processes_is_turned_away(
    drafted: None, system: System, officer: Caller
) -> None:
    body = {"state": "retired", "basis": "QĐ 1"}
    with system.nothing_recorded():
        refused(officer.post("routing", f"{DRAFT}/state", body), 403, "forbidden")
        refused(officer.post("routing", "/v1/reference/differences", {}), 403, "forbidden")
