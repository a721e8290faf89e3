"""A dossier's way is one trace: from the desk's request to the hand-over, the command and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from shared import tracing
from tests.builders.doors import (
    CATALOGUE,
    CONNECTED,
    DESK,
    REGISTER,
    SECRETS,
    at,
    leg,
    process,
    submission,
)
from tests.fixtures.collector import Collector, Seen, above, collector, only
from tests.fixtures.doors import System, fresh_key, refused, running, taken, wait_for

pytestmark = pytest.mark.integration

SUBMIT = ("intake", "POST /v1/submissions")
RECEIVED = "lienthong.intake.dossier-received"
OPENED = "lienthong.routing.leg-opened"
HAND_OVER = "lienthong.agency.leg-hand-over"
COMPLETE = "lienthong.command.complete-leg"
COMPLETED = "lienthong.processing.leg-completed"
RESOLVED = "lienthong.intake.dossier-resolved"
LAST = ("statistics", f"process {RESOLVED}")

CHAIN = [
    SUBMIT,
    ("intake", f"publish {RECEIVED}"),
    ("routing", f"process {RECEIVED}"),
    ("routing", f"publish {OPENED}"),
    ("processing", f"process {OPENED}"),
    ("processing", f"publish {HAND_OVER}"),
    ("processing", f"process {COMPLETE}"),
    ("processing", f"publish {COMPLETED}"),
    ("routing", f"process {COMPLETED}"),
    ("routing", "publish lienthong.routing.itinerary-completed"),
    ("intake", "process lienthong.routing.itinerary-completed"),
    ("intake", f"publish {RESOLVED}"),
    LAST,
]
"""Each is the parent of the next."""
REFUSED = ("processing", "process lienthong.command.record-work")
SENT = ("processing", f"publish {HAND_OVER}")
COMMANDED = [("processing", f"process lienthong.command.{name}") for name in ("accept-leg", "complete-leg")]
OUT_OF_TURN = (409, "out-of-turn")
THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def collected() -> Iterator[Collector]:
    with collector() as kept:
        yield kept


@pytest.fixture(scope="module")
def traced(collected: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Services that tell of their work, one agency on the way, which asks for its messages over HTTP."""
    register = {**REGISTER, "processes": [process(legs=[leg({"id": CONNECTED})])]}
    with running(tmp_path_factory.mktemp("traced"), collected.environment) as system:
        administrator = system.caller("administrator")
        taken(administrator.put("routing", "/v1/reference", register))
        taken(administrator.put("intake", "/v1/reference", CATALOGUE))
        system.settle()
        way = {"way": "pull", "reason": "tường lửa"}
        headers = {"Idempotency-Key": fresh_key()}
        taken(
            administrator.send(
                "PUT", "processing", f"/v1/agencies/{CONNECTED}/delivery", way, headers=headers
            )
        )
        yield system


@pytest.fixture(scope="module")
def trace(traced: System, collected: Collector) -> list[Seen]:
    """All spans about a dossier that went its way."""
    officer = traced.caller("receiving_officer", DESK)
    headers = {"Idempotency-Key": fresh_key(), "traceparent": THEIRS}
    answer = taken(officer.send("POST", "intake", "/v1/submissions", submission(), headers=headers))
    hand_over = wait_for(lambda: pulled(traced, answer["dossier"]))
    refused(commanded(traced, hand_over, "record-work", step="Thẩm định"), *OUT_OF_TURN)
    taken(commanded(traced, hand_over, "accept-leg"))
    taken(commanded(traced, hand_over, "complete-leg"))
    return collected.trace_with(answer["dossier"], *CHAIN, REFUSED)


def test_a_message_that_is_pulled_says_in_which_span_it_was_sent_and_a_command_may_answer_in_it(
    traced: System, collected: Collector
) -> None:
    officer = traced.caller("receiving_officer", DESK)
    answer = taken(
        officer.send(
            "POST",
            "intake",
            "/v1/submissions",
            submission(),
            headers={"Idempotency-Key": fresh_key()},
        )
    )
    hand_over = wait_for(lambda: pulled(traced, answer["dossier"]))
    place = tracing.read_traceparent(hand_over["traceparent"])
    assert place
    theirs = replace(place, span=place.span ^ 1).traceparent()
    taken(commanded(traced, hand_over, "accept-leg", header=theirs))
    taken(commanded(traced, hand_over, "complete-leg", attribute=theirs))

    spans = collected.trace_with(answer["dossier"], SENT, *COMMANDED)
    sent = only(spans, *SENT)
    assert (int(sent.trace, 16), int(sent.span, 16)) == (place.trace, place.span)
    assert [int(only(spans, *command).parent, 16) for command in COMMANDED] == [place.span ^ 1] * 2


