"""R7: an investment policy in Phú Thọ: four agencies consulted at once, appraisal, up to the province; 35 days."""

from __future__ import annotations

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

CENTRE, PLANNING, PROVINCE = "H44.01", "H44.13", "H44"
ENVIRONMENT, CONSTRUCTION, FINANCE = "H44.14", "H44.15", "H44.16"
VIET_TRI, TAM_NONG = "H44.21", "H44.22"


def project(area: str = "PTH.VT") -> Dossier:
    return Dossier("LT-DAUTU", CENTRE, "03/06/2024 09:00", area=area, applicant_kind="organisation")


def test_the_district_where_the_project_lies_is_consulted(province: Province) -> None:
    assert province.plan(project("PTH.TN")).legs == [
        ("gui-lay-y-kien", PLANNING, "peer"),
        ("y-kien", ENVIRONMENT, "peer"),
        ("y-kien", CONSTRUCTION, "peer"),
        ("y-kien", FINANCE, "peer"),
        ("y-kien", TAM_NONG, "down"),
        ("tham-dinh", PLANNING, "up"),
        ("quyet-dinh", PROVINCE, "peer"),
        ("tra-ket-qua", CENTRE, "peer"),
    ]


def test_thirty_five_working_days(province: Province) -> None:
    # Monday 03/06/2024: 04-07 are 1-4, then weeks of five to 28/06 (19), 05/07 (24), 12/07 (29), 19/07 (34);
    # Monday 22/07 is the 35th.
    assert province.due(project()) == "22/07/2024 09:00"


def test_opinions_come_in_any_order_and_the_last_opens_the_appraisal(province: Province) -> None:
    # Monday 03/06 09:00 + 3: 04, 05, 06.
    way = province.receive(project(), opens=[Leg("gui-lay-y-kien", PLANNING, "peer", "06/06/2024 09:00")])
    # Thursday 06/06 09:00 + 15 calendar days: Friday 21/06.
    way.done(
        "gui-lay-y-kien",
        "06/06/2024 09:00",
        opens=[
            Leg("y-kien", ENVIRONMENT, "peer", "21/06/2024 09:00"),
            Leg("y-kien", CONSTRUCTION, "peer", "21/06/2024 09:00"),
            Leg("y-kien", FINANCE, "peer", "21/06/2024 09:00"),
            Leg("y-kien", VIET_TRI, "down", "21/06/2024 09:00"),
        ],
    )
    way.opinion("y-kien", CONSTRUCTION, "10/06/2024 09:00", opens=[])
    way.opinion("y-kien", VIET_TRI, "17/06/2024 09:00", opens=[])
    way.opinion("y-kien", ENVIRONMENT, "20/06/2024 09:00", opens=[])
    assert way.open == {("y-kien", FINANCE)}
    # Finance is late, and is waited for: silence is no consent here.
    # Friday 21/06 16:00 + 10: 24-28/06 are 1-5, 01-05/07 are 6-10; the 24th working day, before the 28th.
    way.opinion(
        "y-kien", FINANCE, "21/06/2024 16:00", opens=[Leg("tham-dinh", PLANNING, "peer", "05/07/2024 16:00")]
    )
    # Friday 05/07 10:00 + 7: 08-12 are 1-5, 15, 16/07.
    way.done("tham-dinh", "05/07/2024 10:00", opens=[Leg("quyet-dinh", PROVINCE, "peer", "16/07/2024 10:00")])
    way.done("quyet-dinh", "16/07/2024 09:00", opens=[Leg("tra-ket-qua", CENTRE, "peer")])
    way.done("tra-ket-qua", "16/07/2024 10:00", completes=True)


def test_an_opinion_said_twice_counts_once(province: Province) -> None:
    way = province.receive(project(), opens=[Leg("gui-lay-y-kien", PLANNING, "peer", "06/06/2024 09:00")])
    way.done(
        "gui-lay-y-kien",
        "06/06/2024 09:00",
        opens=[
            Leg("y-kien", agency, direction, "21/06/2024 09:00")
            for agency, direction in [
                (ENVIRONMENT, "peer"),
                (CONSTRUCTION, "peer"),
                (FINANCE, "peer"),
                (VIET_TRI, "down"),
            ]
        ],
    )
    way.opinion("y-kien", FINANCE, "10/06/2024 09:00", opens=[])
    way.opinion("y-kien", FINANCE, "11/06/2024 09:00", opens=[], attempt=1)

    assert way.open == {("y-kien", ENVIRONMENT), ("y-kien", CONSTRUCTION), ("y-kien", VIET_TRI)}


def test_the_appraisal_may_send_it_back_to_ask_again_and_given_opinions_are_asked_again(
    province: Province,
) -> None:
    way = province.receive(project(), opens=[Leg("gui-lay-y-kien", PLANNING, "peer", "06/06/2024 09:00")])
    asked = [(ENVIRONMENT, "peer"), (CONSTRUCTION, "peer"), (FINANCE, "peer"), (VIET_TRI, "down")]
    way.done(
        "gui-lay-y-kien",
        "06/06/2024 09:00",
        opens=[Leg("y-kien", agency, direction, "21/06/2024 09:00") for agency, direction in asked],
    )
    for agency, _ in asked[:-1]:
        way.opinion("y-kien", agency, "10/06/2024 09:00", opens=[])
    # Monday 10/06 10:00 + 10: 11-14 are 1-4, 17-21 are 5-9, Monday 24.
    way.opinion(
        "y-kien", VIET_TRI, "10/06/2024 10:00", opens=[Leg("tham-dinh", PLANNING, "up", "24/06/2024 10:00")]
    )

    # Wednesday 12/06 09:00 + 3: 13, 14, Monday 17.
    way.returned(
        "tham-dinh",
        "12/06/2024 09:00",
        to="gui-lay-y-kien",
        opens=[Leg("gui-lay-y-kien", PLANNING, "inside", "17/06/2024 09:00", attempt=2)],
    )
    # Thursday 13/06 09:00 + 15 calendar days: Friday 28/06.
    way.done(
        "gui-lay-y-kien",
        "13/06/2024 09:00",
        opens=[
            Leg("y-kien", agency, direction, "28/06/2024 09:00", attempt=2) for agency, direction in asked
        ],
    )
