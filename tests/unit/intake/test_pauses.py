"""The clock that stands still: what it does to the status, the appointment and the verdict."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.intake.api import due_of
from services.intake.domain.status import Status
from shared.clock import from_text
from shared.errors import RefusedError
from tests.unit.intake.one_stop_desk import MONDAY, OneStopDesk

TWO_DAYS = {"amount": "2", "unit": "working_day"}


def fulfil(desk: OneStopDesk, dossier_id: UUID, pause: str | None = None) -> None:
    desk.do(lambda: desk.intake.fulfil(dossier_id, desk.act(), pause=pause))


def resume(desk: OneStopDesk, dossier_id: UUID, pause: str = "p1") -> None:
    desk.do(lambda: desk.intake.resume(dossier_id, pause, desk.act("system")))


def due(desk: OneStopDesk, dossier_id: UUID) -> datetime:
    appointment = desk.live(dossier_id).due_at
    assert appointment
    return from_text(appointment)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("supplement", Status.SUPPLEMENT), ("payment", Status.PAYMENT), ("posting", Status.PROCESSING)],
)
def test_each_kind_of_pause_has_its_status(desk: OneStopDesk, kind: str, status: Status) -> None:
    dossier_id = desk.received()
    desk.do(lambda: desk.intake.start_processing(dossier_id, desk.act("system"), {"police"}))

    desk.pause(dossier_id, kind)

    assert desk.live(dossier_id).status is status
    assert desk.tables.lookups.at_desk("pleiku", status, 10)[0].dossier_id == dossier_id


def test_the_appointment_moves_by_the_days_that_the_clock_stood_still(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    assert due(desk, dossier_id) == MONDAY + timedelta(days=3)
    desk.clock.advance(timedelta(days=1))
    desk.pause(dossier_id)

    desk.clock.advance(timedelta(days=2))
    fulfil(desk, dossier_id)

    assert due(desk, dossier_id).date() == (MONDAY + timedelta(days=7)).date()
    answer = due_of(desk.live(dossier_id), desk.intake.calendars)
    assert desk.explained(dossier_id) == desk.live(dossier_id).due_at
    assert [each["to"] is not None for each in answer["pauses"]] == [True]
    assert all(step["vi"] and step["en"] for step in answer["steps"])


def test_waiting_after_the_due_time_makes_nothing_on_time(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    before = due(desk, dossier_id)
    desk.clock.advance(timedelta(days=8))
    desk.pause(dossier_id)
    desk.clock.advance(timedelta(days=30))
    fulfil(desk, dossier_id)
    desk.do(lambda: desk.intake.resolve(dossier_id, desk.act("system")))

    assert due(desk, dossier_id) == before
    assert desk.live(dossier_id).verdict == "late"


def test_a_second_word_of_a_pause_or_its_end_changes_nothing(desk: OneStopDesk) -> None:
    dossier_id = desk.paused()
    desk.pause(dossier_id)
    fulfil(desk, dossier_id)
    before = desk.events(dossier_id)

    desk.pause(dossier_id)
    resume(desk, dossier_id)
    resume(desk, dossier_id, "never-heard-of")

    assert desk.events(dossier_id) == before
    assert before.count("intake.dossier.paused") == 1
    with pytest.raises(RefusedError, match="no-open-pause"):
        fulfil(desk, dossier_id)


def test_of_several_pauses_the_desk_names_the_one_that_is_fulfilled(desk: OneStopDesk) -> None:
    dossier_id = desk.paused()
    desk.pause(dossier_id, "payment", "p2")
    with pytest.raises(RefusedError, match="pause-not-named"):
        fulfil(desk, dossier_id)

    fulfil(desk, dossier_id, "p1")
    assert desk.live(dossier_id).status is Status.PAYMENT
    with pytest.raises(RefusedError, match="no-open-pause"):
        fulfil(desk, dossier_id, "p1")
    fulfil(desk, dossier_id)
    assert desk.live(dossier_id).status is Status.PROCESSING


@pytest.mark.parametrize(("end", "status"), [("stop", Status.STOPPED), ("withdraw", Status.WITHDRAWN)])
def test_whoever_brings_what_was_asked_after_the_end_changes_nothing(
    desk: OneStopDesk, end: str, status: Status
) -> None:
    dossier_id = desk.paused()
    desk.do(lambda: getattr(desk.intake, end)(dossier_id, "lý do", desk.act("desk_head")))
    with pytest.raises(RefusedError, match="no-open-pause"):
        fulfil(desk, dossier_id)
    assert desk.live(dossier_id).status is status


def test_a_public_notice_is_ended_by_routing_alone(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    desk.pause(dossier_id, "posting")
    with pytest.raises(RefusedError, match="no-open-pause"):
        fulfil(desk, dossier_id, "p1")
    desk.clock.advance(timedelta(days=15))

    resume(desk, dossier_id)

    assert due(desk, dossier_id) > MONDAY + timedelta(days=15)


def test_a_pause_that_another_process_took_in_ends_all_the_same(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    OneStopDesk(desk.database, desk.keys, desk.clock).pause(dossier_id, "posting")

    resume(desk, dossier_id)

    assert desk.events(dossier_id)[-1] == "intake.dossier.resumed"


@pytest.mark.parametrize("command", ["resolve", "return"])
def test_an_open_pause_ends_with_the_result_or_the_return(desk: OneStopDesk, command: str) -> None:
    dossier_id = desk.paused()
    desk.clock.advance(timedelta(days=7))

    act = desk.act("system")
    if command == "resolve":
        desk.do(lambda: desk.intake.resolve(dossier_id, act))
        assert desk.live(dossier_id).verdict == "early"
    else:
        desk.do(lambda: desk.intake.returned_to_desk(dossier_id, "police", "Thiếu chữ ký", act))
        assert desk.live(dossier_id).status is Status.RECEIVED

    assert due(desk, dossier_id) == MONDAY + timedelta(days=10)
    assert desk.live(dossier_id).pauses[0]["to"] is not None


def test_an_extension_gives_more_time_and_a_dossier_without_a_limit_needs_none(desk: OneStopDesk) -> None:
    dossier_id = desk.received()
    desk.do(lambda: desk.intake.extend(dossier_id, TWO_DAYS, "Trả lại", desk.act("system")))

    assert due(desk, dossier_id) == MONDAY + timedelta(days=7)
    assert due_of(desk.live(dossier_id), desk.intake.calendars)["extensions"] == [TWO_DAYS]
