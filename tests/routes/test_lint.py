"""The linter finds no error in the ten routes, held against their procedures' limits."""

from __future__ import annotations

import pytest

from services.routing.rules.lint import ERROR, lint, lint_areas
from shared.clock import to_text
from tests.routes.dossiers import at
from tests.routes.province import Province, scenario_data

PROCEDURES = {procedure["procedure"]: procedure for procedure in scenario_data("procedures")}
PROCESSES = {process["process"]: process for process in scenario_data("processes")}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_real_route_has_no_error(process: str) -> None:
    definition = PROCESSES[process]
    procedure = PROCEDURES[definition["procedure"]]

    found = lint(definition, procedure["limit"], procedure.get("limits", ()))

    assert [finding.en for finding in found if finding.level == ERROR] == []


@pytest.mark.parametrize(
    ("process", "areas", "without"),
    [
        ("lien-thong.khai-sinh", ["QNA.TK.AX", "QNA.TK.TT"], []),
        # The commune in the mountains has no police of its own in the register.
        ("lien-thong.khai-sinh", ["QNA.TK.AX", "QNA.NTM.TL"], ["cu-tru"]),
        ("lien-thong.cap-lai-giay-chung-nhan", ["DNA.VD", "DNA.VX"], []),
    ],
)
def test_every_area_has_its_agencies_or_the_linter_says_which_lacks_one(
    province: Province, process: str, areas: list[str], without: list[str]
) -> None:
    structure = province.directory.registry().at(to_text(at("03/03/2025 08:00")))

    assert [finding.leg for finding in lint_areas(PROCESSES[process], structure, areas)] == without
