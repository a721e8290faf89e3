"""The console in front of running services."""

# ruff: noqa: E402 (helpers are imported after their assertions are registered)

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

pytest.register_assert_rewrite("tests.fixtures.doors")

from deploy.console.app import Console
from tests.builders.doors import CATALOGUE, DESK, REGISTER, leg, process, submission
from tests.fixtures.doors import System, running, taken

AGENCY = "H47.99"
CONNECTED: dict[str, Any] = {
    "agency": AGENCY,
    "name": {"vi": "Chi cục <b>Thuế</b>", "en": "Tax & Co"},
    "level": "province",
    "kind": "tax",
    "vertical": True,
    "code": "H47.99",
    "connected": True,
    "contact": "Tổ <i>CNTT</i>, 0235 3810 000",
    "valid_from": "2020-01-01T00:00:00+07:00",
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The services, knowing agencies (one has a system of its own), a procedure and its process."""
    with running(tmp_path_factory.mktemp("console")) as system:
        administrator = system.caller("administrator")
        agencies = {
            "agencies": [*REGISTER["agencies"], CONNECTED],
            "processes": [process(legs=[leg({"id": CONNECTED["agency"]})])],
        }
        taken(administrator.put("routing", "/v1/reference", agencies))
        taken(administrator.put("intake", "/v1/reference", CATALOGUE))
        system.settle()
        yield system


@pytest.fixture(scope="session")
def code(province: System) -> str:
    """The code of a dossier that was received."""
    officer = province.caller("receiving_officer", DESK)
    code: str = taken(officer.post("intake", "/v1/submissions", submission()))["code"]
    province.settle()
    return code


@pytest.fixture
def parked(province: System, code: str) -> str:
    """A hand-over that lies aside since its agency left it unanswered; its message id."""
    with closing(sqlite3.connect(province.home / "processing.sqlite", timeout=20)) as connection, connection:
        ((message,),) = connection.execute(
            "UPDATE delivery SET state = 'parked', next_try_at = NULL, last_outcome = 'unheeded',"
            " parked_at = created_at WHERE sequence = (SELECT max(sequence) FROM delivery) RETURNING message_id"
        ).fetchall()
    return str(message)


@pytest.fixture
def reminded(province: System, code: str) -> Iterator[None]:
    """Operations was reminded of the dossier's leg, which its agency has not collected."""

    def execute(statement: str) -> None:
        with (
            closing(sqlite3.connect(province.home / "processing.sqlite", timeout=20)) as connection,
            connection,
        ):
            connection.execute(statement, {"code": code})

    execute(
        "INSERT INTO reminder (leg_id, agency, about, rung, addressed_to, reminded_at)"
        " SELECT leg_id, agency, 'uncollected', 3, 'operations', '2026-03-02T01:00:00.000000Z' FROM work"
        " WHERE code = :code"
    )
    yield
    execute("DELETE FROM reminder WHERE :code IS NOT NULL")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def console(province: System, clock: Clock) -> Console:
    return Console(province.urls, now=clock)


@pytest.fixture
def browser(console: Console) -> Client:
    """A browser without pictures: it keeps cookies."""
    return Client(console)


@pytest.fixture
def sign_in(province: System, browser: Client) -> Callable[..., TestResponse]:
    """Sign in as somebody."""

    def sign_in(role: str = "administrator", token: str | None = None) -> TestResponse:
        token = token if token is not None else province.caller(role).token or ""
        return browser.post("/sign-in", data={"token": token})

    return sign_in
