from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.persistence.database import Database
from tests.fixtures.databases import Open

TABLE = """
    CREATE TABLE thing (
        id uuid PRIMARY KEY,
        at timestamptz,
        yes boolean,
        day date,
        raw bytea,
        big bigint,
        small integer,
        words text
    )
"""
COLUMNS = ("id", "at", "yes", "day", "raw", "big", "small", "words")
INSERT = f"INSERT INTO thing ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
NOON = datetime(2026, 7, 1, 5, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def thing_table(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.execute(TABLE)


def thing(**values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS), "id": uuid4(), **values}


def put(database: Database, *things: dict[str, Any]) -> None:
    with database.transaction() as transaction:
        transaction.execute_many(INSERT, things)


def ask(database: Database, sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with database.transaction() as transaction:
        return transaction.execute(sql, params)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", NOON),
        ("at", NOON.replace(microsecond=0)),
        ("at", datetime(1954, 7, 20, 23, 59, 59, 999999, tzinfo=UTC)),
        ("yes", True),
        ("yes", False),
        ("day", date(2026, 7, 1)),
        ("raw", b"\x00\xff'%"),
        ("raw", b""),
        ("big", 2**63 - 1),
        ("big", -(2**63)),
        ("small", 2**31 - 1),
        ("words", "Sở Tài nguyên và Môi trường: 100% 'đúng hạn' :not_a_name"),
        ("words", ""),
        *((column, None) for column in COLUMNS[1:]),
    ],
)
def test_a_value_comes_back_as_it_was(database: Database, column: str, value: Any) -> None:
    put(database, one := thing(**{column: value}))
    [(back,)] = ask(database, f"SELECT {column} FROM thing WHERE id = :id", id=one["id"])
    assert back == value
    assert type(back) is type(value)


def test_a_uuid_comes_back_as_a_uuid_and_a_time_in_utc(database: Database) -> None:
    hanoi = timezone(timedelta(hours=7))
    put(database, one := thing(at=NOON.astimezone(hanoi)))
    [(identity, at)] = ask(database, "SELECT id, at FROM thing")
    assert identity == one["id"]
    assert isinstance(identity, UUID)
    assert at == NOON
    assert at.utcoffset() == timedelta(0)


def test_a_time_without_an_offset_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="offset"):
        put(database, thing(at=NOON.replace(tzinfo=None)))
    with pytest.raises(ValueError, match="offset"):
        ask(database, "SELECT at FROM thing WHERE at IN :times", times=[NOON.replace(tzinfo=None)])


def test_values_also_come_back_from_returning(database: Database) -> None:
    put(database, one := thing(at=NOON, yes=False))
    changed = ask(database, "UPDATE thing SET yes = :yes RETURNING id, at, yes", yes=True)
    assert changed == [(one["id"], NOON, True)]


def test_an_expression_is_given_its_type_by_its_alias(database: Database) -> None:
    put(database, thing(at=NOON), thing(at=NOON + timedelta(microseconds=1)))
    [(latest,)] = ask(database, 'SELECT max(at) AS "latest [timestamptz]" FROM thing')
    assert latest == NOON + timedelta(microseconds=1)


def test_order_of_times_is_kept_whatever_their_fractions(database: Database) -> None:
    times = [NOON.replace(microsecond=part) for part in (0, 1, 10, 100_000, 999_999)]
    put(database, *(thing(at=at) for at in reversed(times)))
    assert [at for (at,) in ask(database, "SELECT at FROM thing ORDER BY at")] == times
    [(later,)] = ask(database, "SELECT count(*) FROM thing WHERE at > :after", after=times[2])
    assert later == 2


@pytest.mark.parametrize("column", ["id", "at", "big", "small", "words", "day"])
def test_a_list_selects_its_members(database: Database, column: str) -> None:
    things = [
        thing(at=NOON + timedelta(days=n), big=2**40 + n, small=n, words=f"tên {n}", day=date(2026, 7, n))
        for n in (1, 2, 3)
    ]
    put(database, *things)
    chosen = [things[0][column], things[2][column]]
    found = ask(database, f"SELECT small FROM thing WHERE {column} IN :chosen ORDER BY small", chosen=chosen)
    assert found == [(1,), (3,)]
    others = ask(database, f"SELECT small FROM thing WHERE {column} NOT IN :chosen", chosen=chosen)
    assert others == [(2,)]


@pytest.mark.parametrize("column", ["id", "at", "big", "small", "words", "day"])
def test_an_empty_list_selects_nothing(database: Database, column: str) -> None:
    put(database, thing(small=1))
    assert ask(database, f"SELECT small FROM thing WHERE {column} IN :none", none=[]) == []
    assert ask(database, f"SELECT small FROM thing WHERE {column} NOT IN :none", none=[]) == [(1,)]


def test_an_optional_condition_may_be_left_out(database: Database) -> None:
    put(database, thing(words="a"), thing(words="b"))
    sql = "SELECT words FROM thing WHERE :words::text IS NULL OR words = :words::text ORDER BY words"
    assert ask(database, sql, words=None) == [("a",), ("b",)]
    assert ask(database, sql, words="b") == [("b",)]


def test_what_looks_like_a_parameter_in_quotes_or_comments_is_left_alone(database: Database) -> None:
    sql = """
        SELECT ':name', '100%', 'it''s :x' /* :y % ' */, :z::text -- :w 'and' 100%
    """
    assert ask(database, sql, z="here") == [(":name", "100%", "it's :x", "here")]


def test_a_number_is_assigned_where_the_table_asks_for_it(database: Database) -> None:
    ask(database, "CREATE TABLE line (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, words text)")
    add = "INSERT INTO line (words) VALUES (:words) RETURNING id"
    assert [ask(database, add, words=words) for words in "ab"] == [[(1,)], [(2,)]]


def test_everything_is_there_again_after_closing_and_opening(database: Database, open_database: Open) -> None:
    put(database, one := thing(at=NOON, yes=True, raw=b"x", big=1, small=2, words="đ", day=date(2026, 7, 1)))
    database.close()
    [row] = ask(open_database(), f"SELECT {', '.join(COLUMNS)} FROM thing")
    assert row == tuple(one[name] for name in COLUMNS)
