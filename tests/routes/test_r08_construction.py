"""R8: a construction permit in Phú Yên, 2018: opinions in 5 working days, 3 for a rural house; silence is consent."""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province, scenario_data

CENTRE, CONSTRUCTION = "H45.01", "H45.15"
ENVIRONMENT, CULTURE, FIRE_POLICE = "H45.14", "H45.18", "H45.61.02"
CONSULTED = (ENVIRONMENT, CULTURE, FIRE_POLICE)


def permit(works: str = "nha-o", *, urban: bool = False) -> Dossier:
    return Dossier(
        "LT-XAYDUNG", CENTRE, "20/04/2018 08:00", area="PYE.TH", facts={"works": works, "urban": urban}
    )


@pytest.mark.parametrize(
    ("works", "due"),
    [
        # Friday 20/04/2018 + 15 calendar days: Saturday 05/05, so Monday 07/05.
        ("nha-o", "07/05/2018 08:00"),
        # + 20: Thursday 10/05.
        ("cong-trinh", "10/05/2018 08:00"),
    ],
)
def test_fifteen_days_for_a_house_twenty_for_works(province: Province, works: str, due: str) -> None:
    assert province.due(permit(works)) == due


def test_extended_once_by_ten_days(province: Province) -> None:
    # 10/05 + 10 is Sunday 20/05, so Monday 21/05.
    ten_days = [{"amount": "10", "unit": "calendar_day"}]
    (allowed,) = [one for one in scenario_data("procedures") if one["procedure"] == "LT-XAYDUNG"]
    assert [allowed["extension"]] == ten_days
    assert province.due(permit("cong-trinh"), extensions=ten_days) == "21/05/2018 08:00"


def test_the_department_is_the_one_competent_by_the_register(province: Province) -> None:
    plan = province.plan(permit())

    assert plan.legs[0] == ("kiem-tra", CONSTRUCTION, "peer")
    assert "Phân cấp cấp giấy phép" in plan.reasons["kiem-tra"]


@pytest.mark.parametrize(
    ("works", "urban", "due"),
    [
        # Monday 23/04 09:00 + 3: 24, (Wednesday 25 is Hùng Kings) 26, 27.
        ("nha-o", False, "27/04/2018 09:00"),
        # + 5: Monday 30/04 and Tuesday 01/05 are off; Wednesday 02, Thursday 03/05.
        ("nha-o", True, "03/05/2018 09:00"),
        ("cong-trinh", False, "03/05/2018 09:00"),
        ("cong-trinh", True, "03/05/2018 09:00"),
    ],
)
def test_the_time_for_opinions_depends_on_house_and_place(
    province: Province, works: str, urban: bool, due: str
) -> None:
    # Friday 20/04 08:00 + 3: Monday 23, 24, Thursday 26 (25 is off).
    way = province.receive(
        permit(works, urban=urban), opens=[Leg("kiem-tra", CONSTRUCTION, "peer", "26/04/2018 08:00")]
    )
    way.done(
        "kiem-tra", "23/04/2018 09:00", opens=[Leg("y-kien", agency, "peer", due) for agency in CONSULTED]
    )


def test_who_says_nothing_agrees_and_the_permit_is_issued(province: Province) -> None:
    way = province.receive(permit(), opens=[Leg("kiem-tra", CONSTRUCTION, "peer", "26/04/2018 08:00")])
    way.done(
        "kiem-tra",
        "23/04/2018 09:00",
        opens=[Leg("y-kien", agency, "peer", "27/04/2018 09:00") for agency in CONSULTED],
    )

    way.opinion("y-kien", ENVIRONMENT, "24/04/2018 10:00", opens=[])
    way.lapsed("y-kien", "27/04/2018 09:00", "consented", agency=CULTURE, opens=[])
    # Friday 27/04 09:00 + 4: Wednesday 02, 03, 04, Monday 07/05.
    way.lapsed(
        "y-kien",
        "27/04/2018 09:00",
        "consented",
        agency=FIRE_POLICE,
        opens=[Leg("cap-phep", CONSTRUCTION, "peer", "07/05/2018 09:00")],
    )
    # An opinion after consent by silence changes nothing.
    way.opinion("y-kien", CULTURE, "02/05/2018 08:00", opens=[], attempt=1)
    way.done("cap-phep", "04/05/2018 16:00", opens=[Leg("tra-ket-qua", CENTRE, "peer")])
    way.done("tra-ket-qua", "07/05/2018 07:30", completes=True)
