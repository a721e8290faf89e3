from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.processing.application import hand_over_id
from shared.clock import to_text
from shared.errors import NotYetKnownError, RefusedError
from tests.builders.processing import DUE, LAND, LATE, MORNING, TAX, act_at, leg_id, leg_opened
from tests.unit.processing.conftest import Desk

LEG = leg_id()
LATER = MORNING + timedelta(hours=1)
FIELDS: dict[str, dict[str, Any]] = {
    "acknowledge-message": {"reference": "VB-12"},
    "accept-leg": {"officer": "Trần Thị B"},
    "record-work": {"step": "Kiểm tra thực địa"},
    "complete-leg": {"note": "Đủ điều kiện"},
    "return-leg": {"reason": "Thiếu bản vẽ"},
}
TOPICS = {
    "acknowledge-message": "processing.work.acknowledged",
    "accept-leg": "processing.work.accepted",
    "record-work": "processing.work.work-recorded",
    "complete-leg": "processing.work.completed",
    "return-leg": "processing.work.returned",
}


def given(desk: Desk, *commands: str, agency: str = LAND) -> None:
    desk.when("open_work", leg_opened(agency=agency), act_at())
    for command in commands:
        command_of(desk, command, agency=agency)


def command_of(desk: Desk, command: str, agency: str | None = LAND) -> list[str]:
    return desk.command(command, LEG, FIELDS[command], act_at(LATER, agency=agency))


def refusal_of(desk: Desk, command: str, agency: str | None = LAND) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        command_of(desk, command, agency)
    return caught.value


def test_a_leg_of_a_connected_agency_is_handed_over_by_queue(desk: Desk) -> None:
    assert desk.when("open_work", leg_opened(), act_at()) == ["processing.work.handed-over"]
    (event,) = desk.events(LEG)
    assert (event.by, event.agency, event.due_at) == ("queue", LAND, to_text(DUE))
    assert desk.written.handed_over == [LEG]
    assert desk.written.shown == {LEG: "handed-over"}


def test_a_leg_of_an_agency_without_a_system_lies_on_its_worklist_alone(desk: Desk) -> None:
    desk.when("open_work", leg_opened(agency=TAX), act_at())
    assert desk.events(LEG)[0].by == "worklist"
    assert desk.written.handed_over == []
    assert desk.written.shown == {LEG: "handed-over"}


def test_a_leg_opened_twice_is_handed_over_once(desk: Desk) -> None:
    given(desk)
    assert desk.when("open_work", leg_opened(), act_at(LATER)) == []
    assert desk.written.handed_over == [LEG]


def test_a_leg_of_an_agency_not_heard_of_waits_for_word_of_it(desk: Desk) -> None:
    with pytest.raises(NotYetKnownError) as caught:
        desk.when("open_work", leg_opened(agency="so-moi"), act_at())
    assert caught.value.reference == "agency/so-moi"
    assert desk.events(LEG) == []


def test_an_act_of_an_agency_names_dossier_and_leg_whatever_the_door_knew(desk: Desk) -> None:
    given(desk)
    command_of(desk, "accept-leg")
    act = desk.events(LEG)[-1].act
    assert (act["root"], act["leg"]) == (desk.events(LEG)[0].act["root"], str(LEG))


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ([], "acknowledge-message"),
        ([], "accept-leg"),
        (["acknowledge-message"], "accept-leg"),
        (["accept-leg"], "acknowledge-message"),
        (["accept-leg"], "record-work"),
        (["accept-leg", "record-work"], "record-work"),
        (["accept-leg"], "complete-leg"),
        (["accept-leg"], "return-leg"),
        ([], "return-leg"),
    ],
)
def test_a_command_in_turn_is_recorded(desk: Desk, before: list[str], command: str) -> None:
    given(desk, *before)
    assert command_of(desk, command) == [TOPICS[command]]
    recorded = desk.events(LEG)[-1]
    for name, value in FIELDS[command].items():
        assert getattr(recorded, name) == value


@pytest.mark.parametrize(
    "before",
    [["acknowledge-message"], ["acknowledge-message", "accept-leg", "complete-leg"], ["return-leg"]],
)
def test_acknowledging_what_is_known_to_have_arrived_is_harmless(desk: Desk, before: list[str]) -> None:
    given(desk, *before)
    assert command_of(desk, "acknowledge-message") == []


@pytest.mark.parametrize("command", ["record-work", "complete-leg"])
def test_work_on_a_leg_that_was_not_accepted_is_out_of_turn(desk: Desk, command: str) -> None:
    given(desk, "acknowledge-message")
    refused = refusal_of(desk, command)
    assert refused.code == "out-of-turn"
    assert refused.facts["missing"] == "accept-leg"


def test_a_leg_is_accepted_once(desk: Desk) -> None:
    given(desk, "accept-leg")
    assert refusal_of(desk, "accept-leg").code == "leg-already-accepted"


@pytest.mark.parametrize("end", ["complete-leg", "return-leg"])
@pytest.mark.parametrize("command", ["accept-leg", "record-work", "complete-leg", "return-leg"])
def test_nothing_follows_the_end_of_a_leg(desk: Desk, end: str, command: str) -> None:
    given(desk, "accept-leg", end)
    assert refusal_of(desk, command).code == "leg-already-closed"


@pytest.mark.parametrize("command", FIELDS)
@pytest.mark.parametrize("agency", [TAX, None])
def test_only_the_agency_of_the_leg_acts_on_it(desk: Desk, command: str, agency: str) -> None:
    given(desk, "accept-leg")
    assert refusal_of(desk, command, agency).code == "not-your-leg"


