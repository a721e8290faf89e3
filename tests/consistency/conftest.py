"""A province's beginning, made once and copied: agencies registered, procedures in the catalogue."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.play.scenario import Scenario, load
from tests.consistency.people import People
from tests.consistency.province import province


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """The routes that are plain sequences: where every command leads can be told without routing's rules."""
    whole = load("lien-thong")
    plain = {it["procedure"] for it in whole.processes if _is_plain(it)}
    filings = tuple(it for it in whole.mix.filings if it.procedure in plain)
    return replace(
        whole,
        mix=replace(whole.mix, filings=filings),
        procedures=[it for it in whole.procedures if it["procedure"] in plain],
        processes=[it for it in whole.processes if it["procedure"] in plain],
    )


def _is_plain(process: Mapping[str, Any]) -> bool:
    graph = {"after", "consult", "when", "pause", "at_term", "join"}
    return not any(graph & leg.keys() for leg in process["legs"])


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> Callable[[Path], None]:
    return begun(tmp_path_factory.mktemp("beginning"), scenario)


def begun(made: Path, scenario: Scenario) -> Callable[[Path], None]:
    """Return what copies the beginning into an empty folder.

    Intake knows the desks, and the first process is published. Processing and statistics have heard
    nothing yet, and what the broker held for them is lost.
    """
    with province(made) as first:
        people = People(first, scenario)
        people.register_agencies()
        people.publish_procedures()
        people.publish_process(scenario.procedures[0]["procedure"])
        first.publish("routing")
        while first.take("intake", 1000):
            pass

    def copy(home: Path) -> None:
        for database in made.glob("*.sqlite"):
            shutil.copy(database, home)

    return copy
