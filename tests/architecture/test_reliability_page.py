"""docs/reliability.md says what a whole run at full length found, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deploy.reliability import BEGIN, END, FAULTS, PAGE, RUN, with_run


@pytest.fixture
def run() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(RUN.read_text(encoding="utf-8"))
    return kept


def test_the_page_shows_the_run_that_was_kept(run: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_run(page, run) == page, "run: .venv/bin/python -m deploy.reliability"


def test_the_run_was_a_full_one_of_every_fault_and_nothing_went_wrong(run: dict[str, Any]) -> None:
    assert run["length"] == "full"
    assert {row["fault"] for row in run["rows"]} == FAULTS.keys()
    for row in run["rows"]:
        assert (row["lost"], row["twice"], row["disorder"]) == (0, 0, 0), row
        assert row["sent"] == row["delivered"] > 0, row
        assert row["alert"] is None or row["fired_after"] > 0 < row["cleared_after"], row


def test_a_run_stands_between_the_marks_and_without_them_nothing_is_written(run: dict[str, Any]) -> None:
    page = with_run(f"before\n{BEGIN}\nold\n{END}\nafter", run)
    assert page.startswith("before\n")
    assert page.endswith("after")
    assert "old" not in page
    with pytest.raises(ValueError, match="lacks"):
        with_run("no marks", run)
