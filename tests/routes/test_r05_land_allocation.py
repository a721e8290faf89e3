"""R5: land allocation in Đồng Nai; two phases with the applicant's part between, up to the province's chairman."""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

CENTRE, DIVISION, REGISTRY = "H19.01", "H19.14.02", "H19.14.03"
DEPARTMENT, PROVINCE = "H19.14", "H19"


def land(received: str = "18/08/2025 08:00", *, payment: bool = True, far: bool = False) -> Dossier:
    return Dossier(
        "LT-GIAODAT",
        CENTRE,
        received,
        area="DNA.VX" if far else "DNA.VD",
        facts={"payment": payment},
        remote=far,
    )


@pytest.mark.parametrize(
    ("far", "due"),
    [
        # Monday 18/08/2025 + 15 calendar days: Tuesday 02/09 is National Day, so Wednesday 03/09.
        (False, "03/09/2025 08:00"),
        # + 25: 13 days to 31/08, 12 more: Friday 12/09.
        (True, "12/09/2025 08:00"),
    ],
)
def test_fifteen_days_or_twenty_five_far_away(province: Province, far: bool, due: str) -> None:
    assert province.due(land(far=far)) == due


def test_a_week_of_waiting_moves_the_day_by_a_week(province: Province) -> None:
    # 18/08 + 15 + 7 = Tuesday 09/09, Thursday to Thursday having stood still.
    waited = [("21/08/2025 08:00", "25/08/2025 08:00"), ("25/08/2025 08:00", "28/08/2025 08:00")]
    assert province.due(land(), pauses=waited) == "09/09/2025 08:00"


def test_two_phases_with_completion_and_payment_between_them(province: Province) -> None:
    # Monday 08:00 + 2 hours.
    way = province.receive(land(), opens=[Leg("tiep-nhan", CENTRE, "inside", "18/08/2025 10:00")])
    # 09:30 + 4 hours: 2 to 11:30, 2 from 13:30.
    way.done(
        "tiep-nhan", "18/08/2025 09:30", opens=[Leg("phong-thu-ly", DIVISION, "peer", "18/08/2025 15:30")]
    )
    # 14:00 + 4 hours: 3 to closing, 1 on Tuesday.
    way.done(
        "phong-thu-ly", "18/08/2025 14:00", opens=[Leg("thong-tin-dat", REGISTRY, "peer", "19/08/2025 08:00")]
    )
    # Tuesday 07:30 + 1: Wednesday 07:30; + 4 hours: 11:30.
    way.done(
        "thong-tin-dat", "19/08/2025 07:30", opens=[Leg("thuc-dia", DIVISION, "peer", "20/08/2025 11:30")]
    )
    # Wednesday 10:00 + 4 hours: 1.5 to 11:30, 2.5 from 13:30.
    way.done(
        "thuc-dia", "20/08/2025 10:00", opens=[Leg("truong-phong", DIVISION, "inside", "20/08/2025 16:00")]
    )
    # 15:00 + 4 hours: 2 to closing, 2 on Thursday.
    way.done(
        "truong-phong", "20/08/2025 15:00", opens=[Leg("thong-bao", DEPARTMENT, "peer", "21/08/2025 09:00")]
    )

    way.done("thong-bao", "21/08/2025 08:00", opens=[Leg("hoan-thien", CENTRE, "peer")], waits={"supplement"})
    way.fulfilled(
        "hoan-thien", "25/08/2025 08:00", opens=[Leg("nop-tien", CENTRE, "inside")], waits={"payment"}
    )
    # Thursday 08:00 + 4 hours: 3.5 to 11:30, half an hour from 13:30.
    way.fulfilled(
        "nop-tien", "28/08/2025 08:00", opens=[Leg("tiep-nhan-2", CENTRE, "inside", "28/08/2025 14:00")]
    )

    # Thursday 28/08 10:00 + 3: Friday 29; 01 and 02/09 are off; Wednesday 03, Thursday 04/09.
    way.done(
        "tiep-nhan-2", "28/08/2025 10:00", opens=[Leg("tham-dinh", DIVISION, "peer", "04/09/2025 10:00")]
    )
    # Thursday 04/09 09:00 + 4 hours: 2.5 to 11:30, 1.5 from 13:30.
    way.done(
        "tham-dinh", "04/09/2025 09:00", opens=[Leg("truong-phong-2", DIVISION, "inside", "04/09/2025 15:00")]
    )
    way.done(
        "truong-phong-2", "04/09/2025 14:00", opens=[Leg("trinh", DEPARTMENT, "peer", "05/09/2025 14:00")]
    )
    # Friday 05/09 08:00 + 2: Monday 08, Tuesday 09. The same level, so `peer`, though paper says "up".
    way.done("trinh", "05/09/2025 08:00", opens=[Leg("quyet-dinh", PROVINCE, "peer", "09/09/2025 08:00")])
    way.done("quyet-dinh", "08/09/2025 16:00", opens=[Leg("tra-ket-qua", CENTRE, "peer")])
    way.done("tra-ket-qua", "09/09/2025 07:30", completes=True)


def test_who_has_nothing_to_pay_only_completes_the_dossier(province: Province) -> None:
    plan = province.plan(land(payment=False))

    assert list(plan.skipped) == ["nop-tien"]
    assert plan.pauses == {"hoan-thien": "supplement", "nop-tien": "payment"}


def test_a_leg_after_a_skipped_one_waits_for_its_turn(province: Province) -> None:
    # Monday 08:00 + 2 hours. The second phase does not begin yet.
    way = province.receive(
        land(payment=False), opens=[Leg("tiep-nhan", CENTRE, "inside", "18/08/2025 10:00")]
    )
    # 09:00 + 4 hours each: 2.5 to 11:30, 1.5 from 13:30.
    way.done(
        "tiep-nhan", "18/08/2025 09:00", opens=[Leg("phong-thu-ly", DIVISION, "peer", "18/08/2025 15:00")]
    )
    # 10:00: 1.5 to 11:30, 2.5 from 13:30.
    way.done(
        "phong-thu-ly", "18/08/2025 10:00", opens=[Leg("thong-tin-dat", REGISTRY, "peer", "18/08/2025 16:00")]
    )
    # Tuesday 11:00, + 4 hours: half an hour to 11:30, 3.5 from 13:30.
    way.done(
        "thong-tin-dat", "18/08/2025 11:00", opens=[Leg("thuc-dia", DIVISION, "peer", "19/08/2025 17:00")]
    )
    # Tuesday 07:00 + 4 hours.
    way.done(
        "thuc-dia", "19/08/2025 07:00", opens=[Leg("truong-phong", DIVISION, "inside", "19/08/2025 11:00")]
    )
    # 08:00: 3.5 to 11:30, half an hour from 13:30.
    way.done(
        "truong-phong", "19/08/2025 08:00", opens=[Leg("thong-bao", DEPARTMENT, "peer", "19/08/2025 14:00")]
    )
    way.done("thong-bao", "19/08/2025 09:00", opens=[Leg("hoan-thien", CENTRE, "peer")], waits={"supplement"})
    # Wednesday 09:00: 2.5 to 11:30, 1.5 from 13:30.
    way.fulfilled(
        "hoan-thien", "20/08/2025 09:00", opens=[Leg("tiep-nhan-2", CENTRE, "inside", "20/08/2025 15:00")]
    )
