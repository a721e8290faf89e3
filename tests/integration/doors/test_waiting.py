"""The applicant is asked for money in the middle of a leg, answers at the desk, or takes the dossier back."""

from __future__ import annotations

import pytest

from tests.fixtures.doors import Caller, System, refused, taken
from tests.integration.doors.conftest import await_status, open_leg, received

pytestmark = pytest.mark.integration


def asked_to_pay(officer: Caller, agency: Caller) -> str:
    """Return a dossier whose first agency waits for a payment."""
    dossier = received(officer)
    leg = open_leg(agency, dossier)
    taken(agency.post("processing", "/v1/commands/accept-leg", {"leg": leg}))
    taken(agency.post("processing", "/v1/commands/request-payment", {"leg": leg, "reason": "Lệ phí"}))
    await_status(officer, dossier, 6)
    return dossier


def test_a_payment_is_asked_for_and_fulfilled_at_the_desk(
    system: System, officer: Caller, first: Caller
) -> None:
    dossier = asked_to_pay(officer, first)
    with system.nothing_recorded():
        refused(first.post("intake", f"/v1/dossiers/{dossier}/fulfil", {}), 403, "forbidden")

    answer = taken(officer.post("intake", f"/v1/dossiers/{dossier}/fulfil", {"note": "Biên lai 0815"}))

    assert answer["status"] == 4
    explained = taken(officer.get("intake", f"/v1/dossiers/{dossier}/due"))
    assert [pause["kind"] for pause in explained["pauses"]] == ["payment"]
    assert explained["steps"][-1]["until"] == explained["due_at"] == answer["due_at"]
    with system.nothing_recorded():
        refused(officer.post("intake", f"/v1/dossiers/{dossier}/fulfil", {}), 409, "no-open-pause")


def test_who_does_not_pay_takes_the_dossier_back(
    system: System, officer: Caller, administrator: Caller, first: Caller
) -> None:
    dossier = asked_to_pay(officer, first)

    path = f"/v1/dossiers/{dossier}/withdraw"
    assert taken(officer.post("intake", path, {"reason": "Không nộp lệ phí"}))["status"] == 7

    system.settle()
    with system.nothing_recorded():
        refused(officer.post("intake", path, {"reason": "Không nộp lệ phí"}), 409, "wrong-status")
    for service in ("intake", "routing", "processing"):
        parked = taken(administrator.get(service, "/v1/parked"))["parked"]
        assert dossier not in [one["dossier"] for one in parked]
