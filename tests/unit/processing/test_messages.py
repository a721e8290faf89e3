from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest

from services.processing.application import hand_over_id
from services.processing.consumer import (
    AGENCY_ENDED,
    AGENCY_REGISTERED,
    ITINERARY_RESUMED,
    LEG_CLOSED,
    LEG_OPENED,
    LEG_REHOMED,
    ONLY,
    REFERENCES,
    aggregate_of,
    handlers,
)
from services.processing.domain import Work
from services.processing.messages import Letters, Refusal
from services.processing.ports import Notice, Succession
from services.processing.problems import NOT_YOUR_LEG
from services.processing.publisher import TRANSLATIONS
from shared.clock import SetClock, to_text
from shared.contracts import registry
from shared.contracts.agencies import LegHandOver
from shared.contracts.envelope import Message, from_bytes, schema_uri
from shared.errors import RefusedError
from shared.messaging.consuming import HandlerTable
from tests.builders.processing import (
    DESK,
    DUE,
    ENDED,
    LAND,
    LATE,
    MORNING,
    SUCCESSOR,
    TAX,
    act_at,
    agency_ended,
    agency_registered,
    leg_id,
    leg_opened,
)
from tests.unit.processing.conftest import Desk

LEG = leg_id()
SOURCE = "/lienthong/processing/1"


def one_of_each() -> list[Any]:
    def work(**leg: Any) -> Work:
        return Work.hand_over(LEG, leg_opened(**leg), "queue", act_at())

    by_agency, by_desk = act_at(agency=LAND), act_at(agency=DESK)
    completed = work()
    completed.acknowledge(by_agency, reference=None)
    completed.accept(by_agency, officer="B")
    completed.record_work(by_agency, step="Đo đạc")
    completed.request_supplement(by_agency, "Thiếu bản vẽ")
    completed.resume("supplement", to_text(DUE), act_at())
    completed.request_payment(by_agency, "Chưa nộp lệ phí")
    completed.resume("payment", None, act_at())
    completed.resume("payment", to_text(DUE), act_at())
    completed.complete(by_agency, reference="12/QĐ")
    returned, transferred, recalled, withdrawn = work(), work(), work(), work()
    returned.send_back(by_agency, reason="Thiếu bản vẽ", to=0)
    transferred.transfer(by_agency, TAX, "Không thuộc thẩm quyền", known=True)
    recalled.recall(by_desk, "Chuyển nhầm", rightful={DESK})
    withdrawn.end_term(act_at(LATE))
    withdrawn.withdraw(act_at())
    consulted, silent = work(kind="opinion"), work(kind="opinion", at_term="consent")
    consulted.give_opinion(by_agency, "agree", note="Nhất trí")
    silent.rehome(TAX, "worklist", act_at())
    silent.end_term(act_at(LATE))
    neglected = work()
    neglected.remind("overdue", 2, DESK, "overdue/x/1/2", act_at(LATE))
    works = (completed, returned, transferred, recalled, withdrawn, consulted, silent, neglected)
    each = {type(event): event for work in works for event in work.pending_events}
    return list(each.values())


def test_every_event_of_a_work_has_a_public_message() -> None:
    of_works = {event for event in TRANSLATIONS if event.TOPIC.startswith("processing.work.")}
    assert {type(event) for event in one_of_each()} == of_works
    ours = {message_type for message_type in registry.EVENTS if message_type.split(".")[1] == "processing"}
    # Events that stay inside travel as digests alone; a work has none.
    assert {message_type for message_type, _ in TRANSLATIONS.values()} == ours - {
        "lienthong.processing.internal-event",
    }


@pytest.mark.parametrize("event", one_of_each(), ids=lambda event: type(event).__name__)
def test_public_data_satisfy_their_contract_and_hold_nothing_else(event: Any) -> None:
    message_type, data_of = TRANSLATIONS[type(event)]
    data = data_of(event)
    agency = TAX if type(event).__name__ in {"Rehomed", "Lapsed"} else LAND
    message = Message("1", SOURCE, message_type, "", "", schema_uri(message_type, 1), data)
    assert registry.load(message) == data
    assert data["leg"] == str(LEG)
    assert data["agency"] == agency


