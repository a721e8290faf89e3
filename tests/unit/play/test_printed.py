"""The sheet of Quảng Nam's report: what adds up is passed over, what does not is named by how much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deploy.play.plan import plan
from deploy.play.scenario import load
from deploy.printed import inconsistencies

QUANG_NAM = load("quang-nam-2019")


def differences(**printed: int) -> list[str]:
    assert QUANG_NAM.printed
    return [one["difference"] for one in inconsistencies({**QUANG_NAM.printed, **printed}, QUANG_NAM.figures)]


def test_the_report_as_it_is_printed() -> None:
    assert differences() == ["-1", "-0.32", "0.32", "-2.26", "-0.39", "2926", "-11"]


def test_procedures_that_do_not_add_up_are_named() -> None:
    assert differences(of_vertical_agencies=80)[1] == "-2"


def test_figures_that_add_up_are_passed_over() -> None:
    assert QUANG_NAM.printed
    whole = replace(QUANG_NAM.figures, late=QUANG_NAM.figures.late + 1)
    assert "-1" not in [one["difference"] for one in inconsistencies(QUANG_NAM.printed, whole)]


@pytest.mark.parametrize("desk", ["H47.21", "H47.28"])
def test_each_district_on_the_system_has_its_dossiers(desk: str) -> None:
    assert QUANG_NAM.districts
    assert QUANG_NAM.printed
    dossiers = plan(QUANG_NAM.districts)
    assert sum(dossier.filing.desk == desk for dossier in dossiers) == 6
    assert len({dossier.filing.desk for dossier in dossiers}) == QUANG_NAM.printed["districts_on_system"][0]
