"""Replays to agencies at the doors: previewed, begun once, followed, steered; by administrators alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.builders.doors import FIRST, agency
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

CONNECTED = "H47.98"
WHY = "Máy chủ của cơ quan hỏng"


@pytest.fixture(scope="module", autouse=True)
def connected(system: System, administrator: Caller) -> None:
    """An agency with a system of its own, which was sent nothing yet."""
    taken(administrator.put("routing", "/v1/reference", {"agencies": [agency(CONNECTED, connected=True)]}))
    system.settle()


def preview(caller: Caller, **asked: Any) -> Any:
    return caller.post("processing", "/v1/replays/previews", {"agency": CONNECTED, **asked})


def test_a_preview_of_nothing_says_so_and_a_replay_of_nothing_is_refused(
    system: System, administrator: Caller
) -> None:
    said = taken(preview(administrator))
    assert (said["messages"], said["first_at"], said["seconds"]) == (0, None, 0)
    with system.nothing_recorded():
        asked = {"agency": CONNECTED, "reason": WHY}
        refused(administrator.post("processing", "/v1/replays", asked), 422, "nothing-to-replay")


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"agency": "nobody"}, 422, "unknown-agency"),
        ({"agency": FIRST}, 409, "agency-has-no-system"),
        ({"dossier": "no-such"}, 404, "unknown-dossier"),
        ({"from": "yesterday"}, 422, "invalid"),
        ({"from": "2025-07-02T00:00:00Z", "until": "2025-07-01T00:00:00Z"}, 422, "invalid"),
        ({"rate": 0}, 422, "invalid"),
        ({"everything": True}, 422, "invalid"),
    ],
)
def test_what_cannot_be_selected_is_refused_with_a_code(
    administrator: Caller, asked: dict[str, Any], status: int, code: str
) -> None:
    refused(preview(administrator, **asked), status, code)


def test_a_reason_is_needed(system: System, administrator: Caller) -> None:
    with system.nothing_recorded():
        refused(administrator.post("processing", "/v1/replays", {"agency": CONNECTED}), 422, "invalid")


def test_replays_that_are_not_there_are_not_found(administrator: Caller) -> None:
    for unknown in (str(uuid4()), "no-id"):
        refused(administrator.get("processing", f"/v1/replays/{unknown}"), 404, "unknown-replay")
        for act in ("pause", "resume", "cancel"):
            path = f"/v1/replays/{unknown}/{act}"
            refused(administrator.post("processing", path, {"reason": WHY}), 404, "unknown-replay")
    path = f"/v1/replays/{uuid4()}/erase"
    refused(administrator.post("processing", path, {"reason": WHY}), 404, "unknown-replay-act")
    assert taken(administrator.get("processing", "/v1/replays"))["replays"] == []


def test_only_an_administrator_may(officer: Caller) -> None:
    refused(preview(officer), 403, "forbidden")
    refused(officer.get("processing", "/v1/replays"), 403, "forbidden")
    asked = {"agency": CONNECTED, "reason": WHY}
    refused(officer.post("processing", "/v1/replays", asked, fresh_key()), 403, "forbidden")
