"""Agencies at processing's door: only for their own legs, in turn, and in the shape that is agreed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from deploy.files import TOKENS
from shared.access import TokenFile
from shared.clock import VIETNAM
from tests.builders.doors import BYSTANDER, FIRST, at
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken
from tests.integration.doors.conftest import finish, open_leg, received

pytestmark = pytest.mark.integration

PATH = "/v1/commands/"
CONTENT: dict[str, dict[str, Any]] = {
    "acknowledge-message": {"reference": "VB-1"},
    "accept-leg": {"officer": "B"},
    "record-work": {"step": "Thẩm định"},
    "complete-leg": {"note": "Đủ"},
    "return-leg": {"reason": "Thiếu"},
}


@pytest.fixture(scope="session")
def leg(first: Caller, dossier: str) -> str:
    """The leg that lies before the first agency; nobody accepts it."""
    return open_leg(first, dossier)


@pytest.mark.parametrize("command", CONTENT)
def test_a_leg_is_its_agencys_alone(system: System, second: Caller, leg: str, command: str) -> None:
    body = {"leg": leg, **CONTENT[command]}
    with system.nothing_recorded(refused_acts=3):
        for stranger in (
            second,
            system.caller("agency", BYSTANDER),
            system.caller("agency-system", BYSTANDER),
        ):
            refused(stranger.post("processing", PATH + command, body), 403, "not-your-leg")


def test_what_was_refused_counts_with_whoever_tried_it(system: System, dossier: str, leg: str) -> None:
    hasty = system.stranger(TokenFile(system.home / TOKENS).issue("agency", "hasty", BYSTANDER))
    keys = fresh_key(), fresh_key()
    for key in (*keys, *keys):  # a request that comes twice is one attempt
        refused(hasty.post("processing", f"{PATH}accept-leg", {"leg": leg}, key), 403, "not-your-leg")
    system.settle()
    auditor = system.caller("auditor")
    today = datetime.now(VIETNAM).date().isoformat()
    words = {"from": today, "to": today, "by": "agency,officer"}
    rows = taken(auditor.get("statistics", "/v1/reports/discipline", **words))["rows"]
    [row] = [row for row in rows if row["officer"] == "hasty"]
    figures = "refused", "refused_not_assigned", "refused_skipping", "legs", "ratio_told_late"
    assert [row[figure] for figure in ("agency", *figures)] == [BYSTANDER, 2, 2, 0, 0, None]
    entries = taken(auditor.get("statistics", f"/v1/dossiers/{dossier}/history"))["entries"]
    assert any("accept-leg" in entry["description"]["vi"] for entry in entries)


@pytest.mark.parametrize("role", ["receiving_officer", "administrator", "applicant", "auditor"])
def test_only_agencies_command(system: System, leg: str, role: str) -> None:
    with system.nothing_recorded():
        response = system.caller(role, FIRST).post("processing", f"{PATH}accept-leg", {"leg": leg})
    refused(response, 403, "forbidden")


def test_an_agency_without_a_name_is_nobody(system: System, leg: str) -> None:
    with system.nothing_recorded():
        response = system.caller("agency").post("processing", f"{PATH}accept-leg", {"leg": leg})
    refused(response, 403, "forbidden")


@pytest.mark.parametrize(
    ("command", "body", "status", "code"),
    [
        ("burn-leg", {"leg": str(uuid4())}, 422, "invalid"),
        ("x" * 3000, {"leg": str(uuid4())}, 422, "invalid"),
        ("accept-leg", {"leg": str(uuid4())}, 404, "unknown-leg"),
        ("accept-leg", {}, 422, "invalid"),
        ("accept-leg", {"leg": None}, 422, "invalid"),
        ("accept-leg", {"leg": 7}, 422, "invalid"),
        ("accept-leg", {"leg": "7"}, 422, "invalid"),
        ("accept-leg", {"leg": "x" * 1_000_000}, 422, "invalid"),
        ("accept-leg", {"leg": "00000000-0000-0000-0000-00000000000g"}, 422, "invalid"),
        ("accept-leg", [], 400, "malformed"),
        ("accept-leg", "accept", 400, "malformed"),
        ("accept-leg", b"{", 400, "malformed"),
        ("accept-leg", b"", 400, "malformed"),
    ],
)
def test_a_command_that_means_nothing_is_refused(
    system: System, first: Caller, command: str, body: Any, status: int, code: str
) -> None:
    with system.nothing_recorded():
        refused(first.post("processing", PATH + command, body), status, code)


@pytest.mark.parametrize(
    ("command", "changes", "status", "code"),
    [
        ("accept-leg", {"colour": "red"}, 422, "invalid"),
        ("accept-leg", {"officer": ""}, 422, "invalid"),
        ("accept-leg", {"officer": "x" * 101}, 422, "invalid"),
        ("accept-leg", {"officer": 7}, 422, "invalid"),
        ("accept-leg", {"officer": "B\0"}, 422, "invalid"),
        ("accept-leg", {"happened_at": "hôm qua"}, 422, "invalid"),
        ("accept-leg", {"happened_at": "2025-07-01T08:00:00"}, 422, "invalid"),
        ("accept-leg", {"happened_at": "0001-01-01T00:00:00+14:00"}, 422, "invalid"),
        ("accept-leg", {"happened_at": 7}, 422, "invalid"),
        ("accept-leg", {"happened_at": at(hours=-1)}, 422, "time-in-future"),
        ("accept-leg", {"happened_at": at(hours=25)}, 422, "time-out-of-tolerance"),
        ("accept-leg", {"happened_at": at(hours=20)}, 422, "time-out-of-order"),
        ("record-work", {}, 422, "invalid"),
        ("return-leg", {}, 422, "invalid"),
        ("return-leg", {"reason": "x" * 2001}, 422, "invalid"),
        ("record-work", {"step": "Đo đạc"}, 409, "out-of-turn"),
        ("complete-leg", {}, 409, "out-of-turn"),
    ],
)
def test_a_command_that_is_wrongly_described_or_out_of_turn_is_not_carried_out(
    system: System,
    first: Caller,
    leg: str,
    command: str,
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    with system.nothing_recorded(refused_acts=int(code != "invalid")):
        refused(first.post("processing", PATH + command, {"leg": leg, **changes}), status, code)


def test_a_leg_is_accepted_once_and_ends_once(system: System, officer: Caller, first: Caller) -> None:
    own = open_leg(first, received(officer))
    key = fresh_key()
    once = taken(first.post("processing", f"{PATH}accept-leg", {"leg": own}, key))
    assert taken(first.post("processing", f"{PATH}accept-leg", {"leg": own}, key)) == once
    with system.nothing_recorded(refused_acts=1):
        again = first.post("processing", f"{PATH}accept-leg", {"leg": own})
        refused(again, 409, "leg-already-accepted")
        reused = first.post("processing", f"{PATH}accept-leg", {"leg": own, "officer": "C"}, key)
        refused(reused, 422, "idempotency-key-reused")
        elsewhere = first.post("processing", f"{PATH}complete-leg", {"leg": own}, key)
        refused(elsewhere, 422, "idempotency-key-reused")
    taken(first.post("processing", f"{PATH}complete-leg", {"leg": own}))
    with system.nothing_recorded(refused_acts=4):
        for command in ("accept-leg", "record-work", "complete-leg", "return-leg"):
            body = {"leg": own, **CONTENT[command]}
            refused(first.post("processing", PATH + command, body), 409, "leg-already-closed")
    taken(first.post("processing", f"{PATH}acknowledge-message", {"leg": own}))  # says nothing new


def test_the_leg_before_stays_ended_when_the_next_is_open(
    system: System, officer: Caller, first: Caller, second: Caller
) -> None:
    dossier = received(officer)
    before = open_leg(first, dossier)
    finish(first, dossier)
    open_leg(second, dossier)
    with system.nothing_recorded(refused_acts=1):
        body = {"leg": before, "reason": "Sai"}
        refused(first.post("processing", f"{PATH}return-leg", body), 409, "leg-already-closed")


WORKLIST = "/v1/worklist"


class TestWorklist:
    def test_an_agency_sees_its_own_alone(self, system: System, first: Caller, dossier: str) -> None:
        refused(first.get("processing", WORKLIST, agency=BYSTANDER), 403, "forbidden")
        nothing = taken(system.caller("agency", BYSTANDER).get("processing", WORKLIST))
        assert nothing == {"works": [], "requests": []}

    @pytest.mark.parametrize("role", ["receiving_officer", "applicant", "agency"])
    def test_who_is_no_agency_sees_none(self, system: System, role: str) -> None:
        refused(system.caller(role).get("processing", WORKLIST), 403, "forbidden")
        refused(system.caller(role).get("processing", WORKLIST, agency=FIRST), 403, "forbidden")

    def test_a_watcher_says_whose(self, system: System, administrator: Caller) -> None:
        refused(administrator.get("processing", WORKLIST), 422, "invalid")
        refused(administrator.get("processing", WORKLIST, agency=""), 422, "invalid")
        assert taken(administrator.get("processing", WORKLIST, agency="' OR ''='")) == {
            "works": [],
            "requests": [],
        }
        assert taken(administrator.get("processing", WORKLIST, agency="x" * 5000)) == {
            "works": [],
            "requests": [],
        }

    @pytest.mark.parametrize("limit", ["0", "-1", "1001", "1.5", "", "all", "１０", "9" * 5000])
    def test_a_page_has_one_to_a_thousand_works(self, first: Caller, limit: str) -> None:
        refused(first.get("processing", WORKLIST, limit=limit), 422, "invalid")

    @pytest.mark.parametrize("after", ["7", "x", "../", "ff" * 1000])
    def test_a_page_goes_on_after_a_leg(self, first: Caller, after: str) -> None:
        refused(first.get("processing", WORKLIST, after=after), 422, "invalid")

    def test_after_a_leg_that_is_not_there_comes_nothing(self, first: Caller) -> None:
        assert taken(first.get("processing", WORKLIST, after=str(uuid4()))) == {"works": [], "requests": []}
