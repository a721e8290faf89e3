"""Requests on their way to agencies' own systems and back: queue, pull, silence, deadlines, two processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.processing.application.requests import end_of
from services.processing.domain.request import Terms
from services.processing.domain.serving import PULLED, Way
from services.processing.tables.pulling import Pulling
from shared.clock import to_text
from shared.contracts import registry
from shared.contracts.envelope import Message, from_bytes
from shared.errors import RefusedError
from shared.messaging.broker import Outcome
from shared.persistence.recorder import LogRecorder
from tests.builders.processing import (
    DESK,
    LAND,
    MORNING,
    TAX,
    act_at,
    agency_ended,
    command_message,
    delivered,
)
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

LAST_DAY = "2026-03-06"
TERMS = Terms(
    kind="report",
    reference="4067",
    issuer=DESK,
    subject="Chưa đạt",
    basis="Công văn 4067",
    due_on=LAST_DAY,
    due_at=to_text(end_of(LAST_DAY)),
    consolidator=DESK,
    about=None,
)
HAND_OVER, NOTICE = "lienthong.agency.written-request", "lienthong.agency.request-notice"


def issue(office: Office, **more: Any) -> UUID:
    """Issue a request to an agency with a system of its own, and to one without."""
    for agency in (DESK, TAX):
        office.register(agency, connected=False)
    now, past = office.clock.now(), more.pop("past", None)
    act = act_at(past or now, recorded_at=now, historical=past is not None)
    terms, addressees = TERMS._replace(**more), [{"agency": LAND}, {"agency": TAX}]
    office.unit.run(lambda _tx: office.requests.issue(terms, addressees, act, by_agency=False))
    return terms.key


def send(office: Office) -> list[Message]:
    """Put onto queues what is due and return it."""
    claimed = office.ledger.claim(office.clock.now(), 100)
    office.ledger.record_outcomes(office.clock.now(), [(one, Outcome.CONFIRMED) for one in claimed])
    return [from_bytes(one.body) for one in claimed]


def answer(office: Office, request: UUID, name: str = "receive-request", **changes: Any) -> None:
    data = {"request": str(request), **changes.pop("data", {})}
    account = changes.pop("account", f"agency.{changes.get('agency', LAND)}")
    message = command_message(name, data, at=office.clock.now(), **changes)
    office.commands().handle([delivered(message, user_id=account)])


def refusals(office: Office) -> list[str]:
    bodies = office.rows("SELECT body FROM delivery WHERE kind = 'refusal' ORDER BY sequence")
    found = [from_bytes(bytes(body)) for (body,) in bodies]
    return [one.data["code"] for one in found if one.type == "lienthong.agency.command-refused"]


def events(office: Office, request: UUID) -> list[str]:
    stored = LogRecorder(office.database).select_events(request)
    return [event.topic.removeprefix("processing.request.") for event in stored]


def test_it_is_sent_again_until_the_agency_answers_the_message(office: Office) -> None:
    request = issue(office)
    (message,) = send(office)
    assert (message.type, message.data["agency"]) == (HAND_OVER, LAND), "who has no system gets no message"
    registry.load(message)
    assert send(office) == []
    office.clock.advance(timedelta(hours=2))
    assert [one.id for one in send(office)] == [message.id], "unanswered: the same again"

    answer(office, request, causation=message.id, data={"officer": "Chị Lan"})
    answer(office, request, causation=message.id, data={"officer": "Chị Lan"})
    assert events(office, request) == ["issued", "received"], "sent twice under one id: carried out once"
    office.clock.advance(timedelta(days=1))
    assert send(office) == []
    assert [one["reference"] for one in office.request_table.open_of(TAX, 10)] == ["4067"]
    assert [one["received_at"] is None for one in office.request_table.open_of(LAND, 10)] == [False]


def test_what_comes_from_a_wrong_sender_twice_or_in_the_wrong_shape_is_refused(office: Office) -> None:
    request = issue(office)
    office.register("khac", connected=True)
    whole = {"text": "Đã làm"}
    answer(office, request, "answer-request", agency="khac", id="w-0", account=f"agency.{LAND}", data=whole)
    answer(office, request, "answer-request", agency="khac", id="w-1", data=whole)
    answer(office, request, "answer-request", id="w-2", data={"text": ""})
    answer(office, UUID(int=7), "answer-request", id="w-3", data=whole)
    answer(office, request, "answer-request", id="w-4", data=whole)
    answer(office, request, "answer-request", id="w-5", data=whole)
    assert refusals(office) == [
        "sender-mismatch",
        "not-addressed",
        "invalid-data",
        "unknown-request",
        "request-already-answered",
    ]
    assert events(office, request) == ["issued", "answered"]


def test_a_withdrawn_one_is_not_sent_any_more_and_its_agency_is_told(office: Office) -> None:
    request = issue(office)
    (message,) = send(office)
    act = act_at(office.clock.now())
    office.unit.run(lambda _tx: office.requests.withdraw(request, "Ban hành nhầm", act))
    office.clock.advance(timedelta(hours=5))
    (told,) = send(office)
    assert (told.type, told.data["state"], told.data["note"]) == (NOTICE, "withdrawn", "Ban hành nhầm")
    registry.load(told)
    assert office.request_table.open_of(TAX, 10) == []
    answer(office, request, "answer-request", causation=message.id, data={"text": "Đã làm"})
    assert refusals(office) == ["request-is-withdrawn"]


def test_an_agency_that_pulls_gets_it_on_its_page(office: Office) -> None:
    settled = act_at(office.clock.now())
    office.unit.run(lambda _tx: office.servings.settle(LAND, Way(PULLED), "tường lửa", settled))
    request = issue(office)
    assert send(office) == []
    page = Pulling(office.database, office.ledger).page(LAND, 0, 10, office.clock.now())
    (message,) = (from_bytes(body) for body in page.bodies)
    assert (message.type, message.data["request"]) == (HAND_OVER, str(request))


def test_its_last_day_rings_once_and_a_late_answer_is_taken(
    office: Office, open_office: Callable[[], Office]
) -> None:
    request = issue(office)
    office.clock.set(end_of(LAST_DAY) - timedelta(seconds=1))
    office.terms.ring()
    assert events(office, request) == ["issued"], "the whole day counts"
    office.clock.set(end_of(LAST_DAY))
    for one in (office, open_office(), office):
        one.terms.ring()
    assert events(office, request) == ["issued", "fell-due"]
    assert office.request_table.all(None, "overdue", 10)[0]["answered"] == 0
    answer(office, request, "answer-request", data={"text": "Muộn"})
    assert events(office, request) == ["issued", "fell-due", "answered"]


def test_when_all_have_answered_or_it_is_long_past_nothing_rings(office: Office) -> None:
    request = issue(office)
    for agency in (LAND, TAX):
        act = act_at(office.clock.now(), agency=agency)
        with office.unit.begin():
            office.requests.execute("answer-request", {"request": request, "text": "Xong"}, act, agency)
    office.clock.set(MORNING + timedelta(days=30))
    past = issue(office, reference="cu", due_on="2026-03-10", past=MORNING)
    office.terms.ring()
    assert (events(office, request)[-1], events(office, past)) == ("answered", ["issued"])
    assert office.request_table.all(None, "answered", 10)[0]["reference"] == "4067"


def test_two_processes_that_issue_the_same_reference_issue_one(
    office: Office, open_office: Callable[[], Office]
) -> None:
    request = issue(office)
    assert issue(open_office()) == request
    assert events(office, request) == ["issued"]
    with pytest.raises(RefusedError) as refused:
        issue(office, subject="Việc khác")
    assert refused.value.code == "request-reference-taken"


SUCCESSOR, LATER = "xa-moi", "xa-sau"


def merge(office: Office, agency: str, *successors: str, **more: Any) -> None:
    with office.unit.begin():
        office.agencies.end({**agency_ended(agency, *successors, at=office.clock.now()), **more})


def shown(office: Office, request: UUID) -> dict[str, Any]:
    with office.unit.begin():
        return {one["agency"]: one for one in office.requests.standing(request)["addressees"]}


def test_what_an_agency_left_when_it_ended_goes_to_its_successor_once(
    office: Office, open_office: Callable[[], Office]
) -> None:
    request = issue(office)
    (first,) = send(office)
    office.register(SUCCESSOR)
    office.clock.advance(timedelta(hours=1))
    merge(office, LAND, SUCCESSOR)
    office.clock.advance(timedelta(hours=1))
    for one in (office, open_office(), office):
        one.terms.ring()
    assert events(office, request) == ["issued", "passed-on"]

    told = {message.data["agency"]: message for message in send(office)}
    assert (told[LAND].type, told[LAND].data["state"], told[LAND].data["note"]) == (
        NOTICE,
        "passed-on",
        SUCCESSOR,
    )
    assert (told[SUCCESSOR].type, told[SUCCESSOR].data["due_on"]) == (HAND_OVER, LAST_DAY)
    for message in told.values():
        registry.load(message)
    assert office.request_table.open_of(LAND, 10) == []
    assert [one["reference"] for one in office.request_table.open_of(SUCCESSOR, 10)] == ["4067"]

    answer(office, request, "answer-request", id="old", causation=first.id, data={"text": "Đã làm"})
    assert refusals(office) == ["not-addressed"]
    answer(office, request, "answer-request", agency=SUCCESSOR, data={"text": "Đã làm"})
    assert events(office, request)[2:] == ["answered"]
    parts = shown(office, request)
    assert (parts[LAND]["passed_to"], parts[SUCCESSOR]["text"]) == (SUCCESSOR, "Đã làm")
    (listed,) = office.request_table.all(None, None, 10)
    assert (listed["addressees"], listed["answered"]) == (2, 1), "the successor counts for the one that ended"


def test_nothing_is_passed_on_before_the_agency_has_ended_or_after_it_has_answered(office: Office) -> None:
    answered, withdrawn = issue(office), issue(office, reference="4068")
    answer(office, answered, "answer-request", data={"text": "Xong"})
    office.unit.run(lambda _tx: office.requests.withdraw(withdrawn, "Nhầm", act_at(office.clock.now())))
    to_come = issue(office, reference="4069")
    tomorrow = office.clock.now() + timedelta(days=1)
    merge(office, LAND, SUCCESSOR, ended_at=to_text(tomorrow))
    office.clock.set(tomorrow - timedelta(seconds=1))
    office.terms.ring()
    assert events(office, to_come) == ["issued"]
    office.clock.set(tomorrow)
    office.terms.ring()
    assert events(office, to_come) == ["issued", "passed-on"]
    assert events(office, answered) == ["issued", "answered"]
    assert events(office, withdrawn) == ["issued", "withdrawn"]


def test_a_successor_that_is_asked_too_answers_once(office: Office) -> None:
    request = issue(office)
    send(office)
    merge(office, TAX, LAND)
    office.terms.ring()
    assert send(office) == [], "it has the request already"
    answer(office, request, "answer-request", data={"text": "Cho cả hai"})
    (listed,) = office.request_table.all(None, None, 10)
    assert (listed["state"], listed["addressees"], listed["answered"]) == ("answered", 1, 1)


def test_it_comes_to_whoever_is_in_being_and_takes_what_is_given_to_nobody_else(office: Office) -> None:
    request = issue(office)
    for agency in (SUCCESSOR, LATER, "so-nn"):
        office.register(agency)
    parts = [{"agency": "so-nn", "areas": ["NN"]}, {"agency": SUCCESSOR, "areas": None}]
    merge(office, LAND, successors=parts)
    merge(office, SUCCESSOR, LATER)
    office.terms.ring()
    assert [shown(office, request)[LAND]["passed_to"], *events(office, request)] == [
        LATER,
        "issued",
        "passed-on",
    ]
    office.terms.ring()
    assert len(events(office, request)) == 2


def test_an_agency_that_ended_without_a_successor_keeps_what_it_was_asked(office: Office) -> None:
    request = issue(office)
    merge(office, LAND)
    office.terms.ring()
    assert events(office, request) == ["issued"]
