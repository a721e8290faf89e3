"""R9: an opinion on water between basins, Lai Châu: filed at any level's desk, met upon at two levels; 32 days."""

from __future__ import annotations

import pytest

from shared.errors import NotYetKnownError
from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

COMMUNE_DESK, DISTRICT_DESK, CENTRE = "H35.21.3101", "H35.21.01", "H35.01"
DEPARTMENT, DISTRICT, COMMUNE = "H35.14", "H35.21", "H35.21.31"


def filed_at(desk: str) -> Dossier:
    return Dossier("LT-CHUYENNUOC", desk, "15/04/2024 09:00", area="LCH.TU.NS", applicant_kind="organisation")


@pytest.mark.parametrize(
    ("desk", "there", "back"),
    [(COMMUNE_DESK, "up", "down"), (DISTRICT_DESK, "up", "down"), (CENTRE, "peer", "peer")],
)
def test_the_same_way_from_each_of_three_desks(province: Province, desk: str, there: str, back: str) -> None:
    assert province.plan(filed_at(desk)).legs == [
        ("huong-dan", DEPARTMENT, there),
        ("hop-huyen", DISTRICT, "down"),
        ("hop-xa", COMMUNE, "down"),
        ("tong-hop", DEPARTMENT, "up"),
        ("tra-ket-qua", desk, back),
    ]


@pytest.mark.parametrize("desk", [COMMUNE_DESK, DISTRICT_DESK, CENTRE])
def test_thirty_two_working_days_from_any_of_them(province: Province, desk: str) -> None:
    # Monday 15/04/2024: 16, 17 are 1-2, Thursday 18 (Hùng Kings) is off, 19 is 3, 22-26 are 4-8, 29/04-01/05 are off,
    # 02 and 03/05 are 9-10, make-up Saturday 04/05 is 11, 06-10 are 12-16, 13-17 are 17-21, 20-24 are 22-26,
    # 27-31 are 27-31, Monday 03/06 is the 32nd.
    assert province.due(filed_at(desk)) == "03/06/2024 09:00"


def test_a_desk_that_is_not_one_of_them_has_no_process_for_it(province: Province) -> None:
    with pytest.raises(NotYetKnownError, match="process-for/LT-CHUYENNUOC"):
        province.receive(filed_at(DEPARTMENT), opens=[])


def test_two_meetings_side_by_side_then_the_department_again(province: Province) -> None:
    # Monday 15/04 + 7 by the counting above: 25/04.
    way = province.receive(
        filed_at(COMMUNE_DESK), opens=[Leg("huong-dan", DEPARTMENT, "up", "25/04/2024 09:00")]
    )
    # Wednesday 24/04 10:00 + 20: 25, 26 are 1-2, 02-04/05 are 3-5, 06-10 are 6-10, 13-17 are 11-15, 20-24 are 16-20.
    way.done(
        "huong-dan",
        "24/04/2024 10:00",
        opens=[
            Leg("hop-huyen", DISTRICT, "down", "24/05/2024 10:00"),
            Leg("hop-xa", COMMUNE, "down", "24/05/2024 10:00"),
        ],
    )
    way.done("hop-xa", "16/05/2024 09:00", opens=[])
    # Wednesday 22/05 15:00 + 5: 23, 24, 27, 28, 29.
    way.done("hop-huyen", "22/05/2024 15:00", opens=[Leg("tong-hop", DEPARTMENT, "up", "29/05/2024 15:00")])
    way.done("tong-hop", "29/05/2024 14:00", opens=[Leg("tra-ket-qua", COMMUNE_DESK, "down")])
    way.done("tra-ket-qua", "30/05/2024 08:00", completes=True)
