"""R3: social allowance in Tam Kỳ; ward 3, up to the city's desk 1, labour office 2, decision back down."""

from __future__ import annotations

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

DESK, WARD, CITY_DESK, LABOUR, CITY = "H47.71.3101", "H47.71.31", "H47.71.01", "H47.71.02", "H47.71"
DOSSIER = Dossier("LT-TCXH", DESK, "20/03/2025 10:00", area="QNA.TK.AX")


def test_up_to_a_peer_and_back_down(province: Province) -> None:
    assert province.plan(DOSSIER).legs == [
        ("ubnd-phuong", WARD, "peer"),
        ("mot-cua-thanh-pho", CITY_DESK, "up"),
        ("tham-dinh", LABOUR, "peer"),
        ("quyet-dinh", CITY, "peer"),
        ("tra-ket-qua", DESK, "down"),
    ]


def test_six_working_days(province: Province) -> None:
    # Thursday 20/03 + 6: 21, 24, 25, 26, 27, 28.
    assert province.due(DOSSIER) == "28/03/2025 10:00"


def test_the_city_sends_it_back_to_the_labour_office_once(province: Province) -> None:
    # Thursday 20/03 10:00 + 3: 21, 24, 25.
    way = province.receive(DOSSIER, opens=[Leg("ubnd-phuong", WARD, "peer", "25/03/2025 10:00")])
    # Monday 24/03 16:00 + 1.
    way.done(
        "ubnd-phuong",
        "24/03/2025 16:00",
        opens=[Leg("mot-cua-thanh-pho", CITY_DESK, "up", "25/03/2025 16:00")],
    )
    # Tuesday 25/03 08:00 + 2: 26, 27.
    way.done(
        "mot-cua-thanh-pho", "25/03/2025 08:00", opens=[Leg("tham-dinh", LABOUR, "peer", "27/03/2025 08:00")]
    )
    # No term is stated for the decision.
    way.done("tham-dinh", "26/03/2025 15:00", opens=[Leg("quyet-dinh", CITY, "peer")])

    # Thursday 27/03 09:00 + 2: Friday 28, Monday 31. The law gives the dossier no more time for it.
    way.returned(
        "quyet-dinh",
        "27/03/2025 09:00",
        opens=[Leg("tham-dinh", LABOUR, "peer", "31/03/2025 09:00", attempt=2)],
    )
    way.done("tham-dinh", "27/03/2025 16:00", opens=[Leg("quyet-dinh", CITY, "peer", attempt=2)])
    way.done("quyet-dinh", "28/03/2025 09:00", opens=[Leg("tra-ket-qua", DESK, "down")])
    way.done("tra-ket-qua", "28/03/2025 09:30", completes=True)


def test_returned_by_the_first_agency_it_lies_at_the_desk_until_it_is_sent_on(province: Province) -> None:
    way = province.receive(DOSSIER, opens=[Leg("ubnd-phuong", WARD, "peer", "25/03/2025 10:00")])

    way.returned("ubnd-phuong", "21/03/2025 08:00", opens=[], at_desk=True)
    # Monday 24/03 08:00 + 3: 25, 26, 27.
    way.sent_on("24/03/2025 08:00", opens=[Leg("ubnd-phuong", WARD, "peer", "27/03/2025 08:00", attempt=2)])
