from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from deploy.instances.ports import free_port
from shared.persistence.database import DatabaseUnavailableError
from shared.persistence.postgres import PostgresDatabase
from tests.fixtures.postgres import PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture
def dsn(postgres_server: PostgresServer) -> str:
    return postgres_server.fresh_with_schema()


@pytest.fixture
def database(dsn: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(dsn, "service", pool_size=3, patience=5)
    with database.transaction() as transaction:
        transaction.execute("CREATE TABLE item (name text PRIMARY KEY)")
    yield database
    database.close()


def cut_everyone_off(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )


def test_a_connection_cut_in_a_transaction_is_an_absent_database_and_nothing_is_kept(
    database: PostgresDatabase,
    dsn: str,
) -> None:
    def outer() -> None:
        with database.transaction() as transaction:
            transaction.execute("INSERT INTO item VALUES ('a')")
            cut_everyone_off(dsn)
            transaction.execute("INSERT INTO item VALUES ('b')")

    with pytest.raises(DatabaseUnavailableError):
        outer()
    with database.transaction() as transaction:
        assert transaction.execute("SELECT name FROM item") == []


def test_a_connection_cut_before_the_commit_is_an_absent_database(
    database: PostgresDatabase,
    dsn: str,
) -> None:
    def outer() -> None:
        with database.transaction() as transaction:
            transaction.execute("INSERT INTO item VALUES ('a')")
            cut_everyone_off(dsn)

    with pytest.raises(DatabaseUnavailableError):
        outer()


def test_after_one_failure_the_pool_has_only_good_connections(database: PostgresDatabase, dsn: str) -> None:
    together = Barrier(3)

    def ask(*, all_at_once: bool) -> None:
        with database.transaction() as transaction:
            transaction.execute("SELECT 1")
            if all_at_once:
                together.wait(10)

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(ask, all_at_once=True) for _ in range(3)]:
            done.result()
    cut_everyone_off(dsn)
    with pytest.raises(DatabaseUnavailableError):
        ask(all_at_once=False)
    for _ in range(3):
        ask(all_at_once=False)


def test_a_server_that_is_not_there_is_an_absent_database() -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    database = PostgresDatabase(nowhere, "service", pool_size=1, patience=0.5)
    with pytest.raises(DatabaseUnavailableError), database.transaction():
        pass
    with pytest.raises(DatabaseUnavailableError):
        database.elect("publisher")
    database.close()


def test_leadership_is_lost_with_its_connection_and_can_be_had_by_another(
    database: PostgresDatabase,
    dsn: str,
) -> None:
    held = database.elect("publisher")
    assert held is not None
    cut_everyone_off(dsn)
    other = PostgresDatabase(dsn, "service", pool_size=1)
    new = other.elect("publisher")
    assert new is not None
    assert not held.is_held()
    assert new.is_held()
    other.close()


def test_services_in_one_database_elect_apart(database: PostgresDatabase, dsn: str) -> None:
    other = PostgresDatabase(dsn, "another", pool_size=1)
    assert database.elect("publisher") is not None
    assert other.elect("publisher") is not None
    other.close()


def test_a_schema_name_that_would_need_quoting_is_refused(dsn: str) -> None:
    with pytest.raises(ValueError, match="schema"):
        PostgresDatabase(dsn, "service, public", pool_size=1)


def test_the_session_thinks_in_utc_whatever_the_server_does(database: PostgresDatabase, dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "ALTER ROLE CURRENT_USER IN DATABASE " + connection.info.dbname + " SET timezone = 'Asia/Tokyo'"
        )
    fresh = PostgresDatabase(dsn, "service", pool_size=1)
    with fresh.transaction() as transaction:
        assert transaction.execute("SELECT current_setting('timezone')") == [("UTC",)]
    fresh.close()


def test_what_is_too_large_for_an_index_is_no_absent_database(database: PostgresDatabase) -> None:
    def insert() -> None:
        with database.transaction() as transaction:
            # Text that repeats itself would be compressed first.
            transaction.execute("INSERT INTO item VALUES (:name)", {"name": secrets.token_hex(10_000)})

    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        insert()
