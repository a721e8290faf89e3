"""The canonical dump of a version: the same rows give the same bytes, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

import orjson

from services.statistics.projection.columns import TABLES, Table
from services.statistics.read_model.versions import at_version
from shared.persistence.database import Transaction

PAGE = 5000

_IDS = 1 << 128
_FORM = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True, slots=True)
class Digest:
    """What a version's dump comes to."""

    sha256: str
    """As hexadecimal text."""
    rows: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not the same in two versions, or is in one alone."""

    table: str
    key: str


def lines(tx: Transaction, version: int) -> Iterator[bytes]:
    """Give the dump: one JSON line a row, table by table, by key; times in UTC."""
    for table in TABLES:
        for values in _pages(tx, version, table):
            yield orjson.dumps((table.name, values), option=_FORM)


def digest(tx: Transaction, version: int) -> Digest:
    """Return the SHA-256 of the dump."""
    total, rows = sha256(), 0
    for line in lines(tx, version):
        total.update(line)
        rows += 1
    return Digest(total.hexdigest(), rows)


def differences(tx: Transaction, one: int, other: int) -> list[Difference]:
    """Return the rows that are not the same in both versions."""
    found: list[Difference] = []
    for table in TABLES:
        sql = (
            f"SELECT {table.key} FROM (SELECT * FROM {table.name}_v{one}"  # noqa: S608 - our own names
            f" EXCEPT SELECT * FROM {table.name}_v{other}) AS changed"
        )
        back = (
            f"SELECT {table.key} FROM (SELECT * FROM {table.name}_v{other}"  # noqa: S608 - our own names
            f" EXCEPT SELECT * FROM {table.name}_v{one}) AS changed"
        )
        keys = {str(key) for (key,) in (*tx.execute(sql), *tx.execute(back))}
        found += [Difference(table.name, key) for key in sorted(keys)]
    return found


def _pages(tx: Transaction, version: int, table: Table) -> Iterator[tuple[object, ...]]:
    columns = ", ".join(table.columns)
    select = at_version(f"SELECT {columns} FROM {table.name}_v#", version)  # noqa: S608 - our own names
    if not table.is_keyed_by_id:
        # Few, and the engines do not sort text alike.
        position = table.columns.index(table.key)
        yield from sorted(tx.execute(select), key=lambda values: str(values[position]))
        return
    count = tx.execute(at_version(f"SELECT count(*) FROM {table.name}_v#", version))[0][0]  # noqa: S608
    # Slices of the ids, which are random; with a LIMIT the engine may sort the whole table for each page.
    sql = f"{select} WHERE {table.key} >= :first AND {table.key} <= :last ORDER BY {table.key}"
    for first, last in _slices(count // PAGE + 1):
        yield from tx.execute(sql, {"first": first, "last": last})


def _slices(number: int) -> Iterator[tuple[UUID, UUID]]:
    bounds = [_IDS * index // number for index in range(number + 1)]
    for first, beyond in pairwise(bounds):
        yield UUID(int=first), UUID(int=beyond - 1)
