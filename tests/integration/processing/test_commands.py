from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from services.processing.application import hand_over_id
from shared.acts import Act
from shared.clock import to_text
from shared.contracts.envelope import Message, from_bytes
from tests.builders.processing import DOSSIER, LAND, MORNING, TAX, command_message, delivered, leg_id
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration


def accept(leg: Any, **changes: Any) -> Message:
    return command_message("accept-leg", {"leg": str(leg)}, **changes)


def handle(office: Office, *deliveries: Any, verify: bool = True) -> None:
    office.commands(verify=verify).handle(list(deliveries))


def refusals(office: Office) -> list[tuple[str, dict[str, Any]]]:
    rows = office.rows("SELECT agency, body FROM delivery WHERE kind = 'refusal' ORDER BY sequence")
    return [(agency, from_bytes(bytes(body)).data) for agency, body in rows]


def parked(office: Office) -> list[str]:
    return [row[0].partition(":")[0] for row in office.rows("SELECT reason FROM parked ORDER BY id")]


def test_a_command_has_its_effect_and_says_whose_act_it_was(office: Office) -> None:
    leg = office.open_leg()
    office.clock.advance(timedelta(minutes=10))
    handle(office, delivered(accept(leg, at=MORNING + timedelta(minutes=5))))
    assert office.topics(leg) == ["handed-over", "accepted"]
    (state,) = office.one("SELECT state FROM event WHERE topic = 'processing.work.accepted'")
    act = orjson.loads(bytes(state))["act"]
    assert act == {
        "role": "agency-system",
        "subject": f"agency.{LAND}",
        "agency": LAND,
        "happened_at": to_text(MORNING + timedelta(minutes=5)),
        "received_at": to_text(MORNING + timedelta(minutes=10)),
        "root": str(DOSSIER),
        "leg": str(leg),
        "causation": f"/agencies/{LAND}/c-1",
    }


def test_what_an_agency_tried_in_vain_is_kept_once_with_why(office: Office) -> None:
    leg = office.open_leg()
    early = command_message("complete-leg", {"leg": str(leg)}, id="c-2")
    nowhere = command_message("complete-leg", {"leg": str(leg_id(99))}, id="c-3")
    shapeless = command_message("record-work", {"leg": str(leg)}, id="c-4")
    handle(office, delivered(early), delivered(early), delivered(nowhere), delivered(shapeless))
    handle(office, delivered(early))
    assert len(refusals(office)) == 3
    [(state,)] = office.rows("SELECT state FROM event WHERE topic = 'processing.refused-act.recorded'")
    kept = orjson.loads(bytes(state))
    assert (kept["agency"], kept["command"], kept["code"]) == (LAND, "complete-leg", "out-of-turn")
    assert kept["act"]["root"] == str(DOSSIER)
    assert kept["act"]["causation"] == f"/agencies/{LAND}/c-2"
    assert office.topics(leg) == ["handed-over"]


def test_a_command_that_comes_twice_has_its_effect_once(office: Office) -> None:
    leg = office.open_leg()
    record = command_message("record-work", {"leg": str(leg), "step": "Đo đạc"}, id="c-2")
    handle(office, delivered(accept(leg)), delivered(record), delivered(record))
    handle(office, delivered(record))
    assert office.topics(leg) == ["handed-over", "accepted", "work-recorded"]
    assert refusals(office) == []


def test_a_whole_leg_in_one_batch(office: Office) -> None:
    leg = office.open_leg()
    commands = [
        ("acknowledge-message", {"reference": "VB-1"}),
        ("accept-leg", {"officer": "B"}),
        ("record-work", {"step": "Thẩm định"}),
        ("complete-leg", {"note": "Đủ điều kiện"}),
    ]
    handle(
        office,
        *(delivered(command_message(name, {"leg": str(leg), **data}, id=name)) for name, data in commands),
    )
    assert office.topics(leg) == ["handed-over", "acknowledged", "accepted", "work-recorded", "completed"]
    assert office.worklist.of_agency(LAND, 10) == []


@pytest.mark.parametrize(
    "cause", [hand_over_id(leg_id()), f"/lienthong/processing/1/{hand_over_id(leg_id())}"]
)
def test_a_command_that_names_the_hand_over_answers_it(office: Office, cause: str) -> None:
    leg = office.open_leg()
    handle(office, delivered(accept(leg, causation=cause)))
    assert office.one("SELECT state, answered_by FROM delivery") == ("answered", f"/agencies/{LAND}/c-1")


