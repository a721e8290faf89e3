"""Making, dropping, reading and writing one version's tables, and the row that says which one is live."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from services.statistics.problems import READ_MODEL_OUTDATED, READ_MODEL_UNDEFINED
from services.statistics.projection.columns import LAYOUT, TABLES, Row, Table
from shared.clock import to_text
from shared.errors import RefusedError
from shared.persistence.database import Transaction
from shared.persistence.sql import split

NAME = "dossiers"
"""The read model's durable name."""

_LIVE = "SELECT live_version, ledger_sequence, layout FROM read_model WHERE name = 'dossiers'"
_DEFINE = """
    INSERT INTO read_model (name, live_version, ledger_sequence, layout)
    VALUES ('dossiers', :version, :sequence, :layout) ON CONFLICT (name) DO NOTHING
"""
_ADVANCE = """
    UPDATE read_model SET ledger_sequence = :sequence
    WHERE name = 'dossiers' AND layout = :layout RETURNING live_version
"""
_SWAP = """
    UPDATE read_model SET live_version = :version, ledger_sequence = :sequence, layout = :layout
    WHERE name = 'dossiers'
"""


@dataclass(frozen=True, slots=True)
class Live:
    """What the one row says."""

    version: int
    ledger_sequence: int
    layout: int


def live(tx: Transaction) -> Live:
    """Return which version is live. Raises RefusedError with `read-model-undefined`."""
    rows = tx.execute(_LIVE)
    if not rows:
        raise RefusedError(READ_MODEL_UNDEFINED, name=NAME)
    return Live(*rows[0])


def readable(tx: Transaction) -> Live:
    """Return which version is live, of the layout that this code reads.

    Raises RefusedError with `read-model-undefined`, or `read-model-outdated` until a rebuild.
    """
    found = live(tx)
    if found.layout != LAYOUT:
        raise RefusedError(READ_MODEL_OUTDATED, name=NAME)
    return found


def define(tx: Transaction, version: int) -> None:
    """Make the first version live, at the beginning of the ledger; nothing when one is live."""
    tx.execute(_DEFINE, {"version": version, "sequence": 0, "layout": LAYOUT})


def advance(tx: Transaction, sequence: int) -> int | None:
    """Say that the live version holds the ledger up to `sequence`, and return which version that is.

    None when the live tables are laid out otherwise than this code knows: then they stay as they are
    until a rebuild, which takes in what the ledger gets meanwhile.
    """
    rows = tx.execute(_ADVANCE, {"sequence": sequence, "layout": LAYOUT})
    return rows[0][0] if rows else None


def swap(tx: Transaction, version: int, sequence: int) -> None:
    """Make another version the live one."""
    tx.execute(_SWAP, {"version": version, "sequence": sequence, "layout": LAYOUT})


def at_version(sql: str, version: int) -> str:
    """Return a statement over tables named like `dossier_v#` for one version."""
    return sql.replace("_v#", f"_v{version}")


def create(tx: Transaction, version: int) -> None:
    """Make a version's tables, empty and without further indexes."""
    for statement in _definitions(version):
        if " INDEX " not in statement:
            tx.execute(statement)


def index(tx: Transaction, version: int) -> None:
    """Make a version's further indexes: quicker when the rows are there."""
    for statement in _definitions(version):
        if " INDEX " in statement:
            tx.execute(statement)


def drop(tx: Transaction, version: int) -> None:
    """Drop what there is of a version's tables."""
    for table in TABLES:
        tx.execute(f"DROP TABLE IF EXISTS {table.name}_v{version}")


def load(tx: Transaction, version: int, table: Table, keys: Sequence[str]) -> dict[str, Row]:
    """Return the rows with these keys, by key; ids and times as text."""
    if not keys:
        return {}
    sql = f"{_select(table, version)} WHERE {table.key} IN :keys"
    rows = (_as_row(table, values) for values in tx.execute(sql, {"keys": _as_keys(table, keys)}))
    return {row[table.key]: row for row in rows}


def of_roots(tx: Transaction, version: int, table: Table, roots: Sequence[UUID]) -> list[Row]:
    """Return the rows of these dossiers, in order of their keys; ids and times as text."""
    if not roots:
        return []
    sql = f"{_select(table, version)} WHERE root_id IN :roots ORDER BY {table.key}"
    return [_as_row(table, values) for values in tx.execute(sql, {"roots": list(roots)})]


def delete(tx: Transaction, version: int, table: Table, keys: Sequence[str]) -> None:
    """Delete the rows with these keys."""
    if keys:
        sql = f"DELETE FROM {table.name}_v{version} WHERE {table.key} IN :keys"  # noqa: S608 - our own names
        tx.execute(sql, {"keys": _as_keys(table, keys)})


def insert(tx: Transaction, version: int, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows.

    Changed rows are deleted and inserted again, not updated: many at once go through COPY on
    PostgreSQL, which takes a third of the processor time of an INSERT that minds conflicts.
    """
    if rows:
        tx.execute_many(_insert(table, version), rows)


def _as_keys(table: Table, keys: Sequence[str]) -> list[Any]:
    return [UUID(key) for key in keys] if table.is_keyed_by_id else list(keys)


def _as_row(table: Table, values: Sequence[Any]) -> Row:
    """Return what a query gave for a table's columns, with ids and times as text."""
    return {name: _plain(value) for name, value in zip(table.columns, values, strict=True)}


_PLAIN: Mapping[type, Callable[[Any], str]] = {UUID: str, datetime: to_text}


def _plain(value: Any) -> Any:
    as_text = _PLAIN.get(type(value))
    return as_text(value) if as_text else value


@lru_cache(maxsize=64)
def _definitions(version: int) -> tuple[str, ...]:
    script = (Path(__file__).parent / "tables.sql").read_text("utf-8")
    return tuple(split(at_version(script, version)))


@lru_cache(maxsize=64)
def _select(table: Table, version: int) -> str:
    return f"SELECT {', '.join(table.columns)} FROM {table.name}_v{version}"  # noqa: S608 - our own names


@lru_cache(maxsize=64)
def _insert(table: Table, version: int) -> str:
    names = ", ".join(table.columns)
    values = ", ".join(f":{name}" for name in table.columns)
    return f"INSERT INTO {table.name}_v{version} ({names}) VALUES ({values})"  # noqa: S608 - our own names
