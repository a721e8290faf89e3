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
from tests.end_to_end.own_system import own_system
from tests.end_to_end.province import DESK, POLICE, at, put_reference, submit
from tests.end_to_end.records import number, rows
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


def test_what_the_broker_has_is_held_against_what_was_recorded(
    stack: Stack, agency: Callable[..., Said]
) -> None:
    def told() -> dict[str, str]:
        """Return what differs of two agencies; the stack's others were never recorded."""
        said = lienthong("agency", "reconcile", "--json", "--run", str(stack.directory))
        assert said.json["left"] == said.json["differences"]
        assert said.status == (1 if said.json["left"] else 0)
        return {one["agency"]: one["code"] for one in said.json["left"] if one["agency"] in {AGENCY, "H00.0"}}

    stack.enrol("H00.0")
    agency("enrol")
    assert told() == {"H00.0": "unrecorded"}
    stack.rabbit.control("delete_user", f"agency.{AGENCY}")
    stack.rabbit.control("delete_user", "agency.H00.0")
    assert told() == {AGENCY: "missing"}
    agency("rotate")
    assert told() == {}
    agency("retire", "--accept-unanswered")
    assert told() == {}


def test_hand_overs_of_a_retired_account_wait_for_who_is_enrolled_again(
    stack: Stack, agency: Callable[..., Said]
) -> None:
    agency("enrol")
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        (dossier,) = submit(desk, 1, "for a retired account")
    waits = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND state = 'sent'"
    eventually(lambda: number(stack, waits, AGENCY), "the hand-over lies on the queue")
    refused = agency("retire")
    assert (refused.status, "account-has-unanswered" in refused.words) == (1, True)
    assert agency("retire", "--accept-unanswered").status == 0
    with own_system(AGENCY, agency("enrol").json["LIENTHONG_BROKER"]) as police:
        hand_over = police.hand_over_of(dossier)
        for name in ("acknowledge-message", "accept-leg", "complete-leg"):
            police.say(name, hand_over.data["leg"], cause=hand_over.id)
        answered = "SELECT state FROM processing.work WHERE leg_id = %s"
        eventually(
            lambda: rows(stack, answered, hand_over.data["leg"]) == [("completed",)], "its answer is heard"
        )
    agency("retire", "--accept-unanswered")


def test_a_certificate_needs_tls_and_nothing_is_recorded_without(
    stack: Stack, agency: Callable[..., Said]
) -> None:
    before = rows(stack, "SELECT count(*) FROM processing.event")
    refused = agency("enrol", "--certificate")
    assert (refused.status, "amqps://" in refused.words) == (2, True)
    assert rows(stack, "SELECT count(*) FROM processing.event") == before


def test_who_comes_in_by_a_certificate_is_given_no_password(
    stack: Stack, agency: Callable[..., Said]
) -> None:
    made = agency("enrol", "--certificate", "--broker", "amqps://broker.example:5671").json
    assert made["LIENTHONG_BROKER"] == "amqps://broker.example:5671/%2Flienthong"
    assert (made["LIENTHONG_CERTIFICATE"], made["LIENTHONG_KEY"]) == (
        f"agency.{AGENCY}.pem",
        f"agency.{AGENCY}.key",
    )
    told = stack.rabbit.control("export_definitions", "-", "--format", "json")
    (user,) = (one for one in json.loads(told)["users"] if one["name"] == f"agency.{AGENCY}")
    assert user["password_hash"] == ""
    agency("retire", "--accept-unanswered")


def test_who_may_not_come_in_is_told_why(agency: Callable[..., Said]) -> None:
    for name, code in ((DESK, "agency-has-no-system"), ("H00.0", "unknown-agency")):
        refused = agency("enrol", name=name)
        assert refused.status == 1
        assert code in refused.words
