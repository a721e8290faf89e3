"""A limit that the desk extends in writing: once, before it is due, as far as the procedure allows (form 04)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.api import due_of
from shared.clock import from_text
from shared.errors import RefusedError
from tests.unit.intake.one_stop_desk import MONDAY, PROCEDURE, OneStopDesk

CODE = "1.009794"
MOST = {"amount": "10", "unit": "calendar_day"}
LETTER = "12/PXL-TTHCC ngày 09/7/2025"


@pytest.fixture
def dossier_id(desk: OneStopDesk) -> UUID:
    """A dossier with twenty days, of a procedure that may be extended by ten."""
    content = {**PROCEDURE, "limit": {"amount": "20", "unit": "calendar_day"}, "extension": MOST}
    desk.do(lambda: desk.intake.publish_procedure(CODE, content, desk.act("procedure_control")))
    return desk.received(procedure=CODE)


def extend(desk: OneStopDesk, dossier_id: UUID, by: Any = None, role: str = "desk_head") -> None:
    act = desk.act(role)
    desk.do(lambda: desk.intake.extend_in_writing(dossier_id, by or MOST, LETTER, "Chờ ý kiến", act))


def refusal(desk: OneStopDesk, dossier_id: UUID, **more: Any) -> str:
    before = desk.live(dossier_id).due_at
    with pytest.raises(RefusedError) as refused:
        extend(desk, dossier_id, **more)
    assert desk.live(dossier_id).due_at == before
    return refused.value.code


def test_the_appointment_moves_by_what_the_letter_says_and_explains_it(
    desk: OneStopDesk, dossier_id: UUID
) -> None:
    # Monday 07/07 + 20 days is Sunday 27, so the limit ends on Monday 28; ten more: Thursday 07/08.
    assert from_text(desk.live(dossier_id).due_at or "") == MONDAY + timedelta(days=21)

    extend(desk, dossier_id)

    live = desk.live(dossier_id)
    assert from_text(live.due_at or "") == MONDAY + timedelta(days=31)
    assert desk.explained(dossier_id) == live.due_at
    assert due_of(live, desk.intake.calendars)["extensions"] == [MOST]
    assert vars(desk.replayed(dossier_id)) == vars(live)


def test_it_is_extended_once(desk: OneStopDesk, dossier_id: UUID) -> None:
    extend(desk, dossier_id, {"amount": "1", "unit": "calendar_day"})
    assert refusal(desk, dossier_id, by={"amount": "1", "unit": "calendar_day"}) == "already-extended"


def test_more_time_by_the_process_does_not_use_it_up(desk: OneStopDesk, dossier_id: UUID) -> None:
    desk.do(lambda: desk.intake.extend(dossier_id, MOST, "Trả lại", desk.act("system")))
    extend(desk, dossier_id)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"by": {"amount": "11", "unit": "calendar_day"}}, "extension-too-long"),
        ({"by": {"amount": "1", "unit": "month"}}, "extension-too-long"),
        ({"by": {"amount": "0", "unit": "calendar_day"}}, "term-not-positive"),
        ({"role": "receiving_officer"}, "forbidden"),
    ],
    ids=["longer", "another-unit", "nothing", "officer"],
)
def test_what_the_procedure_does_not_allow_is_refused(
    desk: OneStopDesk, dossier_id: UUID, more: dict[str, Any], code: str
) -> None:
    assert refusal(desk, dossier_id, **more) == code


def test_an_apology_after_the_day_extends_nothing(desk: OneStopDesk, dossier_id: UUID) -> None:
    desk.clock.advance(timedelta(days=21, minutes=1))
    assert refusal(desk, dossier_id) == "extension-too-late"


def test_a_procedure_that_does_not_offer_it_is_not_extended(desk: OneStopDesk) -> None:
    assert refusal(desk, desk.received()) == "extension-not-offered"
