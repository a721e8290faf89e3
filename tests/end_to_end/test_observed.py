"""What the full stack tells of a dossier's way: one trace over RabbitMQ, and log lines for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.names import SERVICES
from deploy.play.client import Client, DoorError
from deploy.stack import Stack
from tests.end_to_end import province
from tests.end_to_end.own_system import command, own_system
from tests.end_to_end.waiting import eventually
from tests.fixtures.collector import Collector, above, collector, only

pytestmark = pytest.mark.end_to_end

DESK, BUREAU = "H64.20.11", "H64.61.2011"
PROCEDURE = "TH-THEODOI"
PERSON = "Nguyễn Thị Kín"

HAND_OVER = ("processing", "publish lienthong.agency.leg-hand-over")
ACCEPT = ("processing", "process lienthong.command.accept-leg")
COMPLETE = ("processing", "process lienthong.command.complete-leg")
REFUSED = ("processing", "process lienthong.command.return-leg")
RESOLVED = ("intake", "publish lienthong.intake.dossier-resolved")
LAST = ("statistics", "process lienthong.intake.dossier-resolved")


@pytest.fixture(scope="module")
def collected() -> Iterator[Collector]:
    with collector() as kept:
        yield kept


@pytest.fixture(scope="module")
def before(started_stack: Stack) -> dict[str, int]:
    """How long each service's log was already."""
    return {name: started_stack.log(name).stat().st_size for name in SERVICES}


@pytest.fixture(scope="module")
def observed(started_stack: Stack, collected: Collector, before: dict[str, int]) -> Iterator[Stack]:
    """The stack's services, each started again so that it tells of its work."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**collected.environment, "LIENTHONG_LOG": "json"}.items():
            patch.setenv(name, value)
        _again(started_stack, before)
    put_reference(started_stack)
    yield started_stack
    _again(started_stack)


def _again(stack: Stack, before: dict[str, int] | None = None) -> None:
    for name in SERVICES:
        stack.stop_service(name)
        if before is not None:
            before[name] = stack.log(name).stat().st_size
    stack.start()


def put_reference(stack: Stack) -> None:
    common = {"kind": "test-observed", "area": "TH", "valid_from": province.BEGAN}
    agencies = [
        {
            "agency": one,
            "name": {"vi": one, "en": one},
            "level": "commune",
            "code": one,
            "connected": one == BUREAU,
        }
        | common
        for one in (DESK, BUREAU)
    ]
    leg = {"name": {"vi": "Thẩm định", "en": "Examine"}, "agency": {"id": BUREAU}, "term": None}
    way = {"process": "test.theo-doi", "version": 1, "procedure": PROCEDURE, "valid_from": province.BEGAN}
    procedure = {**province.CATALOGUE, "procedure": PROCEDURE}
    with province.at(stack, "routing", "administrator") as routing:
        routing.put(
            "/v1/reference", {"agencies": agencies, "processes": [{**way, "legs": [leg]}]}, "observed"
        )
    with province.at(stack, "intake", "administrator") as intake:
        intake.put("/v1/reference", {"procedures": [procedure]}, "observed")


def submitted(desk: Client) -> dict[str, Any]:
    person = {"name": PERSON, "identity_number": "049190000777"}
    filing = province.submission(procedure=PROCEDURE, desk=DESK, person=person)

    def filed() -> dict[str, Any]:
        try:
            answer: dict[str, Any] = desk.post("/v1/submissions", filing, "observed/submit")
        except DoorError as error:
            if error.code != "unknown-desk":
                raise
            return {}
        return answer

    return eventually(filed, "the desk takes a dossier in")


def test_a_trace_goes_over_the_broker_to_the_agency_and_back(
    observed: Stack, collected: Collector, before: dict[str, int]
) -> None:
    with province.at(observed, "intake", "receiving_officer", DESK) as desk:
        dossier = submitted(desk)["dossier"]
    with own_system(BUREAU, observed.enrol(BUREAU)) as system:
        hand_over = system.hand_over_of(dossier)
        given, leg = str(system.headers["traceparent"]), hand_over.data["leg"]
        _, trace, span, _ = given.split("-")
        system.say("return-leg", leg, hand_over.id)
        own = f"00-{trace}-b7ad6b7169203331-01"
        system.publish(command(BUREAU, "accept-leg", leg, hand_over.id), traceparent=own)
        system.say("complete-leg", leg, hand_over.id)

    spans = collected.trace_with(dossier, HAND_OVER, ACCEPT, COMPLETE, REFUSED, RESOLVED, LAST)

    handed_over = only(spans, *HAND_OVER)
    assert (handed_over.trace, handed_over.span) == (trace, span), "the agency was told of its place"
    assert only(spans, *ACCEPT).parent == "b7ad6b7169203331", "the agency's own span lies between"
    assert above(spans, only(spans, *COMPLETE)) == handed_over
    assert above(spans, only(spans, *LAST)) == only(spans, *RESOLVED)
    refused = only(spans, *REFUSED)
    assert (refused.failed, refused.attributes["lienthong.problem"]) == (True, "invalid-data")
    orphans = [one.of for one in spans if one.parent and above(spans, one) is None]
    assert orphans == [ACCEPT]
    assert PERSON not in str(spans)

    lines = {name: log_lines(observed, name, before[name]) for name in SERVICES}
    about = [line for line in lines["processing"] if line["event"] == "command-refused"]
    assert [(line["dossier"], line["problem"], line["agency"]) for line in about] == [
        (dossier, "invalid-data", BUREAU)
    ]
    assert {line["event"] for line in lines["statistics"]} >= {"listening"}


def log_lines(stack: Stack, service: str, start: int) -> list[dict[str, Any]]:
    """Return what a service wrote since; every line is one for machines, and none names the person."""
    text = stack.log(service).read_bytes()[start:].decode()
    assert PERSON not in text
    assert "049190000777" not in text
    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        assert line["service"] == service
        assert {"time", "level", "logger", "event", "message"} <= set(line)
    return lines
