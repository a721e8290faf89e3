"""R10: a copy from the register, within the day: 2 + 3 + 2 + 1 hours; after 15:00 within the next working day."""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

DESK, WARD, OTHER_WARD = "H47.71.3101", "H47.71.31", "H47.71.32"


def copy(received: str, area: str | None = None) -> Dossier:
    return Dossier("2.000908", DESK, received, area=area)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # Within the day: its closing.
        ("17/06/2025 07:00", "17/06/2025 17:00"),
        ("17/06/2025 14:30", "17/06/2025 17:00"),
        # 15:00 sharp is still that day, a minute later is the next.
        ("17/06/2025 15:00", "17/06/2025 17:00"),
        ("17/06/2025 15:01", "18/06/2025 17:00"),
        # Friday 25/04 15:30: make-up Saturday 26/04 is the next working day.
        ("25/04/2025 15:30", "26/04/2025 17:00"),
        # Tuesday 29/04 15:30: Monday 05/05.
        ("29/04/2025 15:30", "05/05/2025 17:00"),
    ],
)
def test_within_the_day(province: Province, received: str, due: str) -> None:
    assert province.due(copy(received)) == due


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("17/06/2025 07:00", "17/06/2025 09:00"),
        # 10:30 + 2 hours: 1 to 11:30, 1 from 13:30.
        ("17/06/2025 10:30", "17/06/2025 14:30"),
        # After 15:00: from the next working day's opening, 07:00.
        ("17/06/2025 15:01", "18/06/2025 09:00"),
        ("25/04/2025 15:30", "26/04/2025 09:00"),
    ],
)
def test_the_first_leg_counts_hours(province: Province, received: str, due: str) -> None:
    province.receive(copy(received), opens=[Leg("tiep-nhan", DESK, "inside", due)])


def test_eight_hours_fill_the_day(province: Province) -> None:
    way = province.receive(
        copy("17/06/2025 07:00"), opens=[Leg("tiep-nhan", DESK, "inside", "17/06/2025 09:00")]
    )
    # 09:00 + 3 hours: 2.5 to 11:30, half an hour from 13:30.
    way.done("tiep-nhan", "17/06/2025 09:00", opens=[Leg("tra-cuu", WARD, "peer", "17/06/2025 14:00")])
    way.done("tra-cuu", "17/06/2025 14:00", opens=[Leg("ky", WARD, "inside", "17/06/2025 16:00")])
    # 15:30 + 1 hour: no 15:00 rule for what is under way.
    way.done("ky", "17/06/2025 15:30", opens=[Leg("tra-ket-qua", DESK, "peer", "17/06/2025 16:30")])
    way.done("tra-ket-qua", "17/06/2025 16:15", completes=True)


def test_the_ward_that_keeps_the_register_copies_it_wherever_it_was_asked_for(province: Province) -> None:
    assert province.plan(copy("17/06/2025 07:00", area="QNA.TK.TT")).legs == [
        ("tiep-nhan", DESK, "inside"),
        ("tra-cuu", OTHER_WARD, "peer"),
        ("ky", OTHER_WARD, "inside"),
        ("tra-ket-qua", DESK, "peer"),
    ]
