"""The read model as the ledger had it at a moment, in tables that last as long as the transaction.

What became of a dossier since its last entry is nothing: where that entry was there by then, its rows are taken
as the live version has them. Only the others, and what is no dossier's, are projected again, from their
entries up to the moment. So the cost goes with the dossiers that were on their way, not with the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from services.statistics.ledger import entries
from services.statistics.projection.columns import DOSSIER, LAYOUT, TABLES, Table
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from shared.persistence.database import Transaction

VERSION = 0
"""The version that only ever exists inside a transaction that is rolled back."""
CHUNK = 500
"""Dossiers whose entries are in memory at once."""

_OF_DOSSIERS = tuple(table for table in TABLES if "root_id" in table.columns and table is not DOSSIER)
_TAKE = """
    INSERT INTO dossier_v0 ({columns}) SELECT {columns} FROM dossier_v# AS d
    WHERE EXISTS (SELECT 1 FROM dossier_head AS h WHERE h.root_id = d.root_id AND h.sequence <= :last)
"""
_TAKE_WITH = """
    INSERT INTO {name}_v0 ({columns}) SELECT {columns} FROM {name}_v# AS part
    WHERE EXISTS (SELECT 1 FROM dossier_v0 AS d WHERE d.root_id = part.root_id)
"""
_MOVED = """
    SELECT d.root_id FROM dossier_v0 AS d JOIN dossier_head AS h ON h.root_id = d.root_id WHERE h.sequence > :last
"""
_OTHERS = """
    SELECT h.root_id FROM dossier_head AS h
    WHERE NOT EXISTS (SELECT 1 FROM dossier_v0 AS d WHERE d.root_id = h.root_id) ORDER BY h.root_id
"""


def build(tx: Transaction, last: int) -> None:
    """Make the tables and fill them with what the ledger says up to the entry `last`."""
    versions.create(tx, VERSION)
    live = versions.live(tx)
    if live.layout == LAYOUT:
        _take(tx, live.version, last)
    building = WorkingSet(VERSION, new=True)
    for bodies in _bodies(tx, last):
        building.take(tx, bodies)
        building.shrink(tx)
    building.write(tx)
    versions.index(tx, VERSION)


def _take(tx: Transaction, live: int, last: int) -> None:
    """Take over the rows of dossiers of which nothing was entered since."""
    tx.execute(versions.at_version(_TAKE.format(columns=_columns(DOSSIER)), live), {"last": last})
    for table in _OF_DOSSIERS:
        sql = _TAKE_WITH.format(name=table.name, columns=_columns(table))
        tx.execute(versions.at_version(sql, live))
    # Some may have moved on while their rows were read; what stayed as it was until now was so all along.
    moved = [root for (root,) in tx.execute(_MOVED, {"last": last})]
    for table in (DOSSIER, *_OF_DOSSIERS) if moved else ():
        sql = f"DELETE FROM {table.name}_v{VERSION} WHERE root_id IN :roots"  # noqa: S608 - our own names
        tx.execute(sql, {"roots": moved})


def _bodies(tx: Transaction, last: int) -> Iterator[list[bytes]]:
    """Give the entries up to `last` of all that was not taken over; those of one root in order."""
    yield entries.of_nobody(tx, last)
    others: list[UUID] = [root for (root,) in tx.execute(_OTHERS)]
    for start in range(0, len(others), CHUNK):
        yield entries.of_roots(tx, others[start : start + CHUNK], last)


def _columns(table: Table) -> str:
    return ", ".join(table.columns)
