"""Successions, pauses and ends that others decide, as the ledger and the worklist carry them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.processing.application import hand_over_id
from services.processing.ports import Agency
from services.processing.tables.ledger import LEASE, PAUSE
from shared.clock import to_text
from shared.errors import RefusedError
from shared.messaging.broker import Outcome
from tests.builders.processing import (
    BEGAN,
    DESK,
    DUE,
    LAND,
    LATE,
    MORNING,
    SUCCESSOR,
    TAX,
    act_at,
    agency_ended,
    agency_registered,
)
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)


def send(office: Office, outcome: Outcome = Outcome.CONFIRMED) -> list[tuple[str, str]]:
    """One pass of a deliverer; returns whom it told what: a state, or that a leg is handed over."""
    claimed = office.ledger.claim(office.clock.now(), 100)
    office.ledger.record_outcomes(office.clock.now(), [(one, outcome) for one in claimed])
    return [(one.agency, orjson.loads(one.body)["data"].get("state", "hand-over")) for one in claimed]


def route(office: Office, method: str, *arguments: Any) -> None:
    with office.unit.begin():
        getattr(office.application, method)(*arguments, act_at(office.clock.now()))


def rehome(office: Office, leg: UUID, to: str = SUCCESSOR) -> None:
    route(office, "rehome_work", {"leg": str(leg), "agency": to, "basis": "NQ 01"})


def resume(office: Office, leg: UUID, due_at: Any) -> None:
    route(office, "resume_work", {"leg": str(leg), "kind": "supplement", "due_at": to_text(due_at)})


@pytest.fixture
def office(office: Office) -> Office:
    office.register(SUCCESSOR)
    return office


class TestSuccession:
    def test_the_successor_is_handed_over_what_the_old_agency_is_told_to_leave(self, office: Office) -> None:
        leg = office.open_leg()
        assert send(office) == [(LAND, "hand-over")]
        rehome(office, leg)
        assert sorted(send(office)) == [(LAND, "rehomed"), (SUCCESSOR, "hand-over")]
        old, new = (
            office.one("SELECT agency, state, answered_by FROM delivery WHERE message_id = :id", id=id_)
            for id_ in (hand_over_id(leg), hand_over_id(leg, SUCCESSOR))
        )
        assert (old, new) == ((LAND, "answered", "rehomed"), (SUCCESSOR, "sent", None))
        (body,) = office.one(
            "SELECT body FROM delivery WHERE message_id = :id", id=hand_over_id(leg, SUCCESSOR)
        )
        told = orjson.loads(bytes(body))["data"]["succession"]
        assert told == {"agency": LAND, "accepted": False, "basis": "NQ 01"}
        office.clock.advance(timedelta(days=1))
        assert send(office) == [(SUCCESSOR, "hand-over")], "nothing goes to the old agency any more"
        office.execute("acknowledge-message", leg, SUCCESSOR)
        office.clock.advance(timedelta(days=1))
        assert send(office) == []

    def test_the_worklist_shows_the_successors_works(self, office: Office) -> None:
        leg = office.open_leg()
        rehome(office, leg, TAX)
        assert office.worklist.of_agency(LAND, 10) == []
        (work,) = office.worklist.of_agency(TAX, 10)
        assert (work["leg_id"], work["due_at"]) == (leg, DUE)
        with pytest.raises(RefusedError, match="not-your-leg"):
            office.execute("accept-leg", leg)
        assert office.execute("accept-leg", leg, TAX)["agency"] == TAX

    def test_an_agency_that_was_never_told_of_the_leg_is_told_nothing(self, office: Office) -> None:
        first, second = office.open_leg(number=1), office.open_leg(number=2)
        assert send(office) == [(LAND, "hand-over")]
        rehome(office, second)
        assert send(office) == [(SUCCESSOR, "hand-over")]
        assert office.topics(first) == ["handed-over"]

    def test_the_successor_learns_that_a_leg_waits_for_the_applicant(self, office: Office) -> None:
        leg = office.open_leg()
        office.execute("accept-leg", leg)
        office.execute("request-supplement", leg, reason="Thiếu bản vẽ")
        rehome(office, leg)
        assert send(office) == [(SUCCESSOR, "hand-over")], "the old agency was never told of the leg"
        assert send(office) == [(SUCCESSOR, "paused")]
        resume(office, leg, DUE)
        assert send(office) == [(SUCCESSOR, "resumed")]

    def test_its_end_and_its_successors_are_kept_with_the_agency(self, office: Office) -> None:
        with office.unit.begin():
            office.agencies.register(agency_registered("xa-a"))
            office.agencies.end(agency_ended("xa-a", "xa-b", "xa-c"))
            within = office.agencies.get("xa-a")
        expected = Agency(
            "xa-a", connected=True, ended_at=MORNING, successors=("xa-b", "xa-c"), begins_at=BEGAN
        )
        assert within == office.agencies.get("xa-a") == expected
        office.register("xa-a", connected=False)
        changed = office.agencies.get("xa-a")
        assert changed is not None
        assert (changed.connected, changed.ended_at) == (False, MORNING)


class TestNotices:
    def test_it_waits_for_a_hand_over_that_is_being_sent(self, office: Office) -> None:
        leg = office.open_leg()
        claimed = office.ledger.claim(MORNING, 10)
        office.execute("recall-leg", leg, DESK, reason="Chuyển nhầm")
        assert send(office) == [], "another process may be sending the hand-over right now"
        office.ledger.record_outcomes(MORNING, [(one, Outcome.CONFIRMED) for one in claimed])
        office.clock.advance(LEASE)
        (notice,) = office.ledger.claim(office.clock.now(), 10)
        told = orjson.loads(notice.body)["data"]
        assert (told["state"], told["note"]) == ("recalled", "Chuyển nhầm")
        office.ledger.record_outcomes(office.clock.now(), [(notice, Outcome.CONFIRMED)])
        office.clock.advance(timedelta(days=1))
        assert send(office) == []

    def test_a_leg_that_ends_before_its_hand_over_was_sent_is_not_spoken_of(self, office: Office) -> None:
        leg = office.open_leg()
        route(office, "withdraw_work", str(leg))
        assert send(office) == []
        assert office.topics(leg) == ["handed-over", "withdrawn"]
        assert office.worklist.of_agency(LAND, 10) == []

    def test_a_pause_is_told_behind_a_hand_over_that_still_waits_in_line(self, office: Office) -> None:
        first, second = office.open_leg(number=1), office.open_leg(number=2)
        assert send(office) == [(LAND, "hand-over")]
        office.execute("accept-leg", second)
        office.execute("request-supplement", second, reason="Thiếu bản vẽ")
        assert send(office) == []
        office.execute("acknowledge-message", first)
        assert send(office) == [(LAND, "hand-over")]
        assert send(office) == [(LAND, "paused")]

    def test_notices_of_a_leg_keep_their_order_whatever_the_broker_does(self, office: Office) -> None:
        leg = office.open_leg()
        send(office)
        office.execute("accept-leg", leg)
        office.execute("request-supplement", leg, reason="Thiếu bản vẽ")
        assert send(office, Outcome.REFUSED) == [(LAND, "paused")]
        office.clock.advance(PAUSE / 2)
        resume(office, leg, DUE)
        office.clock.advance(PAUSE / 2)
        sent = []
        while batch := send(office):
            sent += batch
        assert [state for _, state in sent if state != "hand-over"] == ["paused", "resumed"]

    def test_a_leg_that_lapsed_is_told_and_closed(self, office: Office) -> None:
        leg = office.open_leg(at_term="elapse", pause="posting")
        send(office)
        office.clock.set(LATE)
        office.terms.ring()
        assert office.topics(leg) == ["handed-over", "lapsed"]
        assert send(office) == [(LAND, "lapsed")]
        assert office.worklist.of_agency(LAND, 10) == []


class TestWaiting:
    def test_the_term_stands_still_and_rings_at_its_new_end(self, office: Office) -> None:
        leg = office.open_leg()
        office.execute("accept-leg", leg)
        answer = office.execute("request-supplement", leg, reason="Thiếu bản vẽ")
        assert (answer["state"], answer["suspended"]) == ("suspended", "supplement")
        (work,) = office.worklist.of_agency(LAND, 10)
        assert (work["state"], work["suspended"]) == ("suspended", "supplement")
        office.clock.set(LATE)
        office.terms.ring()
        assert "overdue" not in office.topics(leg)
        later = DUE + timedelta(days=4)
        resume(office, leg, later)
        (work,) = office.worklist.of_agency(LAND, 10)
        assert (work["state"], work["suspended"], work["due_at"]) == ("accepted", None, later)
        office.clock.set(later + MINUTE)
        office.terms.ring()
        assert office.topics(leg)[-2:] == ["resumed", "overdue"]

    def test_what_another_process_began_and_ended_is_not_missed(
        self, open_office: Callable[[], Office]
    ) -> None:
        one, two = open_office(), open_office()
        leg = one.open_leg()
        one.execute("accept-leg", leg)
        two.execute("request-supplement", leg, reason="Thiếu bản vẽ")
        later = DUE + timedelta(days=4)
        resume(one, leg, later)
        assert one.topics(leg)[-1] == "resumed"
        two.clock.set(later + MINUTE)
        two.terms.ring()
        assert two.topics(leg)[-2:] == ["resumed", "overdue"]

    def test_a_leg_due_later_moves_down_the_worklist(self, office: Office) -> None:
        first, second = office.open_leg(number=1), office.open_leg(number=2, due_at=DUE + timedelta(days=1))
        office.execute("accept-leg", first)
        office.execute("request-supplement", first, reason="Thiếu bản vẽ")
        resume(office, first, DUE + timedelta(days=2))
        assert [work["leg_id"] for work in office.worklist.of_agency(LAND, 10)] == [second, first]


def test_the_worklist_says_what_is_asked_for(office: Office) -> None:
    office.open_leg(kind="opinion", at_term="consent", agency=TAX)
    (work,) = office.worklist.of_agency(TAX, 10)
    assert (work["kind"], work["at_term"], work["suspended"]) == ("opinion", "consent", None)
