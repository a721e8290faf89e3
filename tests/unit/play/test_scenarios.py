"""The data of the scenarios: the shapes that the doors take in, and sense in themselves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time

import pytest

from deploy.play.happenings import KINDS
from deploy.play.scenario import Figures, Filing, Scenario, ScenarioError, apportion, load, scaled
from deploy.play.ways import Ways
from services.intake.rules.codes import check_agency_code
from services.intake.rules.facts import check_facts
from services.intake.schemas import read_procedure
from services.routing.schemas import ReferenceSchema
from shared.clock import VIETNAM
from shared.contracts.parsing import check


def directions(ways: Ways, filing: Filing) -> list[str]:
    return [str(leg["direction"]) for leg in legs(ways, filing)]


def agencies_of(ways: Ways, filing: Filing) -> list[str]:
    return [str(leg["agency"]) for leg in legs(ways, filing)]


def legs(ways: Ways, filing: Filing) -> list[Mapping[str, object]]:
    """Return the legs that a dossier passes that was filed in the middle of March 2025."""
    found = ways.legs(filing, "direct", datetime(2025, 3, 14, 9, 0, tzinfo=VIETNAM))
    return [leg for leg in found if not leg["skipped"]]


def test_agencies_and_processes_are_what_routing_takes_in(scenario: Scenario) -> None:
    data = check(scenario.routes, ReferenceSchema())

    assert len(data["agencies"]) == len({agency["agency"] for agency in scenario.agencies})
    assert len(data["processes"]) == len({process["process"] for process in scenario.processes})


def test_procedures_are_what_intake_takes_in_and_each_has_a_process(scenario: Scenario) -> None:
    codes = {read_procedure(procedure)[0] for procedure in scenario.procedures}

    assert len(codes) == len(scenario.procedures)
    assert codes == {process["procedure"] for process in scenario.processes}


def test_desks_can_give_codes_and_areas_belong_to_an_agency(scenario: Scenario) -> None:
    agencies = {agency["agency"]: agency for agency in scenario.agencies}
    areas = {agency["area"] for agency in scenario.agencies}

    for filing in scenario.mix.filings:
        check_agency_code(agencies[filing.desk]["code"])
        assert filing.area is None or filing.area in areas


def test_every_filing_finds_its_way_and_its_procedure(scenario: Scenario) -> None:
    ways = Ways(scenario)

    for filing in scenario.mix.filings:
        assert "direct" in ways.procedure(filing).channels
        assert ways.components(filing)
        found = ways.legs(filing, "direct", datetime.combine(scenario.first, time(9), VIETNAM))
        assert found[-1]["agency"] == (filing.applicant_agency or filing.desk)


def test_what_is_asked_about_each_case_is_answered(scenario: Scenario) -> None:
    ways = Ways(scenario)

    for filing in scenario.mix.filings:
        check_facts(ways.procedure(filing), filing.facts)


def test_quang_nam_has_varied_limits_one_in_hours_and_one_not_stated(quang_nam: Scenario) -> None:
    limits = [procedure["limit"] for procedure in quang_nam.procedures]
    stated = [limit for limit in limits if limit]

    assert limits.count(None) == 1
    assert [limit["unit"] for limit in stated].count("working_hour") == 1
    assert len({limit["amount"] for limit in stated if limit["unit"] == "working_day"}) >= 8


def test_quang_nam_has_departments_and_three_vertical_agencies(quang_nam: Scenario) -> None:
    departments = [agency for agency in quang_nam.agencies if agency["kind"] == "so-ban-nganh"]

    assert 12 <= len(departments) <= 20
    assert sum(agency["vertical"] for agency in quang_nam.agencies) == 3


def filings(scenario: Scenario, procedure: str) -> list[Filing]:
    return [filing for filing in scenario.mix.filings if filing.procedure == procedure]


@pytest.mark.parametrize(
    ("procedure", "expected"),
    [
        ("1.001193", ["peer", "peer", "up", "down"]),
        ("LT-TCXH", ["peer", "up", "peer", "peer", "down"]),
        ("LT-DIEUCHINH-TC", ["inside", "peer", "peer", "peer", "down"]),
        (
            "LT-DATDAI",
            [
                "inside",
                "up",
                "down",
                "peer",
                "inside",
                "peer",
                "peer",
                "up",
                "peer",
                "down",
                "inside",
                "up",
                "down",
            ],
        ),
    ],
)
def test_interlinked_routes_go_up_down_and_to_peers(
    lien_thong: Scenario, procedure: str, expected: list[str]
) -> None:
    ways = Ways(lien_thong)

    assert directions(ways, filings(lien_thong, procedure)[0]) == expected


def test_interlinked_routes_pass_all_levels_and_connected_vertical_agencies(lien_thong: Scenario) -> None:
    ways = Ways(lien_thong)
    agencies = {agency["agency"]: agency for agency in lien_thong.agencies}
    passed: list[Mapping[str, object]] = [
        agencies[agency] for filing in lien_thong.mix.filings for agency in agencies_of(ways, filing)
    ]

    assert {agency["level"] for agency in passed} == {"province", "district", "commune"}
    assert any(agency["vertical"] and agency["connected"] for agency in passed)
    assert any(not agency["connected"] for agency in passed)


def test_a_dossier_goes_to_the_agencies_of_its_own_area_wherever_it_was_filed(lien_thong: Scenario) -> None:
    ways = Ways(lien_thong)
    births = filings(lien_thong, "1.001193")

    assert {(it.desk, it.area, *agencies_of(ways, it)[:2]) for it in births} == {
        ("H47.71.3101", "QNA.TK.AX", "H47.71.31", "H47.61.7131"),
        ("H47.71.3201", "QNA.TK.TT", "H47.71.32", "H47.61.7132"),
        ("H47.71.3201", "QNA.TK.AX", "H47.71.31", "H47.61.7131"),
    }


def test_one_procedure_is_filed_at_desks_of_all_levels(lien_thong: Scenario) -> None:
    level = {agency["agency"]: agency["level"] for agency in lien_thong.agencies}

    assert {level[it.desk] for it in filings(lien_thong, "LT-CHUYENNUOC")} == {
        "province",
        "district",
        "commune",
    }


def test_the_agency_that_files_gets_the_decision(lien_thong: Scenario) -> None:
    ways = Ways(lien_thong)

    for filing in filings(lien_thong, "LT-DIEUCHINH-TC"):
        assert filing.applicant == "agency"
        assert agencies_of(ways, filing)[-1] == filing.applicant_agency


def test_services_that_were_not_chosen_are_left_out(lien_thong: Scenario) -> None:
    ways = Ways(lien_thong)

    for filing in filings(lien_thong, "LT-KHAITU"):
        assert len(legs(ways, filing)) == 2 + len(filing.facts["services"])


def test_shares_of_what_happens_are_of_known_kinds(scenario: Scenario) -> None:
    assert scenario.mix.happenings.keys() <= set(KINDS)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.1, 0.0371, 0.013, 0.0007, 0.0001])
def test_scaled_figures_balance_and_stay_within_one_of_their_share(quang_nam: Scenario, scale: float) -> None:
    whole, part = quang_nam.figures, scaled(quang_nam.figures, scale)

    part.check()
    assert part.received == round(whole.received * scale)
    for figure in ("early_or_on_time", "late", "pending"):
        assert abs(getattr(part, figure) - getattr(whole, figure) * scale) < 2
    assert part.no_verdict == (1 if part.received >= 20 else 0)


def test_figures_at_scale_one_are_the_printed_ones(quang_nam: Scenario) -> None:
    assert scaled(quang_nam.figures, 1.0) == Figures(46735, 43809, 43231, 577, 1, 2926)


def test_a_scale_that_leaves_nothing_is_refused(quang_nam: Scenario) -> None:
    with pytest.raises(ScenarioError, match="none is left"):
        scaled(quang_nam.figures, 0.000001)


def test_figures_that_do_not_balance_are_refused(quang_nam: Scenario) -> None:
    with pytest.raises(ScenarioError, match="do not balance"):
        replace(quang_nam.figures, late=578).check()


def test_an_unknown_scenario_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(ScenarioError, match="lien-thong, quang-nam-2019"):
        load("nowhere")


def test_shares_by_the_largest_remainder_add_up() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(7, [0.5, 0.3, 0.2]) == [4, 2, 1]
    assert apportion(0, [3, 2]) == [0, 0]
