from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from shared.persistence.database import Database
from shared.persistence.postgres import PostgresDatabase
from shared.persistence.sqlite import SqliteDatabase
from tests.fixtures.postgres import PostgresServer

Open = Callable[[], Database]


def _with_schema(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE SCHEMA service")


@pytest.fixture(params=["postgres", "sqlite"])
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same database as often as it is called, as so many processes would."""
    opened: list[Database] = []

    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        dsn = server.fresh(server.template("schema", _with_schema))

    def open_one() -> Database:
        if request.param == "postgres":
            opened.append(PostgresDatabase(dsn, "service", pool_size=8))
        else:
            opened.append(SqliteDatabase(tmp_path / "service.sqlite"))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Open) -> Database:
    return open_database()