def pulled(system: System, dossier: str) -> dict[str, Any] | None:
    caller = system.caller("agency-system", CONNECTED)
    page = taken(caller.get("processing", f"/v1/agencies/{CONNECTED}/messages"))
    return next((m for m in page["messages"] if m["data"].get("dossier") == dossier), None)


def commanded(
    system: System,
    hand_over: dict[str, Any],
    name: str,
    *,
    header: str | None = None,
    attribute: str | None = None,
    **data: str,
) -> requests.Response:
    command = {
        "specversion": "1.0",
        "id": fresh_key(),
        "source": f"/agencies/{CONNECTED}",
        "type": f"lienthong.command.{name}",
        "time": at(seconds=0),
        "dataschema": f"urn:lienthong:command:{name}:1",
        "causationid": hand_over["id"],
        "data": {"leg": hand_over["data"]["leg"], **data},
        **({"traceparent": attribute} if attribute else {}),
    }
    headers = {"traceparent": header} if header else {}
    caller = system.caller("agency-system", CONNECTED)
    door = f"/v1/agencies/{CONNECTED}/commands"
    return caller.send("POST", "processing", door, command, headers=headers)


def test_from_the_request_to_the_hand_over_and_back_each_step_is_the_parent_of_the_next(
    trace: list[Seen],
) -> None:
    spans = [only(trace, *step) for step in CHAIN]
    assert [above(trace, span) for span in spans] == [None, *spans[:-1]]


def test_every_other_span_of_the_trace_has_its_parent_there_too(trace: list[Seen]) -> None:
    assert [span.of for span in trace if span.parent and above(trace, span) is None] == []
    assert [span.of for span in trace if not span.parent] == [SUBMIT]
    assert len({span.span for span in trace}) == len(trace), "no span is told twice"


def test_every_service_that_heard_of_it_is_there(trace: list[Seen]) -> None:
    heard = {span.service for span in trace if span.name == f"process {RECEIVED}"}
    assert heard == {"routing", "statistics"}


def test_a_span_says_which_dossier_and_nothing_of_the_person(trace: list[Seen]) -> None:
    said = [text for span in trace for text in (span.name, *span.attributes, *span.attributes.values())]
    assert {"lienthong.dossier", "lienthong.dossier.code", "lienthong.correlation"} <= set(said)
    assert not [text for text in said if any(secret in text for secret in (*SECRETS, "receiving_officer"))]
    assert only(trace, *CHAIN[5]).attributes["lienthong.agency"] == CONNECTED


def test_a_callers_own_trace_is_linked(trace: list[Seen]) -> None:
    assert only(trace, *SUBMIT).links == [THEIRS.split("-")[1]]


def test_a_refused_command_stands_in_the_trace_with_its_code(trace: list[Seen]) -> None:
    span = only(trace, *REFUSED)
    assert (span.failed, span.attributes["lienthong.problem"]) == (True, OUT_OF_TURN[1])


def test_a_refused_request_is_a_trace_of_its_own(traced: System, collected: Collector) -> None:
    officer = traced.caller("receiving_officer", DESK)
    refused(officer.post("intake", "/v1/submissions", submission(procedure="0.0")), 422, "unknown-procedure")
    span = wait_for(
        lambda: next(
            (s for s in collected.spans if s.attributes.get("lienthong.problem") == "unknown-procedure"), None
        )
    )
    assert (span.of, span.failed, span.parent) == (SUBMIT, True, "")
    assert [one for one in collected.spans if one.trace == span.trace] == [span]


def test_each_line_of_a_batch_is_in_its_dossiers_trace(traced: System, collected: Collector) -> None:
    officer = traced.caller("receiving_officer", DESK)
    lines = [{"key": fresh_key(), "action": "submit", "data": submission()} for _ in range(2)]
    answers = officer.lines("intake", *lines)
    for answer in answers:
        spans = collected.trace_with(answer["answer"]["dossier"], ("intake", "POST /v1/batches"))
        assert only(spans, "intake", "POST /v1/batches").parent == ""
