"""What graphs of legs ask of works: opinions, returns over several legs, waiting, recalls, successions, lapses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.processing.application import HISTORIAN_SPEAKS_WITHIN, hand_over_id
from shared.clock import to_text
from shared.errors import NotYetKnownError, RefusedError
from tests.builders.processing import (
    DESK,
    DUE,
    ENDED,
    LAND,
    LATE,
    MORNING,
    SUCCESSOR,
    TAX,
    UNBORN,
    act_at,
    leg_id,
    leg_opened,
)
from tests.unit.processing.conftest import Desk

LEG = leg_id()
LATER = MORNING + timedelta(hours=1)
WHY = {"reason": "Thiếu bản vẽ"}


def given(desk: Desk, *commands: tuple[str, dict[str, Any]], historical: bool = False, **leg: Any) -> None:
    recorded_at = LATE + timedelta(days=400) if historical else None
    opening = act_at(MORNING, recorded_at=recorded_at, historical=historical)
    desk.when("open_work", leg_opened(**leg), opening)
    for command, fields in commands:
        desk.command(command, LEG, fields, act_at(LATER, agency=LAND))


def refusal(desk: Desk, command: str, fields: dict[str, Any], agency: str = LAND, at: Any = LATER) -> str:
    with pytest.raises(RefusedError) as caught:
        desk.command(command, LEG, fields, act_at(at, agency=agency))
    assert set(caught.value.details()) >= {"title", "title_vi"}
    return caught.value.code


@pytest.mark.parametrize("pause", ["payment", "supplement"])
def test_what_the_applicant_has_to_do_is_no_agencys_work(desk: Desk, pause: str) -> None:
    assert desk.when("open_work", leg_opened(pause=pause, agency="so-moi"), act_at()) == []
    assert (desk.written.shown, desk.written.deadlines, desk.written.handed_over) == ({}, {}, [])
    routed = {"leg": str(LEG), "kind": pause, "due_at": None}
    assert desk.when("resume_work", routed, act_at()) == []
    assert desk.when("withdraw_work", str(LEG), act_at()) == []


def test_a_posting_is_handed_over_and_its_term_ends_it(desk: Desk) -> None:
    given(desk, pause="posting", at_term="elapse", term={"amount": "15", "unit": "calendar_day"})
    assert desk.written.handed_over == [LEG]
    ((_, _, rings_at),) = desk.written.deadlines.values()
    assert to_text(rings_at) == "2026-03-05T17:00:00.000000Z", "when the day after the last one begins"
    assert desk.when("end_term", LEG, 1, act_at(rings_at)) == ["processing.work.lapsed"]
    event = desk.events(LEG)[-1]
    assert (event.outcome, event.act["happened_at"], event.due_at) == (
        "elapsed",
        to_text(rings_at),
        to_text(DUE),
    )
    assert desk.written.notices == [(LAND, "lapsed")]
    assert desk.written.answered == [(LAND, hand_over_id(LEG))]


@pytest.mark.parametrize("command", ["request-supplement", "request-payment"])
def test_a_posting_asks_nothing_of_the_applicant_since_the_dossier_waits_already(
    desk: Desk, command: str
) -> None:
    given(desk, ("accept-leg", {}), pause="posting", at_term="elapse")
    assert refusal(desk, command, WHY) == "leg-suspended"


class TestReturns:
    WAY: dict[str, Any] = {  # noqa: RUF012
        "number": 5,
        "may_return_to": [{"number": 2, "name": {"vi": "Đo", "en": "Measure"}, "agency": TAX}],
        "skipped": [3],
    }

    def leg(self) -> Any:
        return leg_id(5)

    @pytest.mark.parametrize("to", [None, 0, 2])
    def test_it_goes_back_to_where_it_was(self, desk: Desk, to: int | None) -> None:
        desk.when("open_work", leg_opened(**self.WAY), act_at())
        act = act_at(LATER, agency=LAND)
        assert desk.command("return-leg", self.leg(), {**WHY, "to": to}, act) == ["processing.work.returned"]
        assert desk.events(self.leg())[-1].to == to

    @pytest.mark.parametrize(
        ("to", "code"), [(3, "return-to-skipped-leg"), (4, "return-not-earlier"), (5, "return-not-earlier")]
    )
    def test_it_goes_nowhere_else(self, desk: Desk, to: int, code: str) -> None:
        desk.when("open_work", leg_opened(**self.WAY), act_at())
        with pytest.raises(RefusedError) as caught:
            desk.command("return-leg", self.leg(), {**WHY, "to": to}, act_at(LATER, agency=LAND))
        assert caught.value.code == code

    def test_a_leg_opened_before_returns_had_aims_goes_back_to_the_desk_at_the_most(self, desk: Desk) -> None:
        opened = leg_opened()
        for name in ("kind", "at_term", "pause", "may_return_to", "skipped", "from_number"):
            del opened[name]
        desk.when("open_work", opened, act_at())
        assert refusal(desk, "return-leg", {**WHY, "to": 1}) == "return-not-earlier"
        assert refusal(desk, "give-opinion", {"opinion": "agree"}) == "not-an-opinion-leg"
        assert desk.command("return-leg", LEG, {**WHY, "to": 0}, act_at(LATER, agency=LAND))


class TestOpinions:
    def test_it_needs_no_acceptance_and_ends_the_leg(self, desk: Desk) -> None:
        given(desk, ("give-opinion", {"opinion": "disagree", "note": "Vướng quy hoạch"}), kind="opinion")
        assert desk.written.shown == {LEG: "completed"}
        assert desk.written.deadlines == {}
        assert refusal(desk, "give-opinion", {"opinion": "agree"}) == "opinion-already-given"

    def test_silence_is_consent_from_its_moment_on_whether_noticed_or_not(self, desk: Desk) -> None:
        given(desk, kind="opinion", at_term="consent")
        agree = {"opinion": "agree"}
        assert refusal(desk, "give-opinion", agree, at=LATE) == "opinion-after-term"
        assert refusal(desk, "return-leg", WHY, at=LATE) == "leg-already-closed"
        desk.when("end_term", LEG, 1, act_at(LATE))
        assert refusal(desk, "give-opinion", agree, at=LATER) == "opinion-after-term"

    def test_an_opinion_that_is_only_overdue_may_still_be_given(self, desk: Desk) -> None:
        given(desk, kind="opinion")
        desk.when("end_term", LEG, 1, act_at(LATE))
        late = act_at(LATE + timedelta(days=2), agency=LAND)
        assert desk.command("give-opinion", LEG, {"opinion": "agree"}, late)

    @pytest.mark.parametrize("command", ["complete-leg", "request-supplement", "request-payment"])
    def test_nothing_else_does_for_it(self, desk: Desk, command: str) -> None:
        given(desk, ("accept-leg", {}), kind="opinion")
        assert refusal(desk, command, {} if command == "complete-leg" else WHY) == "opinion-needed"


class TestRecalls:
    def test_whoever_handed_it_over_takes_it_back(self, desk: Desk) -> None:
        given(desk)
        act = act_at(LATER, agency=DESK)
        assert desk.command("recall-leg", LEG, WHY, act) == ["processing.work.recalled"]
        event = desk.events(LEG)[-1]
        assert (event.agency, event.by) == (LAND, DESK)
        assert desk.written.notices == [(LAND, "recalled")]
        assert desk.written.answered == [(LAND, hand_over_id(LEG))]

    def test_for_an_agency_that_ended_its_successor_does(self, desk: Desk) -> None:
        given(desk, from_agency=ENDED)
        assert refusal(desk, "recall-leg", WHY, agency=ENDED) == "not-yours-to-recall"
        assert refusal(desk, "recall-leg", WHY, agency=DESK) == "not-yours-to-recall"
        assert desk.command("recall-leg", LEG, WHY, act_at(LATER, agency=SUCCESSOR))

    def test_not_once_it_is_accepted(self, desk: Desk) -> None:
        given(desk, ("accept-leg", {}))
        assert refusal(desk, "recall-leg", WHY, agency=DESK) == "leg-already-accepted"


def test_nothing_is_transferred_to_an_agency_that_has_not_begun(desk: Desk) -> None:
    given(desk)
    assert refusal(desk, "transfer-leg", {"to": UNBORN, **WHY}) == "unknown-agency"
    later = act_at(MORNING + timedelta(days=1), agency=LAND)
    assert desk.command("transfer-leg", LEG, {"to": UNBORN, **WHY}, later)


def test_nothing_is_transferred_to_an_agency_that_has_ended(desk: Desk) -> None:
    given(desk)
    assert refusal(desk, "transfer-leg", {"to": ENDED, **WHY}) == "unknown-agency"
    assert refusal(desk, "transfer-leg", {"to": LAND, **WHY}) == "transfer-to-itself"
    assert refusal(desk, "transfer-leg", {"to": LAND, **WHY}, agency=TAX) == "not-your-leg"
    before = act_at(MORNING - timedelta(minutes=1), agency=LAND)
    assert desk.command("transfer-leg", LEG, {"to": ENDED, **WHY}, before), "it had not ended then"


class TestWaiting:
    WAITING: tuple[tuple[str, dict[str, Any]], ...] = (("accept-leg", {}), ("request-supplement", WHY))
    DUE_LATER = DUE + timedelta(days=3)

    def resumed(self, kind: str = "supplement") -> dict[str, Any]:
        return {"leg": str(LEG), "kind": kind, "due_at": to_text(self.DUE_LATER)}

    def test_nothing_moves_and_nothing_rings(self, desk: Desk) -> None:
        given(desk, *self.WAITING)
        assert desk.written.shown == {LEG: "suspended"}
        assert desk.written.deadlines == {}
        assert desk.written.notices == [(LAND, "paused")]
        assert desk.when("end_term", LEG, 1, act_at(LATE)) == []
        for command, fields in [("complete-leg", {}), ("return-leg", WHY), ("request-payment", WHY)]:
            assert refusal(desk, command, fields) == "leg-suspended"
        assert desk.command("acknowledge-message", LEG, {}, act_at(LATER, agency=LAND))

    def test_it_goes_on_with_a_new_due_time_and_the_old_deadline_says_nothing_more(self, desk: Desk) -> None:
        given(desk, *self.WAITING)
        at = LATER + timedelta(days=1)
        assert desk.when("resume_work", self.resumed("payment"), act_at(at)) == []
        assert desk.when("resume_work", self.resumed(), act_at(at)) == ["processing.work.resumed"]
        assert desk.when("resume_work", self.resumed(), act_at(at)) == []
        assert desk.written.deadlines == {LEG: ("leg-due", 2, self.DUE_LATER + timedelta(minutes=1))}
        assert desk.written.notices[-1] == (LAND, "resumed")
        assert desk.when("end_term", LEG, 1, act_at(LATE)) == []
        assert refusal(desk, "complete-leg", {}) == "time-out-of-order", "as of a time when it waited"
        assert desk.command("complete-leg", LEG, {}, act_at(at, agency=LAND))


class TestSuccessions:
    REHOMED: dict[str, Any] = {"leg": str(LEG), "agency": SUCCESSOR, "basis": "NQ 01"}  # noqa: RUF012

    def test_the_successor_goes_on_where_its_predecessor_was(self, desk: Desk) -> None:
        given(desk, ("accept-leg", {}))
        desk.written.handed_over.clear()
        assert desk.when("rehome_work", self.REHOMED, act_at(LATER)) == ["processing.work.rehomed"]
        assert desk.when("rehome_work", self.REHOMED, act_at(LATER)) == []
        assert desk.written.handed_over == [LEG]
        assert desk.written.answered == [(LAND, hand_over_id(LEG))]
        assert desk.written.notices == [(LAND, "rehomed")]
        assert desk.written.deadlines == {LEG: ("leg-due", 1, LATE)}, "the term stays"
        assert refusal(desk, "complete-leg", {}) == "not-your-leg"
        act = act_at(LATER, agency=SUCCESSOR)
        assert desk.command("accept-leg", LEG, {}, act), "its own system may say so once more"
        assert refusal(desk, "accept-leg", {}, agency=SUCCESSOR) == "leg-already-accepted"
        assert desk.command("complete-leg", LEG, {}, act)
        assert desk.written.answered[-1] == (SUCCESSOR, hand_over_id(LEG, SUCCESSOR))

    def test_a_successor_not_heard_of_is_waited_for(self, desk: Desk) -> None:
        given(desk)
        with pytest.raises(NotYetKnownError) as caught:
            desk.when("rehome_work", {**self.REHOMED, "agency": "so-moi"}, act_at(LATER))
        assert caught.value.reference == "agency/so-moi"
        assert desk.command("accept-leg", LEG, {}, act_at(LATER, agency=LAND))

    def test_an_ended_work_stays_where_it_ended(self, desk: Desk) -> None:
        given(desk, ("return-leg", WHY))
        assert desk.when("rehome_work", self.REHOMED, act_at(LATER)) == []
        assert desk.when("withdraw_work", str(LEG), act_at(LATER)) == []


class TestThePast:
    NOW = LATE + timedelta(days=400)

    def test_a_posting_of_long_ago_ends_at_once(self, desk: Desk) -> None:
        given(desk, historical=True, at_term="elapse")
        assert desk.written.deadlines == {LEG: ("leg-due", 1, LATE)}
        desk.when("end_term", LEG, 1, act_at(self.NOW))
        act = desk.events(LEG)[-1].act
        assert (act["happened_at"], act["historical"]) == (to_text(LATE), True)

    def test_an_opinion_of_long_ago_may_be_told_before_silence_is_consent(self, desk: Desk) -> None:
        given(desk, historical=True, kind="opinion", at_term="consent")
        assert desk.written.deadlines == {LEG: ("leg-due", 1, self.NOW + HISTORIAN_SPEAKS_WITHIN)}
        assert desk.command("give-opinion", LEG, {"opinion": "agree"}, act_at(LATER, agency=LAND))

    def test_word_of_a_later_time_shows_the_silence_before_it(self, desk: Desk) -> None:
        given(desk, historical=True, kind="opinion", at_term="consent")
        later = act_at(LATE + timedelta(hours=1), agency=LAND, historical=True)
        assert desk.command("acknowledge-message", LEG, {}, later) == ["processing.work.lapsed"]
        event = desk.events(LEG)[-1]
        assert (event.outcome, event.act["happened_at"], event.act["role"]) == (
            "consented",
            to_text(LATE),
            "system",
        )
        assert desk.written.deadlines == {}
        assert desk.command("acknowledge-message", LEG, {}, later) == []
