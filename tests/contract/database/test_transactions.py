from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.persistence.database import Database, UniqueViolationError
from shared.persistence.joining import HalfDoneError
from tests.fixtures.databases import Open

INSERT = "INSERT INTO item (name) VALUES (:name)"


@pytest.fixture(autouse=True)
def item_table(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.execute("CREATE TABLE item (name text PRIMARY KEY)")


def put(database: Database, name: str) -> None:
    with database.transaction() as transaction:
        transaction.execute(INSERT, {"name": name})


def put_and_fail(database: Database, name: str) -> None:
    with database.transaction() as transaction:
        transaction.execute(INSERT, {"name": name})
        raise ZeroDivisionError


def names(database: Database) -> Sequence[str]:
    with database.transaction() as transaction:
        return [name for (name,) in transaction.execute("SELECT name FROM item ORDER BY name")]


def test_what_was_committed_is_there_for_others(database: Database, open_database: Open) -> None:
    put(database, "a")
    assert names(open_database()) == ["a"]


def test_an_exception_rolls_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        put_and_fail(database, "a")
    assert names(database) == []


def test_an_inner_block_joins_the_outer_one(database: Database) -> None:
    def outer() -> None:
        with database.transaction():
            put(database, "a")
            assert names(database) == ["a"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outer()
    assert names(database) == []


def test_another_thread_does_not_join(database: Database, open_database: Open) -> None:
    # A second handle, since on SQLite one connection can only serve one block after the other.
    put(database, "before")
    other = open_database()
    with ThreadPoolExecutor(1) as threads, other.transaction() as transaction:
        seen = [name for (name,) in transaction.execute("SELECT name FROM item")]
        assert threads.submit(other._joining.current).result() is None  # type: ignore[attr-defined]
    assert seen == ["before"]


def test_a_key_that_is_there_already_is_a_unique_violation(database: Database) -> None:
    put(database, "a")
    with pytest.raises(UniqueViolationError):
        put(database, "a")
    assert names(database) == ["a"]


def test_a_key_twice_in_one_batch_is_a_unique_violation(database: Database) -> None:
    with pytest.raises(UniqueViolationError), database.transaction() as transaction:
        transaction.execute_many(INSERT, [{"name": "a"}, {"name": "b"}, {"name": "a"}])
    assert names(database) == []


def test_a_caught_failure_of_a_statement_still_rolls_everything_back(database: Database) -> None:
    def outer() -> None:
        with database.transaction() as transaction:
            transaction.execute(INSERT, {"name": "b"})
            with pytest.raises(UniqueViolationError):
                transaction.execute(INSERT, {"name": "a"})

    put(database, "a")
    with pytest.raises(HalfDoneError):
        outer()
    assert names(database) == ["a"]


def test_an_inner_block_that_wrote_and_failed_takes_the_outer_one_with_it(database: Database) -> None:
    def outer() -> None:
        with database.transaction() as transaction:
            transaction.execute(INSERT, {"name": "a"})
            with pytest.raises(ZeroDivisionError):
                put_and_fail(database, "b")

    with pytest.raises(HalfDoneError):
        outer()
    assert names(database) == []


def test_an_inner_block_that_only_read_may_fail_alone(database: Database) -> None:
    def read_and_fail() -> None:
        with database.transaction() as inner:
            inner.execute("SELECT name FROM item")
            raise ZeroDivisionError

    with database.transaction() as transaction:
        transaction.execute(INSERT, {"name": "a"})
        with pytest.raises(ZeroDivisionError):
            read_and_fail()
    assert names(database) == ["a"]


def test_a_handle_works_on_after_a_failure(database: Database) -> None:
    put(database, "a")
    for _ in range(20):  # more often than there are connections
        with pytest.raises(UniqueViolationError):
            put(database, "a")
    put(database, "b")
    assert names(database) == ["a", "b"]


def test_a_faulty_statement_is_not_taken_for_an_absent_database(database: Database) -> None:
    with pytest.raises(Exception, match="nonsense") as raised, database.transaction() as transaction:
        transaction.execute("SELECT nonsense FROM item")
    assert not type(raised.value).__module__.startswith("shared.")


def test_writers_at_the_same_time_all_get_their_turn(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.execute("CREATE TABLE counter (value integer NOT NULL)")
        transaction.execute("INSERT INTO counter (value) VALUES (0)")

    def add(_: int) -> int:
        with database.transaction() as transaction:
            return int(
                transaction.execute("UPDATE counter SET value = value + 1 RETURNING value")[0][0],
            )

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(add, range(200))) == list(range(1, 201))


def test_a_row_can_be_locked_and_locked_rows_skipped(database: Database) -> None:
    put(database, "a")
    with database.transaction() as transaction:
        one = "SELECT name FROM item WHERE name = :name FOR UPDATE SKIP LOCKED"
        assert transaction.execute(one, {"name": "a"}) == [("a",)]