def test_a_command_that_does_not_name_the_hand_over_leaves_it_unanswered(office: Office) -> None:
    leg = office.open_leg()
    handle(office, delivered(accept(leg)))
    assert office.one("SELECT state FROM delivery") == ("waiting",)


def test_a_refused_command_is_answered_in_both_languages_and_has_no_other_effect(office: Office) -> None:
    leg = office.open_leg()
    done = command_message("complete-leg", {"leg": str(leg)}, causation=hand_over_id(leg))
    handle(office, delivered(done))
    ((agency, data),) = refusals(office)
    assert agency == LAND
    assert (data["command"], data["code"], data["status"]) == ("c-1", "out-of-turn", 409)
    assert data["title"] == "complete-leg is out of turn: accept-leg must come first"
    assert data["title_vi"] == "Chưa đến lượt lệnh complete-leg: phải có accept-leg trước"
    assert office.topics(leg) == ["handed-over"]
    assert office.one("SELECT state FROM delivery WHERE kind = 'hand-over'") == ("waiting",)


def test_a_refused_command_that_comes_again_is_answered_once(office: Office) -> None:
    command = delivered(accept(leg_id()))
    handle(office, command)
    handle(office, command)
    assert [data["code"] for _, data in refusals(office)] == ["unknown-leg"]


def test_what_was_not_known_counts_when_it_is_said_again_and_is_known(office: Office) -> None:
    """After a restore agencies repeat commands, under their ids, before their legs are opened again."""
    leg = leg_id()
    early, done = accept(leg), command_message("complete-leg", {"leg": str(leg)}, id="c-2")
    handle(office, delivered(early), delivered(done))
    assert [data["code"] for _, data in refusals(office)] == ["unknown-leg", "unknown-leg"]

    office.open_leg()
    handle(office, delivered(done), delivered(done), delivered(early), delivered(early))
    handle(office, delivered(early), delivered(done))

    assert office.topics(leg) == ["handed-over", "accepted"]
    codes = [(data["command"], data["code"]) for _, data in refusals(office)]
    assert codes == [("c-1", "unknown-leg"), ("c-2", "unknown-leg"), ("c-2", "out-of-turn")]


def test_what_was_too_old_counts_when_it_is_said_again_and_its_time_is_believed(office: Office) -> None:
    """After a restore agencies repeat commands of the days before: the operator lets their times be believed."""
    leg = office.open_leg()
    office.clock.advance(timedelta(days=3))
    told = delivered(accept(leg, at=MORNING + timedelta(minutes=5)))
    handle(office, told)
    assert [data["code"] for _, data in refusals(office)] == ["time-out-of-tolerance"]

    patient = replace(office.commands(), tolerance=timedelta(days=7))
    patient.handle([told, told])

    assert office.topics(leg) == ["handed-over", "accepted"]
    assert len(refusals(office)) == 1


def test_what_became_of_a_command_that_was_not_known_at_first_is_said_over_http_too(office: Office) -> None:
    leg = leg_id()
    taken = office.commands()
    told = delivered(accept(leg))
    first, again = taken.take(told, LAND), taken.take(told, LAND)
    assert first.refused
    assert again.refused
    assert (first.refused["code"], again.refused["code"]) == ("unknown-leg", "unknown-leg")

    office.open_leg()

    assert taken.take(told, LAND).refused is None
    known = taken.take(told, LAND)
    assert (known.repeated, known.refused) == (True, None)


def test_who_asks_for_it_is_told_once_that_a_command_was_carried_out(office: Office) -> None:
    leg = office.open_leg()
    asked = replace(accept(leg, id="c-1"), wantsanswer=True, correlationid="VPDK-7")
    early = replace(
        command_message("give-opinion", {"leg": str(leg), "opinion": "agree"}, id="c-2"), wantsanswer=True
    )
    silent = command_message("record-work", {"leg": str(leg), "step": "Đo đạc"}, id="c-3")
    handle(office, delivered(asked), delivered(early), delivered(silent))
    handle(office, delivered(asked))

    rows = office.rows("SELECT agency, body FROM delivery WHERE kind = 'refusal' ORDER BY sequence")
    told, refused = [from_bytes(bytes(body)) for _, body in rows]
    assert [agency for agency, _ in rows] == [LAND, LAND]
    assert told.type == "lienthong.agency.command-carried-out"
    assert told.data == {"command": "c-1", "state": "accepted"}
    assert (told.causationid, told.correlationid, told.legid) == ("c-1", "VPDK-7", str(leg))
    assert (refused.data["command"], refused.data["code"]) == ("c-2", "not-an-opinion-leg")


