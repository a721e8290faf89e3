"""R2: death registration with the further services that the applicant chooses (Decree 63/2024 art. 12)."""

from __future__ import annotations

import pytest

from tests.routes.dossiers import Dossier, Leg
from tests.routes.province import Province

DESK, WARD, POLICE = "H47.71.3101", "H47.71.31", "H47.61.7131"
LABOUR, INSURANCE = "H47.71.02", "H47.63.71"
ALL = ("xoa-thuong-tru", "mai-tang", "tuat")


def death(received: str, *services: str) -> Dossier:
    return Dossier("LT-KHAITU", DESK, received, area="QNA.TK.AX", facts={"services": list(services)})


@pytest.mark.parametrize(
    ("services", "due"),
    [
        # Monday 30/12/2024 14:00, alone 1: Tuesday 31/12.
        ((), "31/12/2024 14:00"),
        # Two procedures, 2: 31/12, New Year off, Thursday 02/01.
        (("xoa-thuong-tru",), "02/01/2025 14:00"),
        # Three with funeral support, 4: 31/12, 02, 03, Monday 06/01.
        (("xoa-thuong-tru", "mai-tang"), "06/01/2025 14:00"),
        # All four, or any with the survivor benefit, 6: 31/12, 02, 03, 06, 07, 08/01.
        (ALL, "08/01/2025 14:00"),
        (("tuat",), "08/01/2025 14:00"),
    ],
)
def test_the_limit_follows_from_the_services_chosen(
    province: Province, services: tuple[str, ...], due: str
) -> None:
    assert province.due(death("30/12/2024 14:00", *services)) == due


@pytest.mark.parametrize("services", [(), ("xoa-thuong-tru",), ("xoa-thuong-tru", "mai-tang"), ALL])
def test_what_was_not_chosen_is_skipped_and_says_why(province: Province, services: tuple[str, ...]) -> None:
    plan = province.plan(death("30/12/2024 14:00", *services))

    assert set(plan.skipped) == set(ALL) - set(services)
    for leg, (en, vi) in plan.skipped.items():
        assert leg in en
        assert leg in vi


def test_all_three_services_run_side_by_side(province: Province) -> None:
    # Monday 30/12 14:00 + 1.
    way = province.receive(
        death("30/12/2024 14:00", *ALL), opens=[Leg("khai-tu", WARD, "peer", "31/12/2024 14:00")]
    )
    # Tuesday 31/12 09:00; 01/01 is off. 1: 02/01. 3: 02, 03, 06/01. 5: 02, 03, 06, 07, 08/01.
    way.done(
        "khai-tu",
        "31/12/2024 09:00",
        opens=[
            Leg("xoa-thuong-tru", POLICE, "peer", "02/01/2025 09:00"),
            Leg("mai-tang", LABOUR, "up", "06/01/2025 09:00"),
            Leg("tuat", INSURANCE, "up", "08/01/2025 09:00"),
        ],
    )
    way.done("xoa-thuong-tru", "02/01/2025 08:00", opens=[])
    way.done("tuat", "06/01/2025 10:00", opens=[])
    way.done("mai-tang", "06/01/2025 11:00", opens=[Leg("tra-ket-qua", DESK, "down")])
    way.done("tra-ket-qua", "06/01/2025 14:00", completes=True)


def test_with_one_service_only_that_one_is_waited_for(province: Province) -> None:
    way = province.receive(
        death("30/12/2024 14:00", "xoa-thuong-tru"), opens=[Leg("khai-tu", WARD, "peer", "31/12/2024 14:00")]
    )
    way.done("khai-tu", "31/12/2024 09:00", opens=[Leg("xoa-thuong-tru", POLICE, "peer", "02/01/2025 09:00")])
    way.done("xoa-thuong-tru", "02/01/2025 08:00", opens=[Leg("tra-ket-qua", DESK, "peer")])


def test_alone_it_goes_straight_back_to_the_desk(province: Province) -> None:
    way = province.receive(
        death("30/12/2024 14:00"), opens=[Leg("khai-tu", WARD, "peer", "31/12/2024 14:00")]
    )
    way.done("khai-tu", "31/12/2024 09:00", opens=[Leg("tra-ket-qua", DESK, "peer")])
    way.done("tra-ket-qua", "31/12/2024 10:00", completes=True)
