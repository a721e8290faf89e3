from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from shared.persistence.postgres import PostgresDatabase
from tests.fixtures.postgres import PostgresServer
from tests.unit.intake.one_stop_desk import OneStopDesk

OpenDesk = Callable[[], OneStopDesk]


def _laid_out(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE SCHEMA intake")
        connection.execute("CREATE SCHEMA keys")
    with ExitStack() as stack:
        _open(dsn, stack).prepare()


def _open(dsn: str, stack: ExitStack) -> OneStopDesk:
    databases = [PostgresDatabase(dsn, schema, pool_size=2) for schema in ("intake", "keys")]
    for database in databases:
        stack.callback(database.close)
    return OneStopDesk(databases[0], databases[1])


@pytest.fixture
def postgres_desk_dsn(postgres_server: PostgresServer) -> str:
    """The address of a database where intake and its keys are laid out, with one agency and one procedure."""
    return postgres_server.fresh(postgres_server.template("intake", _laid_out))


@pytest.fixture
def open_desk(postgres_desk_dsn: str) -> Iterator[OpenDesk]:
    """Opens the desk as often as it is called, as so many processes would."""
    with ExitStack() as stack:
        yield lambda: _open(postgres_desk_dsn, stack)
