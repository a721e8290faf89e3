"""Each rule on commands catches what breaks it, and nothing else does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy.conformance.desk import Seen
from deploy.conformance.judging import doubled, judge, unrepeated
from deploy.conformance.letters import (
    forgotten,
    hand_over,
    in_next_epoch,
    notice,
    refusal,
    request_notice,
    restored,
    written_request,
)
from deploy.conformance.report import NOT_TRIED, Report
from deploy.conformance.rules import OF_COMMANDS
from deploy.connector.messages import command
from shared.contracts.envelope import from_bytes
from shared.contracts.registry import load

AGENCY = "TEST.1"
LEG = str(uuid4())
LEGS = {"hand-over-1": LEG}
NOW = datetime(2025, 7, 7, 4, 0, tzinfo=UTC)


def body(name: str = "acknowledge-message", **changes: Any) -> dict[str, Any]:
    data = changes.pop("fields", {})
    told = command(AGENCY, name, LEG, data, answers="hand-over-1", id_=f"{AGENCY}/{name}")
    return told | {"time": NOW.isoformat()} | changes


def seen(document: dict[str, Any], **properties: Any) -> Seen:
    key = properties.pop("routing_key", document["type"].rpartition(".")[2])
    headers = properties.pop("headers", {"cloudEvents:id": document["id"]})
    usual = {
        "user_id": f"agency.{AGENCY}",
        "message_id": document["id"],
        "content_type": "application/cloudevents+json",
        "delivery_mode": 2,
    }
    return Seen(json.dumps(document).encode(), key, usual | properties, headers, NOW)


def broken(*commands: Seen) -> list[str]:
    report = Report()
    judge(report, AGENCY, commands, LEGS)
    return report.failures()


def test_commands_as_the_contract_wants_them_break_no_rule() -> None:
    good = [seen(body(name)) for name in ("acknowledge-message", "accept-leg", "complete-leg")]

    assert broken(*good, good[0]) == []


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (seen(body(), user_id=None), "user-id"),
        (seen(body(), user_id="agency.TEST.2"), "user-id"),
        (seen(body(), message_id="other"), "message-id"),
        (seen(body(), content_type="application/json"), "content-type"),
        (seen(body(), delivery_mode=1), "persistent"),
        (seen(body(), routing_key="accept-leg"), "routing-key"),
        (seen(body(), headers={"cloudEvents:source": "/agencies/TEST.2"}), "headers"),
        (seen(body(source="/agencies/TEST.2")), "source"),
        (seen(body(specversion="0.3")), "body"),
        (seen(body(dataschema="urn:lienthong:command:accept-leg:1")), "body"),
        (seen(body(dataschema="urn:lienthong:command:acknowledge-message:2")), "body"),
        (seen(body(fields={"colour": "red"})), "body"),
        (seen(body(id="x" * 201)), "body"),
        (seen(body("return-leg")), "body"),
        (seen(body(time="2025-07-07T04:00:00")), "time"),
        (seen(body(time=(NOW + timedelta(hours=1)).isoformat())), "time"),
        (seen(body(time=(NOW - timedelta(hours=25)).isoformat())), "time"),
        (seen(body(causationid="hand-over-2")), "causation"),
        (seen(body(data={"leg": str(uuid4())})), "causation"),
        (seen(body("complete-leg")), "accepts-first"),
    ],
)
def test_each_fault_breaks_its_own_rule_alone(wrong: Seen, rule: str) -> None:
    assert broken(wrong) == [rule]


def test_a_command_that_is_no_json_is_found() -> None:
    assert {"body", "causation"} <= set(broken(Seen(b"accept", "accept-leg", {}, {}, NOW)))


def test_an_id_for_two_commands_is_found_and_a_repeated_command_is_not() -> None:
    again = body(time=(NOW + timedelta(seconds=5)).isoformat())

    assert broken(seen(body()), seen(again)) == []
    assert broken(seen(body()), seen(body(fields={"reference": "2"}))) == ["one-id-one-command"]


def test_one_hand_over_is_answered_under_one_id_but_work_may_be_recorded_often() -> None:
    steps = [body("record-work", id=f"step-{number}") for number in (1, 2)]

    assert list(doubled(steps, "hand-over-1")) == []
    assert len([*doubled([body(), body(id="again")], "hand-over-1")]) == 1


def test_without_commands_nothing_about_commands_is_said_to_be_tried() -> None:
    report = Report()
    judge(report, AGENCY, [], LEGS)

    assert {o.word for o in report.outcomes if o.rule.code in OF_COMMANDS} == {NOT_TRIED}


def test_what_the_kit_sends_is_what_the_contract_promises() -> None:
    told = hand_over(AGENCY, kind="opinion", at_term="consent")
    asked = written_request(AGENCY)
    of_requests = (asked, request_notice(asked))
    for message in (
        told,
        notice(told, "paused"),
        refusal(body()),
        restored(AGENCY, NOW),
        forgotten(body()),
        *of_requests,
    ):
        assert load(from_bytes(json.dumps(in_next_epoch(message)).encode()))


def test_an_answer_that_does_not_come_again_is_found() -> None:
    before = [body(), body("accept-leg")]

    assert unrepeated(before, [before[1], before[0]], "hand-over-1") == []
    assert [words.partition(",")[0] for words in unrepeated(before, before[:1], "hand-over-1")] == [
        f"{AGENCY}/accept-leg"
    ]
    assert unrepeated(before, [], "hand-over-2") == []
