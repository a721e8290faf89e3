"""R6: a lost land certificate in Đồng Nai: up, down for a public notice of 15 days, up again, tax, payment, back."""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province
from tests.routes.ways import Way

DESK, BRANCH, OFFICE, COMMUNE, TAX = "H19.81.02", "H19.14.01", "H19.81.01", "H19.81", "H19.62.01"
FAR_DESK, FAR_OFFICE, FAR_COMMUNE = "H19.82.02", "H19.82.01", "H19.82"


def lost(*, far: bool = False) -> Dossier:
    return Dossier(
        "LT-DATDAI",
        FAR_DESK if far else DESK,
        "03/03/2025 08:00",
        area="DNA.VX" if far else "DNA.VD",
        remote=far,
    )


def test_there_and_back_twice(province: Province) -> None:
    assert province.plan(lost(far=True)).legs == [
        ("tiep-nhan", FAR_DESK, "inside"),
        ("kiem-tra", BRANCH, "up"),
        ("chuan-bi-niem-yet", FAR_OFFICE, "down"),
        ("ky-niem-yet", FAR_COMMUNE, "peer"),
        ("niem-yet", FAR_COMMUNE, "inside"),
        ("ket-thuc-niem-yet", FAR_OFFICE, "peer"),
        ("xac-nhan", FAR_COMMUNE, "peer"),
        ("lap-ho-so", BRANCH, "up"),
        ("thue", TAX, "peer"),
        ("nop-tien", FAR_DESK, "down"),
        ("nhan-chung-tu", FAR_DESK, "inside"),
        ("in-ky", BRANCH, "up"),
        ("tra-ket-qua", FAR_DESK, "down"),
    ]


@pytest.mark.parametrize(
    ("far", "due"),
    [
        # Monday 03/03/2025 + 10: 04-07 are 1-4, 10-14 are 5-9, Monday 17 is the 10th.
        (False, "17/03/2025 08:00"),
        # 18-21 are 11-14, 24-28 are 15-19, Monday 31/03 is the 20th.
        (True, "31/03/2025 08:00"),
    ],
)
def test_ten_working_days_or_twenty_far_away(province: Province, far: bool, due: str) -> None:
    assert province.due(lost(far=far)) == due


def test_the_notice_and_the_payment_do_not_count(province: Province) -> None:
    # The notice, 05/03 to 20/03, stood still for 11 working days (06, 07, 10-14, 17-20), the payment for 2 (25, 26).
    # 17/03 + 13: 18-21 are 1-4, 24-28 are 5-9, 31/03, 01, 02 and 03/04 are 10-13.
    waited = [("05/03/2025 08:00", "20/03/2025 08:00"), ("24/03/2025 14:00", "26/03/2025 14:00")]
    assert province.due(lost(), pauses=waited) == "03/04/2025 08:00"


def _notice_hangs(province: Province) -> Way:
    # Monday 08:00 + 4 hours: 3.5 to 11:30, half an hour from 13:30.
    way = province.receive(lost(), opens=[Leg("tiep-nhan", DESK, "inside", "03/03/2025 14:00")])
    way.done("tiep-nhan", "03/03/2025 10:00", opens=[Leg("kiem-tra", BRANCH, "up", "04/03/2025 10:00")])
    # Tuesday 09:00 + 6 hours: 2.5 to 11:30, 3.5 to closing.
    way.done(
        "kiem-tra", "04/03/2025 09:00", opens=[Leg("chuan-bi-niem-yet", OFFICE, "down", "04/03/2025 17:00")]
    )
    # 16:00 + 2 hours: 1 to closing, 1 on Wednesday.
    way.done(
        "chuan-bi-niem-yet",
        "04/03/2025 16:00",
        opens=[Leg("ky-niem-yet", COMMUNE, "peer", "05/03/2025 08:00")],
    )
    # Wednesday 05/03 08:00 + 15 calendar days: Thursday 20/03.
    way.done(
        "ky-niem-yet",
        "05/03/2025 08:00",
        opens=[Leg("niem-yet", COMMUNE, "inside", "20/03/2025 08:00")],
        waits={"posting"},
    )
    return way


def test_the_whole_way(province: Province) -> None:
    way = _notice_hangs(province)

    # Thursday 20/03 08:00 + 6 hours: 3.5 to 11:30, 2.5 from 13:30.
    way.lapsed(
        "niem-yet",
        "20/03/2025 08:00",
        "elapsed",
        opens=[Leg("ket-thuc-niem-yet", OFFICE, "peer", "20/03/2025 16:00")],
    )
    # 14:00 + 2 hours.
    way.done(
        "ket-thuc-niem-yet", "20/03/2025 14:00", opens=[Leg("xac-nhan", COMMUNE, "peer", "20/03/2025 16:00")]
    )
    # Thursday 15:00 + 2: Friday 21, Monday 24.
    way.done("xac-nhan", "20/03/2025 15:00", opens=[Leg("lap-ho-so", BRANCH, "up", "24/03/2025 15:00")])
    # Monday 09:00 + 4 hours: 2.5 to 11:30, 1.5 from 13:30.
    way.done("lap-ho-so", "24/03/2025 09:00", opens=[Leg("thue", TAX, "peer", "24/03/2025 15:00")])

    way.done("thue", "24/03/2025 14:00", opens=[Leg("nop-tien", DESK, "down")], waits={"payment"})
    # Wednesday 14:00 + 4 hours: 3 to closing, 1 on Thursday.
    way.fulfilled(
        "nop-tien", "26/03/2025 14:00", opens=[Leg("nhan-chung-tu", DESK, "inside", "27/03/2025 08:00")]
    )

    # Wednesday 26/03 15:00 + 2: Friday 28 15:00; + 4 hours: 2 to closing, 2 on Monday 31.
    way.done("nhan-chung-tu", "26/03/2025 15:00", opens=[Leg("in-ky", BRANCH, "up", "31/03/2025 09:00")])
    # Friday 16:00 + 4 hours: 1 to closing, 3 on Monday.
    way.done("in-ky", "28/03/2025 16:00", opens=[Leg("tra-ket-qua", DESK, "down", "31/03/2025 10:00")])
    way.done("tra-ket-qua", "31/03/2025 09:00", completes=True)


def test_an_objection_ends_the_notice_early_and_a_late_word_of_its_term_changes_nothing(
    province: Province,
) -> None:
    way = _notice_hangs(province)

    # Monday 10/03 09:00 + 2 hours, at the committee that signed the notice.
    way.returned(
        "niem-yet",
        "10/03/2025 09:00",
        opens=[Leg("ky-niem-yet", COMMUNE, "inside", "10/03/2025 11:00", attempt=2)],
    )
    way.lapsed("niem-yet", "20/03/2025 08:00", "elapsed", opens=[], attempt=1)
    # Monday 10:00 + 15 calendar days: Tuesday 25/03.
    way.done(
        "ky-niem-yet",
        "10/03/2025 10:00",
        opens=[Leg("niem-yet", COMMUNE, "inside", "25/03/2025 10:00", attempt=2)],
        waits={"posting"},
    )
