"""R1: birth registration, residence and health card, side by side after the civil status.

Source of the figures: Decision 296/QĐ-VPCP 12/06/2024 and Decree 63/2024; 3 working days, 5 with verification.
"""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

DESK, WARD, POLICE, INSURANCE = "H47.71.3101", "H47.71.31", "H47.61.7131", "H47.63.71"
OTHER_DESK = "H47.71.3201"


def birth(received: str, *, desk: str = DESK, channel: str = "direct", verification: bool = False) -> Dossier:
    return Dossier(
        "1.001193", desk, received, area="QNA.TK.AX", channel=channel, facts={"verification": verification}
    )


def test_the_way_is_the_ward_then_police_and_insurance_then_the_desk(province: Province) -> None:
    plan = province.plan(birth("25/04/2025 09:00"))

    assert plan.legs == [
        ("dang-ky", WARD, "peer"),
        ("cu-tru", POLICE, "peer"),
        ("the-bhyt", INSURANCE, "up"),
        ("tra-ket-qua", DESK, "down"),
    ]
    assert plan.after == {"dang-ky": [], "cu-tru": [1], "the-bhyt": [1], "tra-ket-qua": [2, 3]}
    assert plan.skipped == {}


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # Friday + 3: make-up Saturday 26/04, Monday 28, Tuesday 29.
        ("25/04/2025 09:00", "29/04/2025 09:00"),
        # On the make-up Saturday itself: Monday 28, Tuesday 29, then 30/04, 01/05 and the swapped 02/05 and the
        # weekend are off; Monday 05/05.
        ("26/04/2025 10:00", "05/05/2025 10:00"),
        # On a Saturday like any other: counts from Monday 12/05 07:00; 13, 14, 15.
        ("10/05/2025 10:00", "15/05/2025 07:00"),
        # 15:00 sharp still counts that day: Monday 05/05, 06, 07.
        ("29/04/2025 15:00", "07/05/2025 15:00"),
        # A minute later it counts from the next working day, Monday 05/05 07:00: 06, 07, 08.
        ("29/04/2025 15:01", "08/05/2025 07:00"),
        # At lunch, from 13:30: Friday 04/04, then Monday 07/04 (Hùng Kings) is off; 08, 09.
        ("03/04/2025 12:00", "09/04/2025 13:30"),
    ],
)
def test_three_working_days(province: Province, received: str, due: str) -> None:
    assert province.due(birth(received, channel="online")) == due


def test_five_working_days_with_verification(province: Province) -> None:
    # Friday 04/04 + 5: Monday 07/04 (Hùng Kings) is off; 08, 09, 10, 11, Monday 14.
    assert province.due(birth("04/04/2025 08:00", verification=True)) == "14/04/2025 08:00"


def test_police_and_insurance_work_side_by_side(province: Province) -> None:
    # Civil status within the day: Friday, closing.
    way = province.receive(
        birth("25/04/2025 09:00"), opens=[Leg("dang-ky", WARD, "peer", "25/04/2025 17:00")]
    )

    # Friday 10:30 + 2 for both: make-up Saturday 26, Monday 28.
    way.done(
        "dang-ky",
        "25/04/2025 10:30",
        opens=[
            Leg("cu-tru", POLICE, "peer", "28/04/2025 10:30"),
            Leg("the-bhyt", INSURANCE, "up", "28/04/2025 10:30"),
        ],
    )
    way.done("the-bhyt", "26/04/2025 09:00", opens=[])
    assert way.open == {("cu-tru", POLICE)}
    way.done("cu-tru", "28/04/2025 10:00", opens=[Leg("tra-ket-qua", DESK, "peer")])
    way.done("tra-ket-qua", "28/04/2025 10:15", completes=True)


def test_after_15_00_before_the_holidays_it_begins_after_them(province: Province) -> None:
    # Tuesday 29/04 15:01: from Monday 05/05 07:00, so within that day, closing.
    way = province.receive(
        birth("29/04/2025 15:01"), opens=[Leg("dang-ky", WARD, "peer", "05/05/2025 17:00")]
    )

    # Later legs know no 15:00: Monday 05/05 15:30 + 2: 06, 07.
    way.done(
        "dang-ky",
        "05/05/2025 15:30",
        opens=[
            Leg("cu-tru", POLICE, "peer", "07/05/2025 15:30"),
            Leg("the-bhyt", INSURANCE, "up", "07/05/2025 15:30"),
        ],
    )


def test_received_at_another_wards_desk_it_goes_to_the_ward_of_the_child_and_comes_back(
    province: Province,
) -> None:
    # Not bound to boundaries (phi địa giới): Tân Thạnh receives, An Xuân decides. Friday 04/04, closing.
    way = province.receive(
        birth("04/04/2025 08:00", desk=OTHER_DESK, verification=True),
        opens=[Leg("dang-ky", WARD, "peer", "04/04/2025 17:00")],
    )

    # Friday 16:00; Monday 07/04 is off. Police + 5: 08, 09, 10, 11, 14. Insurance + 2: 08, 09.
    way.done(
        "dang-ky",
        "04/04/2025 16:00",
        opens=[
            Leg("cu-tru", POLICE, "peer", "14/04/2025 16:00"),
            Leg("the-bhyt", INSURANCE, "up", "09/04/2025 16:00"),
        ],
    )
    way.done("cu-tru", "10/04/2025 09:00", opens=[])
    way.done("the-bhyt", "10/04/2025 09:30", opens=[Leg("tra-ket-qua", OTHER_DESK, "down")])
    way.done("tra-ket-qua", "10/04/2025 10:00", completes=True)


def test_a_supplement_that_the_police_ask_for_stops_their_clock_alone(province: Province) -> None:
    way = province.receive(
        birth("05/05/2025 08:00"), opens=[Leg("dang-ky", WARD, "peer", "05/05/2025 17:00")]
    )
    way.done(
        "dang-ky",
        "05/05/2025 09:00",
        opens=[
            Leg("cu-tru", POLICE, "peer", "07/05/2025 09:00"),
            Leg("the-bhyt", INSURANCE, "up", "07/05/2025 09:00"),
        ],
    )

    way.asks("supplement", "cu-tru", "06/05/2025 10:00")
    way.done("the-bhyt", "07/05/2025 08:00", opens=[], waits={"supplement"})
    # From Tuesday 06/05 10:00 to Thursday 08/05 10:00 two working days stood still: Wednesday 07/05 becomes
    # Friday 09/05.
    way.answered("cu-tru", "08/05/2025 10:00", due="09/05/2025 09:00")
    way.done("cu-tru", "09/05/2025 08:00", opens=[Leg("tra-ket-qua", DESK, "peer")])

    # The dossier: 05/05 + 3 is Thursday 08/05 08:00; two working days more: Friday 09, Monday 12.
    paused = [("06/05/2025 10:00", "08/05/2025 10:00")]
    assert province.due(birth("05/05/2025 08:00"), pauses=paused) == "12/05/2025 08:00"
