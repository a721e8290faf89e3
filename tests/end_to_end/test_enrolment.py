"""An agency's system is let in, gets new secrets, and is shut out: by the verbs, on a real RabbitMQ."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from amqp.exceptions import AccessRefused, ConnectionForced

from deploy.stack import Stack
from shared.messaging.amqp_transport import connect
from tests.end_to_end.command_line import Said, lienthong
from tests.end_to_end.province import DESK, POLICE, put_reference
from tests.end_to_end.records import rows
from tests.end_to_end.waiting import eventually

pytestmark = pytest.mark.end_to_end

AGENCY = POLICE
WHY = ("--reason", "Kết nối hệ thống một cửa")


@pytest.fixture
def agency(stack: Stack) -> Callable[..., Said]:
    """Run a verb of the group."""
    put_reference(stack)

    def run(verb: str, *words: str, name: str = AGENCY) -> Said:
        return lienthong("agency", verb, name, *WHY, *words, "--json", "--run", str(stack.directory))

    return run


def opens(address: str) -> Any:
    return connect(address, timeout_seconds=20, heartbeat_seconds=60)


def worklist(values: dict[str, str]) -> int:
    headers = {"Authorization": f"Bearer {values['LIENTHONG_TOKEN']}"}
    return requests.get(
        f"{values['LIENTHONG_PROCESSING']}/v1/worklist", headers=headers, timeout=10
    ).status_code


def test_secrets_open_what_they_should_until_they_are_new_or_gone(
    stack: Stack, agency: Callable[..., Said]
) -> None:
    first = agency("enrol", "--max-length", "500").json
    assert (first["LIENTHONG_AGENCY"], first["LIENTHONG_USER_ID"]) == (AGENCY, f"agency.{AGENCY}")
    assert worklist(first) == 200
    connection = opens(first["LIENTHONG_BROKER"])
    eventually(lambda: policy(stack) == f"agency.{AGENCY}", "the queue's own policy holds")
    limits = stack.rabbit.control("list_user_limits", "--user", f"agency.{AGENCY}")
    assert "max-connections" in limits

    twice = agency("enrol")
    assert (twice.status, "already-enrolled" in twice.words) == (1, True)

    second = agency("rotate").json
    with pytest.raises((OSError, ConnectionForced)):
        connection.drain_events(timeout=20)
    connection.collect()
    with pytest.raises(AccessRefused):
        opens(first["LIENTHONG_BROKER"])
    assert (worklist(first), worklist(second)) == (401, 200)
    opens(second["LIENTHONG_BROKER"]).close()

    assert agency("retire", "--accept-unanswered").json["active"] is False
    assert agency("retire").status == 0, "once more changes nothing"
    with pytest.raises(AccessRefused):
        opens(second["LIENTHONG_BROKER"])
    assert worklist(second) == 401
    eventually(lambda: policy(stack) == "agencies", "the queue is as all others")
    refused = agency("rotate")
    assert (refused.status, "not-enrolled" in refused.words) == (1, True)

    recorded = rows(
        stack, "SELECT topic FROM processing.event WHERE topic LIKE 'processing.account.%%' ORDER BY position"
    )
    assert [topic.rpartition(".")[2] for (topic,) in recorded] == ["enrolled", "rotated", "retired"]


def policy(stack: Stack) -> str:
    """Return the name of the policy that holds for the agency's queue."""
    told = stack.rabbit.control("list_queues", "-p", "/lienthong", "name", "policy", "--formatter", "json")
    return next(str(one["policy"]) for one in json.loads(told) if one["name"] == f"agency.{AGENCY}")


def test_who_may_not_come_in_is_told_why(agency: Callable[..., Said]) -> None:
    for name, code in ((DESK, "agency-has-no-system"), ("H00.0", "unknown-agency")):
        refused = agency("enrol", name=name)
        assert refused.status == 1
        assert code in refused.words