@pytest.mark.parametrize("command", FIELDS)
def test_a_leg_that_was_never_opened_is_unknown(desk: Desk, command: str) -> None:
    assert refusal_of(desk, command).code == "unknown-leg"


@pytest.mark.parametrize("command", FIELDS)
def test_refusals_speak_both_languages(desk: Desk, command: str) -> None:
    details = refusal_of(desk, command).details()
    assert details["title_vi"] == f"Không có công đoạn {LEG}"
    assert details["title"] == f"There is no leg {LEG}"


def test_an_act_a_little_before_the_latest_one_counts_as_happening_with_it(desk: Desk) -> None:
    given(desk)
    desk.command("accept-leg", LEG, {}, act_at(MORNING - timedelta(seconds=90), agency=LAND))
    assert desk.events(LEG)[-1].act["happened_at"] == to_text(MORNING)


def test_an_act_well_before_the_latest_one_is_refused(desk: Desk) -> None:
    given(desk, "accept-leg")
    with pytest.raises(RefusedError) as caught:
        desk.command("complete-leg", LEG, {}, act_at(MORNING, agency=LAND))
    assert caught.value.code == "time-out-of-order"


class TestAnswers:
    ANSWER = (LAND, hand_over_id(LEG))

    def test_an_acknowledgement_answers_the_hand_over(self, desk: Desk) -> None:
        given(desk, "acknowledge-message")
        assert desk.written.answered == [self.ANSWER]

    def test_accepting_does_not_say_that_the_hand_over_arrived(self, desk: Desk) -> None:
        given(desk, "accept-leg")
        assert desk.written.answered == []

    @pytest.mark.parametrize("end", ["complete-leg", "return-leg"])
    def test_the_end_of_a_leg_leaves_nothing_to_deliver(self, desk: Desk, end: str) -> None:
        given(desk, "accept-leg", end)
        assert desk.written.answered == [self.ANSWER]


class TestTerms:
    def test_a_leg_with_a_term_rings_when_it_ends(self, desk: Desk) -> None:
        given(desk)
        assert desk.written.deadlines == {LEG: ("leg-due", 1, LATE)}

    def test_a_leg_without_a_term_never_rings(self, desk: Desk) -> None:
        desk.when("open_work", leg_opened(due_at=None), act_at())
        assert desk.written.deadlines == {}

    def test_the_recorded_past_does_not_ring(self, desk: Desk) -> None:
        desk.when("open_work", leg_opened(), act_at(recorded_at=LATE, historical=True))
        assert desk.written.deadlines == {}

    def test_a_historical_leg_still_under_way_rings(self, desk: Desk) -> None:
        desk.when("open_work", leg_opened(), act_at(recorded_at=DUE - timedelta(1), historical=True))
        assert LEG in desk.written.deadlines

    def test_a_leg_that_reached_us_after_its_term_rings(self, desk: Desk) -> None:
        desk.when("open_work", leg_opened(), act_at(recorded_at=DUE + timedelta(1)))
        assert LEG in desk.written.deadlines

    @pytest.mark.parametrize("end", ["complete-leg", "return-leg"])
    def test_the_end_of_a_leg_settles_its_term(self, desk: Desk, end: str) -> None:
        given(desk, "accept-leg", end)
        assert desk.written.deadlines == {}

    def test_an_unfinished_leg_falls_overdue_once(self, desk: Desk) -> None:
        given(desk, "accept-leg")
        assert desk.when("end_term", LEG, 1, act_at(DUE)) == ["processing.work.overdue"]
        assert desk.when("end_term", LEG, 1, act_at(DUE)) == []

    def test_a_finished_leg_does_not_fall_overdue(self, desk: Desk) -> None:
        given(desk, "accept-leg", "complete-leg")
        assert desk.when("end_term", LEG, 1, act_at(DUE)) == []

    def test_another_attempts_term_says_nothing_of_this_leg(self, desk: Desk) -> None:
        given(desk)
        assert desk.when("end_term", LEG, 2, act_at(DUE)) == []

    def test_a_leg_unknown_to_us_does_not_fall_overdue(self, desk: Desk) -> None:
        assert desk.when("end_term", LEG, 1, act_at(DUE)) == []

    def test_an_overdue_leg_may_be_finished_as_of_a_time_before_its_term(self, desk: Desk) -> None:
        given(desk, "accept-leg")
        desk.when("end_term", LEG, 1, act_at(DUE))
        assert command_of(desk, "complete-leg") == ["processing.work.completed"]


class TestExecuting:
    def test_a_command_by_name_answers_where_the_leg_stands(self, desk: Desk) -> None:
        given(desk)
        act = act_at(LATER)
        answer = desk.application.execute("accept-leg", {"leg": LEG, "officer": "B"}, act, LAND)
        assert answer == {
            "leg": str(LEG),
            "dossier": str(act.root),
            "agency": LAND,
            "state": "accepted",
            "due_at": to_text(DUE),
            "overdue": False,
            "suspended": None,
        }

    def test_the_agency_is_the_one_given_by_the_door(self, desk: Desk) -> None:
        given(desk)
        with pytest.raises(RefusedError, match="not-your-leg"):
            desk.application.execute("accept-leg", {"leg": LEG}, act_at(LATER, agency=LAND), TAX)

    def test_a_command_that_does_not_exist_is_refused(self, desk: Desk) -> None:
        with pytest.raises(RefusedError, match="unknown-command"):
            desk.application.execute("burn-leg", {"leg": LEG}, act_at(LATER), LAND)
