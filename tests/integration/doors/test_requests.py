"""Reminders and requests for a written report: through the doors, from issue to the target that comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.contracts.operations.answers import WorklistAnswer
from deploy.contracts.operations.requests import RequestAnswer, RequestsAnswer
from tests.builders.doors import BYSTANDER, CONNECTED, DESK, FIRST, OTHER_DESK, SECOND, agency, at
from tests.contract.messages.test_answers import check
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken, wait_for

pytestmark = pytest.mark.integration

HOME = "H47.70"
"""The agency above those of this test; it and a sister of theirs may urge them."""
URGING, SLOW, QUICK = "H47.701", "H47.702", "H47.703"
TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()
ABOUT = {
    "report": "online",
    "question": {"from": "2023-01-01", "to": "2023-12-25", "by": "unit"},
    "as_of": "2023-12-26T00:00:00Z",
    "indicator": "online",
}
PROPOSAL = {"year": 2024, "percent": "40", "reach_by": "2024-12-25", "reason": "Chưa đủ nguồn lực"}


@pytest.fixture(scope="module", autouse=True)
def province(system: System, administrator: Caller) -> None:
    """A department beside two units, all under one agency."""
    under = [agency(name, parent=HOME) for name in (URGING, SLOW, QUICK)]
    taken(administrator.put("routing", "/v1/reference", {"agencies": [agency(HOME), *under]}))
    system.settle()


@pytest.fixture
def urging(system: System) -> Caller:
    return system.caller("agency", URGING)


@pytest.fixture
def slow(system: System) -> Caller:
    return system.caller("agency", SLOW)


def issue(caller: Caller, reference: str, *to: str, key: str | None = None, **changed: Any) -> Any:
    content = {
        "kind": "report",
        "reference": reference,
        "issuer": URGING,
        "subject": "Tỷ lệ hồ sơ trực tuyến chưa đạt",
        "basis": "Công văn 4067/UBND-TTHCC",
        "due_on": f"{TODAY + timedelta(days=5)}",
        "about": ABOUT,
        "addressees": [{"agency": one, "figure": "12.5", "target": "50"} for one in to or (SLOW, QUICK)],
        **changed,
    }
    return caller.post("processing", "/v1/requests", content, key)


def command(caller: Caller, name: str, request: str, **data: Any) -> Any:
    return caller.post("processing", f"/v1/commands/{name}", {"request": request, **data})


def steer(caller: Caller, act: str, request: str, **data: Any) -> Any:
    return caller.post("processing", f"/v1/requests/{request}/{act}", data)


def test_an_answer_with_a_proposal_becomes_the_next_version_of_the_target(
    system: System, administrator: Caller, urging: Caller, slow: Caller
) -> None:
    target = {"indicator": "online", "scope": "agency", "of": SLOW, "year": 2024}
    decided = {"percent": "50", "reach_by": "2024-12-25", "basis": "Quyết định 17"}
    taken(administrator.post("processing", "/v1/targets", {**target, **decided}))
    key = fresh_key()
    issued = taken(issue(urging, "1/STTTT", key=key))
    check(RequestAnswer, issued)
    request = issued["request"]
    with system.nothing_recorded():
        assert taken(issue(urging, "1/STTTT", key=key)) == issued, "asked again under its key"
        refused(issue(urging, "1/STTTT", subject="Khác"), 409, "request-reference-taken")

    assert taken(issue(urging, "1/STTTT", SLOW)) == issued, "its reference is issued once, with that list"

    worklist = taken(slow.get("processing", "/v1/worklist"))
    check(WorklistAnswer, worklist)
    assert [one["reference"] for one in worklist["requests"]] == ["1/STTTT"]
    taken(command(slow, "receive-request", request, officer="Lê Thị Mai"))
    paper = {"name": "Báo cáo 7", "sha256": "a" * 64}
    answered = taken(
        command(slow, "answer-request", request, text="Báo cáo", attachments=[paper], proposal=PROPOSAL)
    )
    check(RequestAnswer, answered)
    assert taken(slow.get("processing", "/v1/worklist"))["requests"] == []
    with system.nothing_recorded():
        refused(command(slow, "answer-request", request, text="Lần nữa"), 409, "request-already-answered")
        refused(command(slow, "receive-request", request), 409, "request-already-answered")
        refused(
            steer(urging, "decide", request, agency=SLOW, decision="approved", basis="x"), 403, "forbidden"
        )
        other = {"agency": QUICK, "decision": "approved", "basis": "x"}
        refused(steer(administrator, "decide", request, **other), 409, "no-proposal")

    basis = "Quyết định 20/QĐ-UBND"
    said = steer(administrator, "decide", request, agency=SLOW, decision="approved", basis=basis)
    check(RequestAnswer, taken(said))
    now = taken(administrator.get("processing", "/v1/targets", **{**target, "year": "2024"}))
    assert (now["percent"], now["version"], now["basis"]) == ("40", 2, basis)
    with system.nothing_recorded():
        again = {"agency": SLOW, "decision": "declined", "basis": "x"}
        refused(steer(administrator, "decide", request, **again), 409, "proposal-already-decided")

    together = taken(steer(urging, "consolidate", request, text="Một đơn vị chưa báo cáo"))
    assert together["state"] == "consolidated"
    refused(steer(urging, "consolidate", request, text="Lại"), 409, "request-already-consolidated")
    listed = taken(urging.get("processing", "/v1/requests", state="consolidated"))
    check(RequestsAnswer, listed)
    assert [(one["addressees"], one["answered"]) for one in listed["requests"]] == [(2, 1)]


def test_only_issuer_and_addressees_have_to_do_with_it(
    system: System, administrator: Caller, urging: Caller, slow: Caller, first: Caller
) -> None:
    request = taken(issue(urging, "2/STTTT", SLOW))["request"]
    with system.nothing_recorded():
        refused(issue(slow, "3/STTTT"), 403, "forbidden")
        refused(issue(urging, "3/STTTT", FIRST), 403, "not-under-issuer")
        refused(issue(urging, "3/STTTT", "H00.9"), 422, "unknown-agency")
        refused(issue(urging, "3/STTTT", SLOW, SLOW), 422, "invalid")
        refused(issue(urging, "3/STTTT", due_on="2020-02-30"), 422, "invalid")
        refused(issue(urging, "3/STTTT", due_on="2020-02-28"), 422, "request-due-before-issued")
        refused(command(first, "answer-request", request, text="x"), 403, "not-addressed")
        refused(command(slow, "answer-request", fresh_key(), text="x"), 422, "invalid")
        refused(command(slow, "answer-request", system_id(), text="x"), 404, "unknown-request")
        refused(steer(slow, "withdraw", request, reason="x"), 403, "not-yours-to-steer")
        refused(steer(urging, "burn", request), 404, "unknown-request-act")
        refused(first.get("processing", f"/v1/requests/{request}"), 404, "unknown-request")
        refused(first.get("processing", "/v1/requests", agency=SLOW), 403, "forbidden")
    seen = taken(slow.get("processing", f"/v1/requests/{request}"))
    assert [part["agency"] for part in seen["addressees"]] == [SLOW]
    outside = taken(issue(administrator, "1/UBND", FIRST, SECOND, issuer=DESK, consolidator=OTHER_DESK))
    assert outside["consolidator"] == OTHER_DESK, "the province's own may ask anybody"


def system_id() -> str:
    """Return the id of nothing."""
    return "00000000-0000-4000-8000-000000000000"


def test_after_withdrawal_and_before_issue_nothing_is_answered(
    system: System, urging: Caller, slow: Caller
) -> None:
    request = taken(issue(urging, "4/STTTT", SLOW, about=None))["request"]
    with system.nothing_recorded():
        early = command(slow, "answer-request", request, text="x", happened_at=at(hours=2))
        refused(early, 422, "before-the-request")
        refused(
            command(slow, "answer-request", request, text="x", proposal=PROPOSAL),
            422,
            "proposal-without-target",
        )
        refused(command(slow, "answer-request", request, text="x", proposal={}), 422, "invalid")
    taken(steer(urging, "withdraw", request, reason="Ban hành nhầm"))
    with system.nothing_recorded():
        refused(command(slow, "answer-request", request, text="x"), 409, "request-is-withdrawn")
        refused(command(slow, "receive-request", request), 409, "request-is-withdrawn")
        refused(steer(urging, "withdraw", request, reason="x"), 409, "request-is-withdrawn")
    left = taken(slow.get("processing", "/v1/worklist"))["requests"]
    assert request not in {one["request"] for one in left}


def test_an_agency_with_a_system_of_its_own_gets_it_and_answers_as_a_message(
    system: System, administrator: Caller
) -> None:
    taken(issue(administrator, "5/UBND", CONNECTED, issuer=BYSTANDER, kind="reminder", about=None))

    def row() -> list[tuple[Any, ...]]:
        sql = f"SELECT kind, state FROM delivery WHERE agency = '{CONNECTED}' AND dossier_id = leg_id"
        return [tuple(found) for found in system.rows("processing", sql)]

    assert wait_for(row) in ([("hand-over", "waiting")], [("hand-over", "sent")])
