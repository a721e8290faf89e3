"""A writer and a listener, each with a database of its own, once on each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.clock import SetClock
from shared.messaging.memory import MemoryBroker
from shared.messaging.memory_queues import MemoryServer
from shared.persistence.database import Database
from shared.persistence.postgres import PostgresDatabase
from shared.persistence.sqlite import SqliteDatabase
from shared.topology import services_topology
from tests.builders.messaging import Listener, Writer, prepare
from tests.fixtures.databases import ENGINES
from tests.fixtures.postgres import PostgresServer

OpenDatabase = Callable[[str], Database]
OpenListener = Callable[[], Listener]
OpenWriter = Callable[[], Writer]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))


@pytest.fixture
def server() -> MemoryServer:
    return MemoryServer()


@pytest.fixture
def broker(server: MemoryServer) -> MemoryBroker:
    broker = MemoryBroker(server)
    broker.declare(services_topology())
    return broker


@pytest.fixture(params=ENGINES)
def open_named(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenDatabase]:
    """Opens a service's database by name, as often as it is asked to, as so many processes would."""
    addresses: dict[str, str] = {}
    with ExitStack() as stack:

        def open_one(name: str) -> Database:
            if request.param == "sqlite":
                database: Database = SqliteDatabase(tmp_path / f"{name}.sqlite")
                stack.callback(database.close)
                if name not in addresses:
                    prepare(database)
                addresses[name] = name
                return database
            if name not in addresses:
                server: PostgresServer = request.getfixturevalue("postgres_server")
                addresses[name] = server.fresh(server.template("messaging", _build))
            database = PostgresDatabase(addresses[name], "service", pool_size=8)
            stack.callback(database.close)
            return database

        yield open_one


def _build(dsn: str) -> None:
    import psycopg  # noqa: PLC0415 - only PostgreSQL needs it

    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE SCHEMA service")
    database = PostgresDatabase(dsn, "service", pool_size=1)
    prepare(database)
    database.close()


@pytest.fixture
def open_writer(open_named: OpenDatabase, clock: SetClock, broker: MemoryBroker) -> OpenWriter:
    """Opens one process of the writing service after the other."""
    return lambda: Writer(open_named("writer"), clock, broker)


@pytest.fixture
def open_listener(open_named: OpenDatabase, clock: SetClock, broker: MemoryBroker) -> OpenListener:
    """Opens one process of the listening service after the other."""
    return lambda: Listener(open_named("listener"), clock, broker)


@pytest.fixture
def writer(open_writer: OpenWriter) -> Writer:
    return open_writer()


@pytest.fixture
def listener(open_listener: OpenListener) -> Listener:
    return open_listener()
