"""R1 as it was under Joint Circular 05/2015: 20 working days, 15 without residence, more when sent back or far away."""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

DESK, WARD, POLICE, INSURANCE = "H47.71.3101", "H47.71.31", "H47.61.71", "H47.63.71"
FAR_DESK = "H47.80.3101"


def birth(received: str, *, residence: bool = True, far: bool = False) -> Dossier:
    return Dossier(
        "LT-KHAISINH-2015",
        FAR_DESK if far else DESK,
        received,
        area="QNA.NTM.TL" if far else "QNA.TK.AX",
        facts={"residence": residence},
        remote=far,
    )


@pytest.mark.parametrize(
    ("residence", "far", "due"),
    [
        # Thursday 31/01/2019; Friday 01/02 is the 1st; Tết 04-08/02 is off; 11-15/02 are 2-6, 18-22/02 are 7-11,
        # 25/02-01/03 are 12-16: the 15th is Thursday 28/02.
        (False, False, "28/02/2019 09:00"),
        # 04-07/03 are 17-20.
        (True, False, "07/03/2019 09:00"),
        # Far away 5 more: 15 + 5 is the 20th as well.
        (False, True, "07/03/2019 09:00"),
        # Friday 08/03 is the 21st, 11-14/03 are 22-25.
        (True, True, "14/03/2019 09:00"),
    ],
)
def test_the_limit_depends_on_residence_and_on_the_commune(
    province: Province, residence: bool, far: bool, due: str
) -> None:
    assert province.due(birth("31/01/2019 09:00", residence=residence, far=far)) == due


def test_returned_to_the_ward_it_gets_two_days_more(province: Province) -> None:
    # Thursday 31/01 09:00 + 1: Friday 01/02.
    way = province.receive(
        birth("31/01/2019 09:00"), opens=[Leg("dang-ky", WARD, "peer", "01/02/2019 09:00")]
    )
    # From Thursday 15:00: the 15th is 28/02 (see above), the 10th Thursday 21/02.
    way.done(
        "dang-ky",
        "31/01/2019 15:00",
        opens=[
            Leg("cu-tru", POLICE, "up", "28/02/2019 15:00"),
            Leg("the-bhyt", INSURANCE, "up", "21/02/2019 15:00"),
        ],
    )

    # Monday 18/02 10:00 + 1. The insurance goes on: its part does not hang on what the ward has to mend.
    way.returned(
        "cu-tru",
        "18/02/2019 10:00",
        opens=[Leg("dang-ky", WARD, "down", "19/02/2019 10:00", attempt=2)],
        extends={"amount": "2", "unit": "working_day"},
    )
    assert way.open == {("dang-ky", WARD), ("the-bhyt", INSURANCE)}
    way.done("the-bhyt", "19/02/2019 08:00", opens=[])
    # Tuesday 19/02 09:00 + 15: 20-22/02 are 1-3, 25/02-01/03 are 4-8, 04-08/03 are 9-13, 11 and 12/03.
    way.done(
        "dang-ky",
        "19/02/2019 09:00",
        opens=[Leg("cu-tru", POLICE, "up", "12/03/2019 09:00", attempt=2)],
    )
    way.done("cu-tru", "08/03/2019 09:00", opens=[Leg("tra-ket-qua", DESK, "down")])
    way.done("tra-ket-qua", "08/03/2019 10:00", completes=True)

    # 07/03 was the 20th; Friday 08/03 is the 21st, Monday 11/03 the 22nd.
    extended = [{"amount": "2", "unit": "working_day"}]
    assert province.due(birth("31/01/2019 09:00"), extensions=extended) == "11/03/2019 09:00"


def test_without_residence_the_police_are_skipped(province: Province) -> None:
    dossier = birth("31/01/2019 09:00", residence=False)
    assert list(province.plan(dossier).skipped) == ["cu-tru"]

    way = province.receive(dossier, opens=[Leg("dang-ky", WARD, "peer", "01/02/2019 09:00")])
    # Friday 01/02 08:00 + 10: 11-15/02 are 1-5, 18-22/02 are 6-10.
    way.done("dang-ky", "01/02/2019 08:00", opens=[Leg("the-bhyt", INSURANCE, "up", "22/02/2019 08:00")])
    way.done("the-bhyt", "15/02/2019 08:00", opens=[Leg("tra-ket-qua", DESK, "down")])


def test_the_far_commune_has_its_own_district(province: Province) -> None:
    assert province.plan(birth("31/01/2019 09:00", far=True)).legs == [
        ("dang-ky", "H47.80.31", "peer"),
        ("cu-tru", "H47.61.80", "up"),
        ("the-bhyt", "H47.63.80", "up"),
        ("tra-ket-qua", FAR_DESK, "down"),
    ]
