"""One statement for many rows: the same rows arrive however many there are, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.persistence.database import Database, UniqueViolationError

CREATE = """
    CREATE TABLE thing (
        id integer PRIMARY KEY, words text, key uuid, at timestamptz, flag boolean, bytes bytea, big bigint
    )
"""
COLUMNS = "id, words, key, at, flag, bytes, big"
INSERT = f"INSERT INTO thing ({COLUMNS}) VALUES (:id, :words, :key, :at, :flag, :bytes, :big)"
UPSERT = f"{INSERT} ON CONFLICT (id) DO UPDATE SET words = excluded.words"
KEEP = f"{INSERT} ON CONFLICT (id) DO NOTHING"
AWKWARD = ["tab\there", "new\nline", "back\\slash", "\\N", "\\.", "", "quote'\"", "Nguyễn %s %(x)s", "a,b;c"]


def row(number: int, words: str | None = None) -> dict[str, Any]:
    return {
        "id": number,
        "words": words if words is not None else AWKWARD[number % len(AWKWARD)],
        "key": UUID(int=number) if number % 3 else None,
        "at": datetime(2019, 2, 4, tzinfo=UTC) + timedelta(microseconds=number),
        "flag": number % 2 == 0,
        "bytes": bytes([number % 256, 0, 9, 10, 92]),
        "big": 2**40 + number,
    }


@pytest.fixture
def things(database: Database) -> Database:
    with database.transaction() as tx:
        tx.execute(CREATE)
    return database


def stored(database: Database) -> list[dict[str, Any]]:
    with database.transaction() as tx:
        rows = tx.execute(f"SELECT {COLUMNS} FROM thing ORDER BY id")
    return [dict(zip(COLUMNS.split(", "), found, strict=True)) for found in rows]


@pytest.mark.parametrize("count", [0, 1, 2, 19, 20, 500, 10_001])
@pytest.mark.parametrize("sql", [INSERT, UPSERT, KEEP], ids=["insert", "upsert", "keep"])
def test_every_row_arrives_as_it_was_given(things: Database, sql: str, count: int) -> None:
    rows = [row(number) for number in range(count)]

    with things.transaction() as tx:
        tx.execute_many(sql, rows)

    assert stored(things) == rows


@pytest.mark.parametrize("count", [3, 100])
def test_rows_that_are_there_are_changed_or_kept_as_the_statement_says(things: Database, count: int) -> None:
    rows = [row(number, "new") for number in range(count)]
    with things.transaction() as tx:
        tx.execute_many(INSERT, [row(number, "old") for number in range(count // 2)])
        tx.execute_many(KEEP, rows)
        kept = [found["words"] for found in stored(things)]
        tx.execute_many(UPSERT, rows)

    assert kept == ["old"] * (count // 2) + ["new"] * (count - count // 2)
    assert [found["words"] for found in stored(things)] == ["new"] * count


@pytest.mark.parametrize("count", [2, 100])
def test_a_row_that_is_there_twice_undoes_all(things: Database, count: int) -> None:
    rows = [row(number) for number in range(count)]

    with pytest.raises(UniqueViolationError), things.transaction() as tx:
        tx.execute_many(INSERT, [*rows, row(0)])

    assert stored(things) == []


def test_ids_and_times_may_be_given_as_text(things: Database) -> None:
    texts = [{**row(n), "key": str(UUID(int=n)), "at": "2019-02-04T00:00:00.000001Z"} for n in range(50)]

    with things.transaction() as tx:
        tx.execute_many(INSERT, texts)

    assert {found["at"] for found in stored(things)} == {datetime(2019, 2, 4, 0, 0, 0, 1, tzinfo=UTC)}
    assert [found["key"] for found in stored(things)] == [UUID(int=n) for n in range(50)]


def test_statements_with_more_than_parameters_run_row_by_row(things: Database) -> None:
    with things.transaction() as tx:
        tx.execute_many(
            "INSERT INTO thing (id, words) VALUES (:id, upper(:words))",
            [{"id": number, "words": "abc"} for number in range(30)],
        )
        tx.execute_many("UPDATE thing SET words = :words WHERE id = :id", [{"id": 3, "words": "x"}])

    assert [found["words"] for found in stored(things)].count("ABC") == 29
