"""A connected agency ends with a hand-over unread on its queue, and routing dies half-way: real processes."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from deploy.names import SERVICES
from deploy.play.client import Client, DoorError
from deploy.reorganisation import carry_out, rehome
from deploy.stack import Stack
from shared.clock import to_text
from shared.contracts.envelope import Message
from tests.builders.doors import agency, leg, procedure, process
from tests.end_to_end.faults import kill
from tests.end_to_end.own_system import own_system
from tests.end_to_end.province import at, submission
from tests.end_to_end.records import number, parked, settled
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow]

DESK, OLD, HEIR = "H61.20.11", "H61.61.2011", "H61.61.101"
PROCEDURE = "SX-CONGAN"
BEGAN = "2020-01-01T00:00:00+07:00"
DOSSIERS = 5
SENT = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND state = 'sent' AND next_try_at IS NOT NULL"
"""Hand-overs without an answer: they would be sent again."""
PLAN = "/v1/reorganisations"


def connected(name: str, *, valid_from: str = BEGAN, system: bool = True) -> dict[str, Any]:
    """An agency of an area of its own, of a kind that no other has."""
    return agency(
        name, level="commune", kind=f"test-{name}", area="SX", connected=system, valid_from=valid_from
    )


REGISTER = {
    "agencies": [connected(DESK, system=False), connected(OLD)],
    "processes": [process(process="test.sap-xep", procedure=PROCEDURE, legs=[leg({"id": OLD})])],
}


@pytest.fixture
def dossiers(stack: Stack) -> list[str]:
    """Dossiers that lie unread on the queue of an agency."""
    with at(stack, "routing", "administrator") as routing, at(stack, "intake", "administrator") as intake:
        routing.put("/v1/reference", REGISTER, "reorganised/routing")
        intake.put(
            "/v1/reference",
            {"procedures": [procedure(procedure=PROCEDURE, components=[])]},
            "reorganised/intake",
        )
    stack.enrol(OLD)
    settled(stack)
    filed = submission(procedure=PROCEDURE, desk=DESK, components=[])
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        ids = [
            desk.post("/v1/submissions", filed, f"reorganised/{one}")["dossier"] for one in range(DOSSIERS)
        ]
    eventually(lambda: number(stack, SENT, OLD) == DOSSIERS, "hand-overs lie on the old agency's queue")
    return ids


def test_the_successor_is_handed_what_lay_unread_though_routing_dies_half_way(
    stack: Stack, dossiers: list[str]
) -> None:
    parked_before = parked(stack)
    moment = to_text(datetime.now(UTC) - timedelta(seconds=1))
    plan = {
        "plan": "sap-xep",
        "basis": "NQ 1",
        "from": moment,
        "agencies": [connected(HEIR, valid_from=moment)],
        "changes": [{"change": "merge", "agencies": [OLD], "into": HEIR}],
    }
    with ExitStack() as open_ends:
        old = open_ends.enter_context(own_system(OLD, stack.broker_url(f"agency.{OLD}")))
        unread = [old.next_message() for _ in dossiers]
        assert {message.data["dossier"] for message in unread} == set(dossiers)
        legs = {message.data["leg"]: message.data["due_at"] for message in unread}

        with at(stack, "routing", "administrator") as routing:
            dies_between_batches(stack, routing, plan)
            outcome = carry_out(routing, plan)
            with pytest.raises(DoorError, match="plan-already-applied"):
                carry_out(routing, plan)
            # What is asked for again after the end moves nothing a second time.
            assert not rehome(routing, plan).legs
        # Two had moved before routing died: they count, once.
        assert (outcome.dossiers, dict(outcome.legs)) == (DOSSIERS, {(OLD, HEIR): DOSSIERS})

        eventually(lambda: number(stack, SENT, HEIR) == DOSSIERS, "the successor is handed them")
        heir = open_ends.enter_context(own_system(HEIR, stack.enrol(HEIR)))
        handed: dict[str, Message] = {}
        while len(handed) < DOSSIERS:
            message = heir.next_message()
            assert message.type == "lienthong.agency.leg-hand-over"
            assert (message.data["agency"], message.data["due_at"]) == (HEIR, legs[message.data["leg"]])
            assert message.data["leg"] not in handed
            handed[message.data["leg"]] = message
        assert handed.keys() == legs.keys()

        late = old.say("accept-leg", unread[0].data["leg"], cause=unread[0].id)
        said = [old.next_message() for _ in range(DOSSIERS + 1)]
        assert {one.data["command"]: one.data["code"] for one in said if "command" in one.data} == {
            late.id: "not-your-leg"
        }
        notices = [one for one in said if one.type == "lienthong.agency.leg-notice"]
        assert {one.data["leg"]: one.data["state"] for one in notices} == dict.fromkeys(legs, "rehomed")

        assert number(stack, SENT, HEIR) == DOSSIERS
        for leg, message in handed.items():
            for name in ("acknowledge-message", "accept-leg", "complete-leg"):
                heir.say(name, leg, cause=message.id)
        with at(stack, "intake", "receiving_officer", DESK) as desk:
            for one in dossiers:
                eventually(partial(has_status, desk, one, 9), "the dossier is resolved")
        assert number(stack, SENT, HEIR) == 0
        settled(stack)
        with pytest.raises(AssertionError, match="gets a message"):
            old.next_message(seconds=3)
    now = parked(stack)
    assert {name: now[name] for name in SERVICES} == {name: parked_before[name] for name in SERVICES}
    assert number(stack, SENT, OLD) == 0


def has_status(desk: Client, dossier: str, status: int) -> bool:
    return bool(desk.get(f"/v1/dossiers/{dossier}")["status"] == status)


def dies_between_batches(stack: Stack, routing: Client, plan: dict[str, Any]) -> None:
    """Begin a plan, re-home two dossiers of this test, and lose the process."""
    routing.post(PLAN, {"plan": plan}, "reorganised/begin")
    moved, after = 0, None
    while moved < 2:
        batch = routing.post(
            f"{PLAN}/{plan['plan']}/batches", {"limit": 1, "after": after}, f"reorganised/{after}"
        )
        moved, after = moved + batch["dossiers"], batch["next"]
    kill(stack, "routing")