def test_refused_commands_do_not_touch_the_others_of_their_batch(office: Office) -> None:
    leg = office.open_leg()
    handle(
        office,
        delivered(accept(leg_id(9), id="a")),
        delivered(accept(leg, id="b")),
        delivered(b"{"),
        delivered(accept(leg, id="c")),
    )
    assert office.topics(leg) == ["handed-over", "accepted"]
    assert [data["code"] for _, data in refusals(office)] == ["unknown-leg", "leg-already-accepted"]
    assert parked(office) == ["not-json"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("return-leg", {}),
        ("accept-leg", {"colour": "red"}),
        ("record-work", {"step": ""}),
        ("accept-leg", {"officer": "x" * 101}),
        ("accept-leg", {"leg": "no id"}),
    ],
)
def test_content_that_breaks_the_contract_is_answered(
    office: Office, name: str, data: dict[str, Any]
) -> None:
    leg = office.open_leg()
    handle(office, delivered(command_message(name, {"leg": str(leg), **data})))
    assert [data["code"] for _, data in refusals(office)] == ["invalid-data"]
    assert office.topics(leg) == ["handed-over"]


@pytest.mark.parametrize(
    ("time", "code"),
    [
        (to_text(MORNING + timedelta(minutes=5)), "time-in-future"),
        (to_text(MORNING - timedelta(hours=25)), "time-out-of-tolerance"),
        (to_text(MORNING - timedelta(hours=1)), "time-out-of-order"),
        ("yesterday", "invalid-data"),
        ("2026-03-02T08:00:00", "invalid-data"),
        ("0001-01-01T00:00:00+14:00", "invalid-data"),
    ],
)
def test_a_time_that_cannot_be_believed_is_answered(office: Office, time: str, code: str) -> None:
    leg = office.open_leg()
    handle(office, delivered(replace(accept(leg), time=time)))
    assert [data["code"] for _, data in refusals(office)] == [code]
    assert office.topics(leg) == ["handed-over"]


def test_a_clock_a_little_ahead_of_ours_is_believed_as_far_as_now(office: Office) -> None:
    leg = office.open_leg()
    handle(office, delivered(accept(leg, at=MORNING + timedelta(seconds=90))))
    (state,) = office.one("SELECT state FROM event WHERE topic = 'processing.work.accepted'")
    assert orjson.loads(bytes(state))["act"]["happened_at"] == to_text(MORNING)


class TestSenders:
    @pytest.mark.parametrize("user_id", [None, "", "guest", "agency.", LAND, "agency.no-such-agency"])
    def test_a_command_whose_sender_cannot_be_told_is_parked(
        self, office: Office, user_id: str | None
    ) -> None:
        leg = office.open_leg()
        handle(office, delivered(accept(leg), user_id=user_id))
        assert office.topics(leg) == ["handed-over"]
        assert parked(office) == ["unverified-sender"]
        assert refusals(office) == []

    def test_a_command_in_anothers_name_is_refused_to_its_true_sender(self, office: Office) -> None:
        leg = office.open_leg()
        handle(office, delivered(accept(leg), user_id=f"agency.{TAX}"))
        ((agency, data),) = refusals(office)
        assert (agency, data["code"]) == (TAX, "sender-mismatch")
        assert office.topics(leg) == ["handed-over"]

    def test_a_command_in_anothers_name_does_not_use_up_the_others_id(self, office: Office) -> None:
        leg = office.open_leg()
        handle(office, delivered(accept(leg), user_id=f"agency.{TAX}"))
        handle(office, delivered(accept(leg)))
        assert office.topics(leg) == ["handed-over", "accepted"]

    def test_where_there_are_no_accounts_the_source_is_believed(self, office: Office) -> None:
        leg = office.open_leg()
        handle(office, delivered(accept(leg), user_id=None), verify=False)
        assert office.topics(leg) == ["handed-over", "accepted"]

    def test_an_agency_without_a_queue_could_not_be_answered_and_is_parked(self, office: Office) -> None:
        office.register("xa-a", connected=False)
        leg = office.open_leg(agency="xa-a")
        handle(office, delivered(accept(leg, agency="xa-a"), user_id="agency.xa-a"))
        assert office.topics(leg) == ["handed-over"]
        assert parked(office) == ["unverified-sender"]

    @pytest.mark.parametrize("source", ["/agencies/", "vp-dkdd", "/lienthong/routing/1"])
    def test_a_source_that_names_no_agency_is_parked(self, office: Office, source: str) -> None:
        handle(office, delivered(replace(accept(leg_id()), source=source), user_id=None), verify=False)
        assert parked(office) == ["unverified-sender"]


