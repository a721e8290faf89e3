"""At the desk: what the status of a dossier does not allow is refused, and so is another desk's officer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.doors import DESK, OTHER_DESK, at, submission
from tests.fixtures.doors import Caller, System, refused, taken
from tests.integration.doors.conftest import await_status, finish, open_leg, received

pytestmark = pytest.mark.integration

BODIES: dict[str, dict[str, Any]] = {
    "receive": {},
    "refuse": {"reason": "Thiếu giấy tờ"},
    "send-on": {"note": "Đã bổ sung"},
    "stop": {"reason": "Rút hồ sơ"},
    "hand-back": {"manner": "direct"},
}


@pytest.fixture(scope="session")
def results(system: System) -> Caller:
    return system.caller("result_officer", DESK)


def act(caller: Caller, dossier: str, action: str, **changes: Any) -> Any:
    return caller.post("intake", f"/v1/dossiers/{dossier}/{action}", {**BODIES[action], **changes})


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("receive", "wrong-status"),
        ("refuse", "wrong-status"),
        ("send-on", "not-at-desk"),
        ("stop", "not-at-desk"),
    ],
)
def test_a_dossier_on_its_way_lies_with_the_agencies(
    system: System, officer: Caller, dossier: str, action: str, code: str
) -> None:
    with system.nothing_recorded():
        refused(act(officer, dossier, action), 409, code)


def test_a_result_is_handed_back_once_and_not_before_there_is_one(
    system: System, officer: Caller, results: Caller, first: Caller, second: Caller
) -> None:
    dossier = received(officer)
    await_status(officer, dossier, 4)
    with system.nothing_recorded():
        refused(act(results, dossier, "hand-back"), 409, "wrong-status")
    finish(first, dossier)
    finish(second, dossier)
    await_status(officer, dossier, 9)
    with system.nothing_recorded():
        refused(act(results, dossier, "hand-back", manner="by pigeon"), 422, "invalid")
        refused(act(officer, dossier, "hand-back"), 403, "forbidden")
    assert taken(act(results, dossier, "hand-back"))["status"] == 10
    with system.nothing_recorded():
        refused(act(results, dossier, "hand-back"), 409, "wrong-status")


def test_a_dossier_that_is_refused_stays_so(system: System, officer: Caller) -> None:
    online = taken(officer.post("intake", "/v1/submissions", submission(channel="online")))
    assert online["code"] is None
    assert taken(act(officer, online["dossier"], "refuse"))["code"] is None
    with system.nothing_recorded():
        for action in ("receive", "refuse"):
            refused(act(officer, online["dossier"], action), 409, "wrong-status")


def test_a_dossier_that_came_back_is_sent_on_or_stopped_once(
    system: System, officer: Caller, first: Caller
) -> None:
    dossier = received(officer)
    leg = open_leg(first, dossier)
    taken(first.post("processing", "/v1/commands/return-leg", {"leg": leg, "reason": "Sai biểu mẫu"}))
    await_status(officer, dossier, 2)
    with system.nothing_recorded():
        refused(act(officer, dossier, "receive"), 409, "wrong-status")
    taken(act(officer, dossier, "stop"))
    with system.nothing_recorded():
        for action in ("stop", "send-on"):
            assert not act(officer, dossier, action).ok


@pytest.mark.parametrize("action", BODIES)
@pytest.mark.parametrize("role", ["receiving_officer", "desk_head", "postal_employee", "result_officer"])
def test_another_desks_people_may_do_nothing_here(
    system: System, dossier: str, action: str, role: str
) -> None:
    other = system.caller(role, OTHER_DESK)
    with system.nothing_recorded():
        response = act(other, dossier, action)
    refused(response, 403, "not-your-desk" if response.json()["code"] != "forbidden" else "forbidden")


@pytest.mark.parametrize(
    ("dossier", "status", "code"),
    [
        ("6f1d4a52-6d6b-4d0e-9a43-6f3c2b7d1e90", 404, "not-found"),
        ("H47.71-250701-9999", 404, "not-found"),
        ("H47.71-250701", 422, "dossier-code-invalid"),
        ("7", 422, "dossier-code-invalid"),
        ("x" * 3000, 422, "dossier-code-invalid"),
        ("%00", 400, "malformed"),
        ("H47.71-250701-0001%00", 400, "malformed"),
        ("%ff%fe", 422, "dossier-code-invalid"),
        ("' OR 1=1 --", 422, "dossier-code-invalid"),
    ],
)
def test_a_dossier_that_is_not_there_is_not_found_by_any_name(
    system: System, officer: Caller, dossier: str, status: int, code: str
) -> None:
    with system.nothing_recorded():
        refused(officer.get("intake", f"/v1/dossiers/{dossier}"), status, code)
        refused(officer.get("intake", f"/v1/dossiers/{dossier}/applicant"), status, code)
        refused(act(officer, dossier, "receive"), status, code)


@pytest.mark.parametrize(
    ("action", "body", "status", "code"),
    [
        ("burn", {}, 422, "invalid"),
        ("receive", {"colour": "red"}, 422, "unknown-field"),
        ("receive", [], 400, "malformed"),
        ("receive", {"happened_at": "gần đây"}, 422, "bad-time"),
        ("refuse", {}, 422, "missing-field"),
        ("refuse", b"", 422, "missing-field"),
        ("refuse", {"reason": ""}, 422, "invalid"),
        ("refuse", {"reason": "x" * 2001}, 422, "invalid"),
        ("refuse", {"reason": "a\0b"}, 422, "invalid"),
        ("stop", {"reason": 7}, 422, "invalid"),
    ],
)
def test_an_act_that_is_wrongly_described_is_not_done(
    system: System, officer: Caller, action: str, body: Any, status: int, code: str
) -> None:
    online = taken(officer.post("intake", "/v1/submissions", submission(channel="online")))["dossier"]
    with system.nothing_recorded():
        refused(officer.post("intake", f"/v1/dossiers/{online}/{action}", body), status, code)
    assert taken(act(officer, online, "receive"))["code"]


def test_an_act_before_the_one_before_it_is_refused(system: System, officer: Caller) -> None:
    online = taken(officer.post("intake", "/v1/submissions", submission(channel="online")))["dossier"]
    with system.nothing_recorded():
        refused(act(officer, online, "receive", happened_at=at(hours=3)), 422, "time-before-previous")
