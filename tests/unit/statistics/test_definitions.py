"""Every figure of every report is defined in one line of docs/statistics.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.statistics.papers.plain import TITLES
from services.statistics.reports import (
    acceptance,
    adoption,
    carried,
    columns,
    discipline,
    districts,
    entered_report,
    flows,
    late,
    lateness_report,
    legs,
    models,
    online,
    requests,
    scores,
)
from services.statistics.reports.asking import REPORTS

PAGE = (Path(__file__).parents[3] / "docs" / "statistics.md").read_text(encoding="utf-8")
DEFINED = {
    word
    for line in PAGE.splitlines()
    if line.startswith("|")
    for word in re.findall("`([a-z0-9_]+)`", line.split("|")[1])
}
MODULES = (
    *(acceptance, adoption, carried, columns, discipline, districts, entered_report, flows, late),
    *(lateness_report, legs, models, online, requests, scores),
)
SAYS_WHAT_IT_IS_OF = {
    *(
        "unit",
        "level",
        "agency",
        "officer",
        "from",
        "to",
        "direction",
        "procedure",
        "figure",
        "first",
        "last",
    ),
    *(
        "state",
        "value",
        "evidence",
        "changed_at",
        "code",
        "due_at",
        "ended_at",
        "late_by",
        "model",
        "indicator",
    ),
    *(
        "leg",
        "opened_at",
        "accepted_at",
        "group",
        "numerator",
        "denominator",
        "threshold",
        "formula",
        "rank",
        "max",
        "uses",
    ),
}
"""Columns that name something, or repeat what is known of it: no figures."""


def keys(module: object) -> set[str]:
    """Return the keys of a module's columns."""
    found: set[str] = set()
    for value in vars(module).values():
        for one in value if isinstance(value, tuple) else ():
            if isinstance(one, columns.Figure | columns.Residual):
                found.add(one.key)
            elif isinstance(one, tuple) and len(one) == 3 and isinstance(one[0], str):
                found.add(one[0])
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_figure_has_its_line(module: object) -> None:
    assert keys(module)
    assert keys(module) - DEFINED - SAYS_WHAT_IT_IS_OF == set()


def test_every_report_has_a_name_in_both_languages() -> None:
    assert set(REPORTS) == set(TITLES)
