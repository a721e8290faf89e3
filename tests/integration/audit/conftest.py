"""Stores with a history in them, once on each engine, copied for each test so that it may tamper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.audit.stores import Stores
from deploy.names import SERVICES
from shared.persistence.database import Database
from shared.persistence.postgres import PostgresDatabase
from shared.persistence.sqlite import SqliteDatabase
from tests.builders.audited import History
from tests.fixtures.databases import ENGINES
from tests.fixtures.postgres import PostgresServer


@dataclass(slots=True)
class Audited:
    """Stores to audit, and a hand that reaches into them."""

    stores: Stores

    def sql(self, store: str, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.stores.databases[store].transaction() as tx:
            return tx.execute(statement, parameters)

    def history(self) -> History:
        return History(self.stores.databases, self.stores.home)


def first_history(databases: Mapping[str, Database], home: Path) -> None:
    with closing(History(databases, home)) as history:
        history.tell()
        history.settle()
        history.read()
        history.read(door="history")
        history.settle()


@pytest.fixture(scope="session")
def postgres_history(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with a history."""

    def build(dsn: str) -> None:
        with psycopg.connect(dsn) as connection:
            for schema in SERVICES:
                connection.execute(f"CREATE SCHEMA {schema}")
        with ExitStack() as stack:
            first_history(_postgres(dsn, stack), tmp_path_factory.mktemp("home"))

    return postgres_server.template("audited", build)


@pytest.fixture(scope="session")
def sqlite_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a history."""
    folder = tmp_path_factory.mktemp("audited")
    with ExitStack() as stack:
        first_history(_sqlite(folder, stack), folder)
    return folder


@pytest.fixture(params=ENGINES)
def audited(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer
) -> Iterator[Audited]:
    with ExitStack() as stack:
        home = tmp_path / "home"
        if request.param == "postgres":
            home.mkdir()
            opened = _postgres(postgres_server.fresh(request.getfixturevalue("postgres_history")), stack)
        else:
            shutil.copytree(request.getfixturevalue("sqlite_history"), home)
            opened = _sqlite(home, stack)
        yield Audited(Stores(opened, home))


def _postgres(dsn: str, stack: ExitStack) -> dict[str, Database]:
    opened: dict[str, Database] = {}
    for name in SERVICES:
        opened[name] = database = PostgresDatabase(dsn, name, 2)
        stack.callback(database.close)
    return opened


def _sqlite(folder: Path, stack: ExitStack) -> dict[str, Database]:
    opened: dict[str, Database] = {}
    for name in SERVICES:
        opened[name] = database = SqliteDatabase(folder / f"{name}.sqlite")
        stack.callback(database.close)
    return opened
