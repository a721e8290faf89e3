"""Given a dossier on its way, when an agency ends its leg, then the next is opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from services.routing.domain import itinerary_events as happened
from services.routing.domain.agency import Agency
from services.routing.domain.itinerary import leg_key
from services.routing.domain.process import Process
from shared.clock import to_text
from shared.errors import NotYetKnownError, RefusedError
from tests.builders.routing import (
    AGENCIES,
    DEPARTMENT,
    DESK,
    DISTRICT,
    DOSSIER,
    NOW,
    POLICE,
    UP_AND_ACROSS,
    act_at,
    agency,
    leg,
    process,
    received,
)
from tests.unit.routing.conftest import Office


def names(events: list[Any]) -> list[str]:
    return [type(event).__name__ for event in events]


def open_leg(office: Office) -> str:
    (leg,) = office.itinerary().open
    return str(leg)


def test_a_received_dossier_gets_its_way_and_its_first_leg(office: Office) -> None:
    planned, opened = office.when("start", received(), act_at())

    assert isinstance(planned, happened.Planned)
    assert (planned.process, planned.version, len(planned.legs)) == ("a-process", 1, 5)
    assert isinstance(opened, happened.LegOpened)
    assert (opened.number, opened.of, opened.attempt) == (1, 5, 1)
    assert (opened.agency, opened.from_agency, opened.direction) == (DESK, DESK, "inside")
    assert opened.leg == str(uuid5(DOSSIER, "leg/1/1"))
    assert opened.act["leg"] == opened.leg


def test_a_legs_term_counts_from_its_opening_in_working_time(office: Office) -> None:
    _, opened = office.when("start", received(), act_at())

    # Monday nine o'clock in Viet Nam and one working day: Tuesday nine o'clock, two in the morning UTC.
    assert opened.due_at == "2019-06-18T02:00:00.000000Z"


def test_a_leg_without_a_stated_term_has_no_due_time(office: Office) -> None:
    office.when("start", received(), act_at())
    events: list[Any] = []
    for _ in range(3):
        events = office.when("leg_ended", open_leg(office), "completed", act_at())

    assert events[-1].number == 4
    assert events[-1].due_at is None


def test_completed_legs_lead_to_the_end(office: Office) -> None:
    office.when("start", received(), act_at())

    seen = [names(office.when("leg_ended", open_leg(office), "completed", act_at())) for _ in range(5)]

    assert seen == [["LegClosed", "LegOpened"]] * 4 + [["LegClosed", "Completed"]]


def test_a_returned_leg_opens_the_one_before_again_with_the_reason(office: Office) -> None:
    office.when("start", received(), act_at())
    office.when("leg_ended", open_leg(office), "completed", act_at())

    closed, opened = office.when("leg_returned", open_leg(office), "thiếu chữ ký", act_at())

    assert (closed.agency, closed.outcome) == (POLICE, "returned")
    assert (opened.number, opened.attempt, opened.note) == (1, 2, "thiếu chữ ký")
    assert opened.leg == str(leg_key(DOSSIER, 1, 2))


def test_the_leg_after_a_return_is_a_new_attempt(office: Office) -> None:
    office.when("start", received(), act_at())
    office.when("leg_ended", open_leg(office), "completed", act_at())
    office.when("leg_returned", open_leg(office), "lý do", act_at())

    _, opened = office.when("leg_ended", open_leg(office), "completed", act_at())

    assert (opened.number, opened.attempt) == (2, 2)


def test_returned_from_the_first_leg_it_lies_at_the_desk_until_it_is_sent_on(office: Office) -> None:
    office.when("start", received(), act_at())

    closed, returned = office.when("leg_returned", open_leg(office), "sai thẩm quyền", act_at())
    (opened,) = office.when("send_on", "đã bổ sung", act_at())

    assert names([closed, returned]) == ["LegClosed", "ReturnedToDesk"]
    assert (opened.number, opened.attempt, opened.note) == (1, 2, "đã bổ sung")


@pytest.mark.parametrize("state", ["on its way", "completed"])
def test_only_a_dossier_at_the_desk_can_be_sent_on(office: Office, state: str) -> None:
    office.when("start", received(), act_at())
    if state == "completed":
        for _ in range(5):
            office.when("leg_ended", open_leg(office), "completed", act_at())

    with pytest.raises(RefusedError, match="not-at-the-desk"):
        office.when("send_on", "x", act_at())


@pytest.mark.parametrize("leg", [str(leg_key(DOSSIER, 2, 1)), str(UUID(int=1))])
def test_only_the_open_leg_can_end(office: Office, leg: str) -> None:
    office.when("start", received(), act_at())

    with pytest.raises(RefusedError, match="not-the-open-leg"):
        office.when("leg_ended", leg, "completed", act_at())


def test_the_end_of_a_leg_that_ended_otherwise_meanwhile_changes_nothing(office: Office) -> None:
    office.when("start", received(), act_at())
    leg = open_leg(office)
    office.when("leg_ended", leg, "completed", act_at())

    assert office.when("leg_ended", leg, "completed", act_at()) == []
    assert office.when("leg_returned", leg, "quá muộn", act_at()) == []
    assert office.when("leg_transferred", leg, DISTRICT, "quá muộn", act_at()) == []


@pytest.mark.parametrize(
    ("changes", "days", "missing"),
    [
        ({"procedure": "9.999999"}, 0, "process-for/9.999999"),
        ({"desk": "H99.01"}, 0, "agency/H99.01"),
        ({}, -3650, f"process-for/{received()['procedure']}"),
    ],
)
def test_a_dossier_waits_for_what_is_not_known(
    office: Office, changes: dict[str, Any], days: int, missing: str
) -> None:
    with pytest.raises(NotYetKnownError) as error:
        office.when("start", received(**changes), act_at(NOW + timedelta(days=days)))

    assert error.value.reference == missing
    assert office.itinerary() is None


@pytest.mark.parametrize("how", ["named", "competent", "applicant", "successor"])
def test_an_agency_that_has_not_begun_is_waited_for_as_if_it_were_unknown(office: Office, how: str) -> None:
    unborn, begins = "H47.99", NOW + timedelta(days=30)
    new = {**agency(unborn, "province", "department", "QNA"), "valid_from": to_text(begins)}
    office.when("register_agency", new, act_at())
    competence = {"procedure": received()["procedure"], "agency": unborn, "basis": "QĐ 1"}
    office.when("put_competence", {**competence, "valid_from": AGENCIES[0]["valid_from"]}, act_at())
    if how == "successor":  # as earlier releases took it in
        end = {"agency": DEPARTMENT, "ended_at": "2019-06-01T00:00:00.000000Z", "change": "rename"}
        office.directory.put_agency(
            [it for it in AGENCIES if it["agency"] == DEPARTMENT],
            {**end, "successors": [{"agency": unborn, "areas": None}], "basis": "QĐ 1"},
        )
    choice = {"named": {"id": unborn}, "successor": {"id": DEPARTMENT}}.get(how, how)
    office.when("publish_process", process([leg("receiver"), leg(choice)], 2, "2019-02-01"), act_at())
    dossier = received(applicant_agency=unborn)

    with pytest.raises(NotYetKnownError) as error:
        office.when("start", dossier, act_at())
    assert error.value.reference == f"agency/{unborn}"
    assert office.itinerary() is None

    office.when("start", dossier, act_at(begins))
    assert [it["agency"] for it in office.itinerary().legs] == [DESK, unborn]


def test_a_leg_that_is_not_passed_waits_for_no_agency_to_begin(office: Office) -> None:
    new = {
        **agency("H47.99", "province", "department", "QNA"),
        "valid_from": to_text(NOW + timedelta(days=9)),
    }
    office.when("register_agency", new, act_at())
    skipped = {**leg({"id": "H47.99"}), "when": {"fact": "channel", "equals": "post"}}
    office.when("publish_process", process([leg("receiver"), skipped], 2, "2019-02-01"), act_at())

    office.when("start", received(), act_at())

    assert len(office.itinerary().open) == 1


def test_known_reference_data_change_nothing(office: Office) -> None:
    assert office.when("register_agency", AGENCIES[0], act_at()) == []
    assert office.when("publish_process", process(UP_AND_ACROSS), act_at()) == []


def test_what_changes_in_the_register_is_recorded(office: Office) -> None:
    later = {"connected": True, "valid_from": "2019-06-01T00:00:00.000000Z"}
    (described,) = office.when("register_agency", {**AGENCIES[0], **later}, act_at())
    (revised,) = office.when("publish_process", process(UP_AND_ACROSS, 2, "2019-02-01"), act_at())

    assert isinstance(described, Agency.Described)
    assert isinstance(revised, Process.Revised)


def test_a_running_dossier_keeps_its_way_when_the_process_is_revised(office: Office) -> None:
    office.when("start", received(), act_at())
    office.when("publish_process", process(UP_AND_ACROSS[:1], 2, "2019-02-01"), act_at())

    (_, opened) = office.when("leg_ended", open_leg(office), "completed", act_at())

    assert (opened.number, opened.of) == (2, 5)
