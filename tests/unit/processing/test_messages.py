from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest

from services.processing.application import hand_over_id
from services.processing.consumer import AGENCY_REGISTERED, LEG_OPENED, REFERENCES, aggregate_of, handlers
from services.processing.domain import Work
from services.processing.messages import Letters, Refusal
from services.processing.problems import NOT_YOUR_LEG
from services.processing.publisher import TRANSLATIONS
from shared.contracts import registry
from shared.contracts.agencies import LegHandOver
from shared.contracts.envelope import Message, from_bytes, schema_uri
from shared.errors import RefusedError
from tests.builders.processing import DUE, LAND, MORNING, act_at, agency_registered, leg_id, leg_opened
from tests.unit.processing.conftest import Desk

LEG = leg_id()
SOURCE = "/lienthong/processing/1"


def one_of_each() -> list[Any]:
    completed, returned = (Work.hand_over(LEG, leg_opened(), "queue", act_at()) for _ in range(2))
    by_agency = act_at(agency=LAND)
    completed.acknowledge(by_agency, reference=None)
    completed.accept(by_agency, officer="B")
    completed.record_work(by_agency, step="Đo đạc")
    completed.fall_overdue(act_at(DUE))
    completed.complete(by_agency, reference="12/QĐ")
    returned.send_back(by_agency, reason="Thiếu bản vẽ")
    return [*completed.pending_events, returned.pending_events[-1]]


def test_every_event_of_a_work_has_a_public_message() -> None:
    assert {type(event) for event in one_of_each()} == set(TRANSLATIONS)
    ours = {message_type for message_type in registry.EVENTS if message_type.split(".")[1] == "processing"}
    # Events that stay inside travel as digests alone; a work has none.
    assert {message_type for message_type, _ in TRANSLATIONS.values()} == ours - {
        "lienthong.processing.internal-event",
    }


@pytest.mark.parametrize("event", one_of_each(), ids=lambda event: type(event).__name__)
def test_public_data_satisfy_their_contract_and_hold_nothing_else(event: Any) -> None:
    message_type, data_of = TRANSLATIONS[type(event)]
    data = data_of(event)
    message = Message("1", SOURCE, message_type, "", "", schema_uri(message_type, 1), data)
    assert registry.load(message) == data
    assert data["leg"] == str(LEG)
    assert data["agency"] == LAND


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
        assert set(message.data) == set(LegHandOver().fields)

    def test_it_carries_what_routing_said_of_the_leg(self) -> None:
        data = from_bytes(self.LETTERS.hand_over(self.WORK, act_at())).data
        opened = leg_opened()
        assert {name: data[name] for name in opened} == opened


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
        self.registered: list[Any] = []

    def register(self, registered: Any) -> None:
        self.registered.append(registered)


def consumed(message_type: str, data: dict[str, Any]) -> Message:
    return Message("1", "/lienthong/routing/1", message_type, "", "", schema_uri(message_type, 1), data)


def test_the_consumer_keeps_agencies_and_opens_works(desk: Desk) -> None:
    register = Register()
    table = handlers(desk.application, register)
    agency = consumed(AGENCY_REGISTERED, agency_registered(LAND))
    table[AGENCY_REGISTERED](agency, registry.load(agency), act_at())
    leg = consumed(LEG_OPENED, leg_opened())
    table[LEG_OPENED](leg, registry.load(leg), act_at())
    assert [registered["agency"] for registered in register.registered] == [LAND]
    assert desk.application.find(LEG) is not None


def test_the_consumer_says_which_work_a_message_is_about() -> None:
    assert aggregate_of(consumed(LEG_OPENED, leg_opened())) == LEG
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
