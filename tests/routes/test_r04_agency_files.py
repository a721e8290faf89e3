"""R4: the commune's committee files itself, in Vĩnh Phúc; 0.5 + 7 + 2.5 = 10 working days, and it gets the result."""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

COMMUNE_DESK, COMMUNE = "H62.11.3101", "H62.11.31"
CENTRE, LABOUR, DISTRICT = "H62.11.01", "H62.11.02", "H62.11"


def filed_at(desk: str) -> Dossier:
    return Dossier(
        "LT-DIEUCHINH-TC",
        desk,
        "13/05/2019 10:30",
        area="VPH.TD.DT",
        applicant_kind="agency",
        applicant_agency=COMMUNE,
    )


@pytest.mark.parametrize(("desk", "first"), [(COMMUNE_DESK, "up"), (CENTRE, "inside")])
def test_up_to_the_district_and_the_result_down_to_who_filed(
    province: Province, desk: str, first: str
) -> None:
    plan = province.plan(filed_at(desk))

    assert plan.legs == [
        ("trung-tam", CENTRE, first),
        ("tham-dinh", LABOUR, "peer"),
        ("quyet-dinh", DISTRICT, "peer"),
        ("chuyen-ket-qua", CENTRE, "peer"),
        ("nhan-ket-qua", COMMUNE, "down"),
    ]


def test_ten_working_days(province: Province) -> None:
    # Monday 13/05/2019 + 10: 14-17 are 1-4, 20-24 are 5-9, Monday 27 is the 10th.
    assert province.due(filed_at(COMMUNE_DESK)) == "27/05/2019 10:30"


def test_the_whole_way(province: Province) -> None:
    # Half a day is 4 hours: 10:30-11:30, then 3 from 13:30.
    way = province.receive(filed_at(COMMUNE_DESK), opens=[Leg("trung-tam", CENTRE, "up", "13/05/2019 16:30")])
    # Monday 14:00 + 7: 14, 15, 16, 17, 20, 21, 22.
    way.done("trung-tam", "13/05/2019 14:00", opens=[Leg("tham-dinh", LABOUR, "peer", "22/05/2019 14:00")])
    # Wednesday 22/05 14:00 + 2: Friday 24 14:00; + 4 hours: 3 to closing, 1 on Monday 27.
    way.done("tham-dinh", "22/05/2019 14:00", opens=[Leg("quyet-dinh", DISTRICT, "peer", "27/05/2019 08:00")])
    way.done("quyet-dinh", "24/05/2019 16:00", opens=[Leg("chuyen-ket-qua", CENTRE, "peer")])
    way.done("chuyen-ket-qua", "24/05/2019 16:30", opens=[Leg("nhan-ket-qua", COMMUNE, "down")])
    way.done("nhan-ket-qua", "27/05/2019 08:00", completes=True)
