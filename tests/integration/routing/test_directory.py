"""Reference data over a real database, on each engine: two processes see the same, and what failed left no trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

import services.routing
from services.routing.application.register import Register
from services.routing.application.routing import Routing
from services.routing.tables import DirectoryTables
from shared.errors import RefusedError
from shared.persistence.database import Database
from shared.persistence.migrations import PLUMBING, MigrationSet, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.routing import AGENCIES, DESK, DISTRICT, PROCEDURE, act_at, leg, process

pytestmark = pytest.mark.integration

Open = Callable[[], Database]
MIGRATIONS = MigrationSet("routing", Path(services.routing.__file__ or "").parent / "migrations")
JULY = "2025-06-30T17:00:00.000000Z"
ROW = {
    "procedure": PROCEDURE,
    "agency": DESK,
    "area": None,
    "valid_from": "2019-01-01T00:00:00.000000Z",
    "valid_to": None,
    "basis": "QĐ 1",
}
DATA: dict[str, Any] = {"agencies": AGENCIES, "competences": [ROW], "processes": [process([leg("receiver")])]}
HEIR = {"agency": DISTRICT, "areas": None}


class Office:
    """One process of routing, as far as reference data go."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.directory = DirectoryTables(database)
        self.routing = Routing(LogRecorder(database), self.directory, vietnam_calendar())
        self.register = Register(self.routing, self.directory)
        self.unit = UnitOfWork(database, self.routing, [self.directory])

    def does(self, *steps: tuple[Any, ...]) -> None:
        """Do several things in one unit."""

        def work(_tx: object) -> None:
            for method, *arguments in steps:
                getattr(self.register, method)(*arguments, act_at())

        self.unit.run(work)

    def known(self) -> list[Any]:
        """What a process decides by: responsible, competent, succession, states."""
        with self.unit.begin():
            structure = self.directory.registry().at(JULY)
            versions = self.directory.versions(PROCEDURE)
            return [
                [facts["agency"] for facts in structure.alive()],
                structure.competent(PROCEDURE, None)[0]["agency"],
                [[change["state"] for change in version["changes"]] for version in versions],
            ]


@pytest.fixture
def offices(open_database: Open) -> tuple[Office, Office]:
    """Two processes over one database, with a province registered by the first."""
    databases = [open_database(), open_database()]
    migrate(databases[0], [PLUMBING, MIGRATIONS])
    first, second = (Office(database) for database in databases)
    first.does(("take_in", DATA))
    return first, second


def test_what_one_process_takes_in_another_decides_by(offices: tuple[Office, Office]) -> None:
    first, second = offices
    assert second.known() == first.known()
    end = ("end_agency", DESK, JULY, "merge", [HEIR], "Luật 72")
    retire = ("change_state", ("a-process", 1), "retired", JULY, None, "QĐ 2")

    first.does(end, retire)
    everybody = sorted(facts["agency"] for facts in AGENCIES)
    assert first.known() == [
        [one for one in everybody if one != DESK],
        DISTRICT,
        [["in-force", "retired"]],
    ]
    assert second.known() == first.known()
    second.does(end, ("take_in", DATA))
    assert Office(first.database).known() == first.known() == second.known()


def test_what_is_refused_at_last_leaves_no_trace(offices: tuple[Office, Office]) -> None:
    first, _ = offices
    before = first.known()

    with pytest.raises(RefusedError, match="agency-unknown"):
        first.does(
            ("end_agency", DESK, JULY, "merge", [HEIR], "Luật 72"),
            ("end_agency", "H47.99", JULY, "merge", [HEIR], "Luật 72"),
        )

    assert first.known() == before
    assert Office(first.database).known() == before


def test_within_a_unit_what_was_put_is_seen(offices: tuple[Office, Office]) -> None:
    first, _ = offices
    seen = []

    def work(_tx: object) -> None:
        first.register.end_agency(DESK, JULY, "merge", [HEIR], "Luật 72", act_at())
        seen.append(first.directory.registry().at(JULY).current(DESK, None)[0]["agency"])

    first.unit.run(work)
    assert seen == [DISTRICT]


def test_rows_of_the_first_release_are_read(open_database: Open) -> None:
    database = open_database()
    migrate(database, [PLUMBING, MIGRATIONS])
    rows = [("agency", DESK, 0, AGENCIES[0]), ("process", "a-process", 1, process([leg("receiver")]))]
    with database.transaction() as tx:
        for kind, name, version, body in rows:
            tx.execute(
                "INSERT INTO directory (kind, name, version, body) VALUES (:kind, :name, :version, :body)",
                {"kind": kind, "name": name, "version": version, "body": orjson.dumps(body)},
            )
    directory = DirectoryTables(database)

    assert directory.registry().at(JULY).agency(DESK) == AGENCIES[0]
    assert directory.versions(PROCEDURE) == [process([leg("receiver")])]
