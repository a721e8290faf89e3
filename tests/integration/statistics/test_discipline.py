"""What the report on discipline says of acts that were refused, beside those that were done."""

from __future__ import annotations

from typing import Any

import pytest

from services.processing import problems
from services.statistics.api import report_of
from services.statistics.reports.discipline import NOT_ASSIGNED, SKIPPING
from shared.errors import Problem
from tests.builders.statistics import LAND, TAX, Province, leg_of, root_of, vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import YEAR, file, province

pytestmark = pytest.mark.integration


def refuse(found: Province, number: int, code: str, *, by: str, agency: str = LAND, cause: str) -> None:
    data = {"leg": str(leg_of(number, 1, 1)), "agency": agency, "command": "complete-leg", "code": code}
    told: dict[str, Any] = {"actorsubject": by, "actoragency": agency, "causationid": cause}
    found.send(
        "processing.act-refused", root_of(number), vietnam(2019, 3, 4), data, leg_of(number, 1, 1), **told
    )


def test_refused_acts_are_counted_by_why_and_whose(office: Office) -> None:
    found = province()
    file(found, 1, LAND, "direct", vietnam(2019, 3, 1), None)
    refuse(found, 1, "out-of-turn", by="an", cause="a")
    refuse(found, 1, "not-your-leg", by="binh", agency=TAX, cause="b")
    refuse(found, 1, "leg-already-closed", by="binh", agency=TAX, cause="c")
    refuse(found, 1, "leg-already-closed", by="binh", agency=TAX, cause="c")
    office.take(found.sent)
    answer = report_of(office.reports, "discipline", {**YEAR, "by": "officer"})
    figures = "officer", "refused", "refused_skipping", "refused_not_assigned"
    rows = {tuple(row[figure] for figure in figures) for row in answer["rows"]}
    assert rows == {("an", 1, 1, 0), ("binh", 2, 0, 1)}
    assert [answer["total"][figure] for figure in figures[1:]] == [3, 1, 1]
    assert answer["total"]["ratio_told_late"] is None, "no leg was recorded at all"


@pytest.mark.parametrize("code", [*SKIPPING, *NOT_ASSIGNED])
def test_a_code_that_the_report_looks_for_is_one_that_processing_refuses_with(code: str) -> None:
    assert code in {problem.code for problem in vars(problems).values() if isinstance(problem, Problem)}
