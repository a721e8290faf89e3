"""The running services with a small province behind their doors, and who comes to them."""

# ruff: noqa: E402 (helpers are imported after their assertions are registered)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.fixtures.doors")

from tests.builders.doors import CATALOGUE, DESK, FIRST, REGISTER, SECOND, submission
from tests.fixtures.doors import Caller, System, running, taken, wait_for


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The services, knowing agencies, a procedure and its process."""
    with running(tmp_path_factory.mktemp("doors")) as system:
        administrator = system.caller("administrator")
        taken(administrator.put("routing", "/v1/reference", REGISTER))
        taken(administrator.put("intake", "/v1/reference", CATALOGUE))
        system.settle()
        yield system


@pytest.fixture(scope="session")
def officer(system: System) -> Caller:
    return system.caller("receiving_officer", DESK)


@pytest.fixture(scope="session")
def administrator(system: System) -> Caller:
    return system.caller("administrator")


@pytest.fixture(scope="session")
def first(system: System) -> Caller:
    """The agency of the first leg."""
    return system.caller("agency", FIRST)


@pytest.fixture(scope="session")
def second(system: System) -> Caller:
    """The agency of the second leg."""
    return system.caller("agency", SECOND)


@pytest.fixture(scope="session")
def dossier(system: System, officer: Caller) -> str:
    """A dossier that lies before the first agency; nobody moves it."""
    return received(officer)


def received(officer: Caller) -> str:
    """File and receive a dossier and return its id."""
    answer = taken(officer.post("intake", "/v1/submissions", submission()))
    assert answer["code"]
    return str(answer["dossier"])


def open_leg(agency: Caller, dossier: str) -> str:
    """Wait for a dossier's leg on the agency's worklist and return it."""

    def look() -> list[str]:
        works: list[dict[str, Any]] = taken(agency.get("processing", "/v1/worklist", limit=1000))["works"]
        return [work["leg_id"] for work in works if work["dossier_id"] == dossier]

    (leg,) = wait_for(look)
    return str(leg)


def finish(agency: Caller, dossier: str) -> None:
    """Accept and complete a dossier's leg."""
    leg = open_leg(agency, dossier)
    taken(agency.post("processing", "/v1/commands/accept-leg", {"leg": leg}))
    taken(agency.post("processing", "/v1/commands/complete-leg", {"leg": leg}))


def await_status(officer: Caller, dossier: str, status: int) -> None:
    wait_for(lambda: taken(officer.get("intake", f"/v1/dossiers/{dossier}"))["status"] == status)
