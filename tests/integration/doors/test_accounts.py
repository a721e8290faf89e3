"""Accounts of agencies' own systems: made once, renewed, ended, each with who and why; secrets never pass here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.doors import FIRST, agency
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

CONNECTED = "H47.66"
WHY = {"reason": "Kết nối hệ thống mới"}


@pytest.fixture(scope="module", autouse=True)
def connected(system: System, administrator: Caller) -> None:
    """An agency with a system of its own."""
    taken(administrator.put("routing", "/v1/reference", {"agencies": [agency(CONNECTED, connected=True)]}))
    system.settle()


def act(caller: Caller, what: str, agency: str = CONNECTED, key: str | None = None, **more: Any) -> Any:
    return caller.post("processing", f"/v1/agencies/{agency}/account/{what}", {**WHY, **more}, key)


def test_an_account_lives_once_at_a_time(system: System, administrator: Caller) -> None:
    refused(administrator.get("processing", f"/v1/agencies/{CONNECTED}/account"), 404, "not-enrolled")
    refused(act(administrator, "rotate"), 404, "not-enrolled")
    refused(act(administrator, "retire"), 404, "not-enrolled")

    key = fresh_key()
    made = taken(act(administrator, "enrol", key=key))
    assert (made["agency"], made["active"], made["rotations"]) == (CONNECTED, True, 0)
    assert taken(act(administrator, "enrol", key=key)) == made, "asked again under its key"
    with system.nothing_recorded():
        refused(act(administrator, "enrol"), 409, "already-enrolled")

    renewed = taken(act(administrator, "rotate"))
    assert renewed["rotations"] == 1
    assert taken(administrator.get("processing", f"/v1/agencies/{CONNECTED}/account")) == renewed

    assert not taken(act(administrator, "retire"))["active"]
    assert not taken(act(administrator, "retire"))["active"], "ended already, it stays so"
    refused(act(administrator, "rotate"), 404, "not-enrolled")
    assert taken(act(administrator, "enrol"))["active"], "it may come back"

    listed = taken(administrator.get("processing", "/v1/accounts"))["accounts"]
    (own,) = (one for one in listed if one["agency"] == CONNECTED)
    assert (own["active"], own["has_system"]) == (True, True)
    assert [one["agency"] for one in listed] == sorted(one["agency"] for one in listed)


@pytest.mark.parametrize(
    ("agency", "status", "code"),
    [
        (FIRST, 409, "agency-has-no-system"),
        ("H00.1", 422, "unknown-agency"),
        ("x" * 3000, 422, "unknown-agency"),
    ],
)
def test_only_agencies_with_a_system_get_one(
    system: System, administrator: Caller, agency: str, status: int, code: str
) -> None:
    with system.nothing_recorded():
        refused(act(administrator, "enrol", agency), status, code)


def test_only_administrators_act_and_say_why(system: System, administrator: Caller) -> None:
    path = f"/v1/agencies/{CONNECTED}/account/rotate"
    with system.nothing_recorded():
        for role in ("agency", "agency-system", "auditor", "receiving_officer"):
            refused(act(system.caller(role, CONNECTED), "rotate"), 403, "forbidden")
        refused(administrator.post("processing", path, {}), 422, "invalid")
        refused(administrator.post("processing", path, {**WHY, "password": "x"}), 422, "invalid")
        refused(act(administrator, "erase"), 404, "no-such-door")