class TestMalformed:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"\xff\x00", "not-json"),
            (b"[]", "not-cloudevents"),
            (b"{}", "not-cloudevents"),
            (b'"' + b"x" * 1_000_001 + b'"', "too-large"),
        ],
    )
    def test_what_is_no_message_is_parked_with_the_reason(
        self, office: Office, body: bytes, code: str
    ) -> None:
        handle(office, delivered(body))
        assert parked(office) == [code]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"dataschema": "urn:lienthong:command:accept-leg:2"}, "unknown-version"),
            ({"dataschema": "urn:lienthong:command:accept-leg:0"}, "unknown-version"),
            ({"type": "lienthong.command.burn-leg"}, "unknown-type"),
            ({"type": "lienthong.routing.leg-opened"}, "unknown-type"),
            ({"type": "\0"}, "unknown-type"),
            ({"id": "x" * 201}, "not-cloudevents"),
            ({"id": "a\0b"}, "not-cloudevents"),
            ({"specversion": "1.0", "source": "/agencies/\0"}, "unverified-sender"),
        ],
    )
    def test_what_is_no_command_of_ours_is_parked_with_the_reason(
        self, office: Office, changes: dict[str, Any], code: str
    ) -> None:
        leg = office.open_leg()
        message = replace(accept(leg), **changes)
        handle(office, delivered(message, user_id=None), verify=False)
        assert parked(office) == [code]
        assert office.topics(leg) == ["handed-over"]

    def test_a_header_that_differs_from_the_body_is_parked(self, office: Office) -> None:
        leg = office.open_leg()
        handle(office, delivered(accept(leg), headers={"cloudEvents:source": f"/agencies/{TAX}"}))
        handle(office, delivered(accept(leg, id="c-2"), routing_key="complete-leg"))
        assert parked(office) == ["header-mismatch", "header-mismatch"]
        assert office.topics(leg) == ["handed-over"]

    def test_each_malformed_message_is_parked_once_whatever_id_it_carries(self, office: Office) -> None:
        first, second = (replace(delivered(body), message_id="same") for body in (b"1", b"2"))
        handle(office, first, second, first)
        handle(office, second)
        assert parked(office) == ["not-cloudevents", "not-cloudevents"]

    def test_headers_that_agree_are_fine(self, office: Office) -> None:
        leg = office.open_leg()
        headers = {"cloudEvents:source": f"/agencies/{LAND}", "cloudEvents:id": "c-1"}
        handle(office, delivered(accept(leg), headers=headers))
        assert office.topics(leg) == ["handed-over", "accepted"]

    def test_headers_no_text_column_can_hold_do_not_stop_the_queue(self, office: Office) -> None:
        bad = replace(delivered(b"{"), headers={"x\0": "\ud800"}, message_id="m\0")
        handle(office, bad, delivered(accept(office.open_leg())))
        assert parked(office) == ["not-json"]

    def test_texts_no_text_column_can_hold_do_not_stop_the_queue(self, office: Office) -> None:
        leg = office.open_leg()
        bad = command_message("accept-leg", {"leg": str(leg), "officer": "B\0"}, id="bad")
        good = command_message("accept-leg", {"leg": str(leg), "officer": "B"}, id="good", causation="\0")
        handle(office, delivered(bad), delivered(good))
        assert parked(office) == []
        assert [data["code"] for _, data in refusals(office)] == ["invalid-data"]
        assert office.topics(leg) == ["handed-over", "accepted"]
        assert office.one("SELECT officer FROM work") == ("B",)


def test_a_command_that_meets_a_fault_of_ours_is_parked_and_the_others_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = office.open_leg(), office.open_leg(number=2)
    carry_out = office.application.execute

    def faulty(command: str, data: dict[str, Any], act: Act, agency: str) -> dict[str, Any]:
        if data["leg"] == first:
            raise ZeroDivisionError
        return carry_out(command, data, act, agency)

    monkeypatch.setattr(office.application, "execute", faulty)
    handle(office, delivered(accept(first, id="a")), delivered(accept(second, id="b")))
    assert office.topics(second) == ["handed-over", "accepted"]
    assert office.topics(first) == ["handed-over"]
    assert parked(office) == ["unexpected-ZeroDivisionError"]


def test_two_processes_at_one_leg_meet_the_same_rules(open_office: Callable[[], Office]) -> None:
    one, two = open_office(), open_office()
    leg = one.open_leg()
    two.execute("accept-leg", leg)
    handle(one, delivered(accept(leg)))
    assert [data["code"] for _, data in refusals(one)] == ["leg-already-accepted"]
    assert one.topics(leg) == ["handed-over", "accepted"]
