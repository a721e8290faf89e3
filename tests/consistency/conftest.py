"""A province's beginning, made once and copied: agencies registered, procedures in the catalogue."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.play.scenario import Scenario, load
from tests.consistency.people import People
from tests.consistency.province import province


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load("lien-thong")


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> Callable[[Path], None]:
    """Copies the beginning into an empty folder.

    Intake knows the desks, and the first process is published. Processing and statistics have heard
    nothing yet, and what the broker held for them is lost.
    """
    made = tmp_path_factory.mktemp("beginning")
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