class TestHandOver:
    WORK = Work.hand_over(LEG, leg_opened(), "queue", act_at())
    LETTERS = Letters(SOURCE, "https://intake.example/dossiers/{dossier}/applicant")

    def test_it_is_the_same_message_however_often_it_is_written(self) -> None:
        first, second = (self.LETTERS.hand_over(self.WORK, act_at()) for _ in range(2))
        assert first == second
        assert from_bytes(first).id == hand_over_id(LEG)

    def test_it_satisfies_its_contract(self) -> None:
        message = from_bytes(self.LETTERS.hand_over(self.WORK, act_at()))
        data = registry.load(message)
        assert message.type == "lienthong.agency.leg-hand-over"
        assert message.subject == f"dossier/{self.WORK.root}"
        assert (message.rootid, message.legid) == (self.WORK.root, str(LEG))
        assert data["applicant_link"] == f"https://intake.example/dossiers/{self.WORK.root}/applicant"
        assert set(message.data) == set(LegHandOver().fields) - {"succession"}

    def test_it_carries_what_routing_said_of_the_leg(self) -> None:
        data = from_bytes(self.LETTERS.hand_over(self.WORK, act_at())).data
        opened = leg_opened()
        inside = {"pause", "skipped", "from_number"}
        assert {name: data[name] for name in opened if name not in inside} == {
            name: value for name, value in opened.items() if name not in inside
        }

    def test_a_successor_gets_a_hand_over_of_its_own(self) -> None:
        work = Work.hand_over(LEG, leg_opened(), "queue", act_at())
        work.rehome(SUCCESSOR, "queue", act_at())
        message = from_bytes(self.LETTERS.hand_over(work, act_at()))
        assert message.id == str(uuid5(LEG, f"hand-over/{SUCCESSOR}"))
        assert (message.data["agency"], message.data["due_at"]) == (SUCCESSOR, to_text(DUE))
        assert "succession" not in message.data

    @pytest.mark.parametrize("accepted", [True, False])
    def test_a_successor_sees_whose_work_it_takes_over_and_how_far_it_is(self, accepted: bool) -> None:
        work = Work.hand_over(LEG, leg_opened(), "queue", act_at())
        if accepted:
            work.accept(act_at(agency=LAND), officer="B")
        work.rehome(SUCCESSOR, "queue", act_at())
        message = from_bytes(self.LETTERS.hand_over(work, act_at(), Succession(LAND, "NQ 01")))
        told = {"agency": LAND, "accepted": accepted, "basis": "NQ 01"}
        assert registry.load(message)["succession"] == message.data["succession"] == told


def test_a_notice_satisfies_its_contract_and_is_told_once_a_change() -> None:
    work = Work.hand_over(LEG, leg_opened(), "queue", act_at())
    letters = Letters(SOURCE)
    notice = Notice(LAND, work.hand_over_id, "paused", "Thiếu bản vẽ")
    first = from_bytes(letters.notice(work, notice, act_at()))
    assert registry.load(first) == {
        "leg": str(LEG),
        "dossier": work.root,
        "code": leg_opened()["code"],
        "agency": LAND,
        "state": "paused",
        "due_at": to_text(DUE),
        "note": "Thiếu bản vẽ",
    }
    assert from_bytes(letters.notice(work, notice, act_at())).id == first.id
    work.end_term(act_at(LATE))
    assert from_bytes(letters.notice(work, notice, act_at())).id != first.id


def test_a_notice_of_another_epoch_has_an_id_of_its_own() -> None:
    """After a restore another change has the version that a lost one had: agencies must not drop it."""
    work = Work.hand_over(LEG, leg_opened(), "queue", act_at())
    notices = {
        from_bytes(Letters(source).notice(work, Notice(LAND, work.hand_over_id, state), act_at())).id
        for source, state in ((SOURCE, "paused"), ("/lienthong/processing/29923846", "withdrawn"))
    }
    assert len(notices) == 2


class TestRefusal:
    REFUSAL = Refusal(
        LAND, f"/agencies/{LAND}", "c-7", RefusedError(NOT_YOUR_LEG, leg=LEG, agency=LAND), MORNING
    )

    def test_it_names_the_command_and_says_why_in_both_languages(self) -> None:
        message = from_bytes(Letters(SOURCE).refusal(self.REFUSAL))
        data = registry.load(message)
        assert message.causationid == "c-7"
        assert (data["command"], data["code"], data["status"]) == ("c-7", "not-your-leg", 403)
        assert data["title"] == f"The leg {LEG} was not handed over to the agency {LAND}"
        assert data["title_vi"] == f"Công đoạn {LEG} không giao cho cơ quan {LAND}"

    def test_two_agencies_commands_of_the_same_id_get_two_answers(self) -> None:
        other = Refusal("khac", "/agencies/khac", "c-7", self.REFUSAL.refused, MORNING)
        assert other.message_id != self.REFUSAL.message_id


class Register:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def register(self, registered: Any) -> None:
        self.heard.append(registered)

    def end(self, ended: Any) -> None:
        self.heard.append(ended)


def consumed(message_type: str, data: dict[str, Any]) -> Message:
    return Message("1", "/lienthong/routing/1", message_type, "", "", schema_uri(message_type, 1), data)


CLOSED = {"leg": str(LEG), "number": 1, "agency": LAND, "outcome": "withdrawn"}
RESUMED = {
    "code": "000.00.21.H47-260302-0001",
    "pause": str(LEG),
    "kind": "supplement",
    "leg": str(LEG),
    "agency": LAND,
    "due_at": to_text(DUE),
}
REHOMED = {
    "leg": str(LEG),
    "number": 1,
    "code": "000.00.21.H47-260302-0001",
    "agency": SUCCESSOR,
    "from_agency": LAND,
    "due_at": to_text(DUE),
    "plan": "sap-nhap",
    "basis": "NQ 01",
}


def test_the_consumer_does_what_routing_says(desk: Desk) -> None:
    register = Register()
    table = handlers(desk.application, register)
    for message_type, data, state in [
        (AGENCY_REGISTERED, agency_registered(LAND), None),
        (AGENCY_ENDED, agency_ended(ENDED, SUCCESSOR), None),
        (LEG_OPENED, leg_opened(), "handed-over"),
        (LEG_REHOMED, REHOMED, "handed-over"),
        (ITINERARY_RESUMED, RESUMED, "handed-over"),
        (LEG_CLOSED, CLOSED, "withdrawn"),
    ]:
        message = consumed(message_type, data)
        table[message_type](message, registry.load(message), act_at())
        work: Any = desk.application.find(LEG)
        assert (work.state if work else None) == state
        assert message_type in (AGENCY_REGISTERED, AGENCY_ENDED) or aggregate_of(message) == LEG
    assert [heard["agency"] for heard in register.heard] == [LAND, ENDED]


def test_closings_are_passed_over_unless_nobody_needs_the_leg(desk: Desk) -> None:
    table = HandlerTable(handlers(desk.application, Register()), SetClock(MORNING), "processing", only=ONLY)
    assert table.wants(consumed(LEG_CLOSED, CLOSED))
    assert not table.wants(consumed(LEG_CLOSED, {**CLOSED, "outcome": "completed"}))
    assert table.wants(consumed(LEG_OPENED, leg_opened()))
    assert not table.wants(consumed("lienthong.routing.itinerary-planned", {}))


def test_an_agency_names_no_work() -> None:
    assert aggregate_of(consumed(AGENCY_REGISTERED, agency_registered(LAND))) is None


@pytest.mark.parametrize("leg", [None, 7, "x"])
def test_a_leg_without_a_proper_id_names_no_work(leg: Any) -> None:
    assert aggregate_of(consumed(LEG_OPENED, {"leg": leg})) is None


def test_what_waits_for_an_agency_is_released_by_word_of_it() -> None:
    message = consumed(AGENCY_REGISTERED, agency_registered(LAND))
    assert REFERENCES[AGENCY_REGISTERED](message) == f"agency/{LAND}"


def test_stored_events_are_plain_json(desk: Desk) -> None:
    desk.when("open_work", leg_opened(), act_at())
    (stored,) = desk.recorder.select_events(LEG)
    state = orjson.loads(stored.state)
    assert state["details"]["code"] == leg_opened()["code"]
    assert UUID(state["act"]["leg"]) == LEG


def test_a_return_stored_before_dossiers_could_go_further_back_is_still_read(desk: Desk) -> None:
    desk.when("open_work", leg_opened(), act_at())
    desk.command("return-leg", LEG, {"reason": "Thiếu bản vẽ"}, act_at(agency=LAND))
    stored = desk.recorder.select_events(LEG)[-1]
    state = orjson.loads(stored.state)
    del state["to"], state["class_version"]
    event: Any = desk.application.mapper.to_domain_event(replace(stored, state=orjson.dumps(state)))
    assert event.to is None
    assert TRANSLATIONS[type(event)][1](event)["reason"] == "Thiếu bản vẽ"
