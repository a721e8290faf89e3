"""The rows of one version that are in memory: loaded once, changed there, written when it is time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import orjson

from services.statistics.projection.columns import TABLES, Table
from services.statistics.projection.rows import Document, Rows, complete
from services.statistics.projection.rules import keys, project
from services.statistics.read_model import versions
from shared.contracts import registry
from shared.contracts.envelope import from_bytes
from shared.persistence.database import Transaction

KEPT_ROWS = 50_000
"""Rows of each table that a rebuild keeps in memory: about 3 kB each."""

CHUNK = 200
"""Messages whose rows are looked up in one query, and whose documents are in memory at once."""

_BITS = 1 << 23
"""Of which a million keys light one in nine."""

_NEWEST = {contract.type: contract.dataschema for contract in registry.EVENTS.values()}


class Forgotten:
    """Keys that left memory, in a megabyte however many they are: it may remember one that never came."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, keys: Iterable[str]) -> None:
        """Remember keys."""
        bits = self._bits = self._bits or bytearray(_BITS // 8)
        for key in keys:
            place = hash(key) % _BITS
            bits[place >> 3] |= 1 << (place & 7)

    def may_have(self, key: str) -> bool:
        """Tell whether a key may have been added; a wrong guess costs a look into the table."""
        place = hash(key) % _BITS
        return bool(self._bits) and bool(self._bits[place >> 3] >> (place & 7) & 1)


class WorkingSet:
    """One version's rows. What is in memory may be ahead of the tables until `write`."""

    def __init__(self, version: int, *, new: bool = False, kept_rows: int = KEPT_ROWS) -> None:
        self.version = version
        self._rows = Rows()
        self._kept_rows = kept_rows
        self._forgotten = {table: Forgotten() for table in TABLES} if new else None
        """Of a version that was empty: what had to leave memory, so that nothing else need be looked for."""
        self._holds_all = new
        """Whether no row of the tables is missing in memory."""

    def take(self, tx: Transaction, bodies: Sequence[bytes]) -> None:
        """Project messages, given as the ledger's bytes."""
        rows = self._rows
        if self._holds_all:
            for body in bodies:  # one by one: a document that dies young costs half of one that is kept
                project(rows, document_of(body))
            return
        for start in range(0, len(bodies), CHUNK):
            documents = [document_of(body) for body in bodies[start : start + CHUNK]]
            self._load(tx, documents)
            for document in documents:
                project(rows, document)

    def _load(self, tx: Transaction, documents: Sequence[Document]) -> None:
        for table, wanted in keys(documents).items():
            known = self._rows.by_table[table]
            missing = [key for key in wanted if key not in known]
            if self._forgotten is not None:
                missing = [key for key in missing if self._forgotten[table].may_have(key)]
            known.update(versions.load(tx, self.version, table, missing))

    def write(self, tx: Transaction) -> None:
        """Write every changed row."""
        for table in TABLES:
            self._write(tx, table)

    def shrink(self, tx: Transaction) -> None:
        """Write and forget the rows that came first, where there are too many."""
        for table, rows in self._rows.by_table.items():
            if len(rows) > self._kept_rows:
                self._write(tx, table)
                leaving = list(islice(rows, len(rows) - self._kept_rows // 2))
                for key in leaving:
                    del rows[key]
                if self._forgotten is not None:
                    self._forgotten[table].add(leaving)
                self._holds_all = False

    def _write(self, tx: Transaction, table: Table) -> None:
        changed, new = self._rows.changed[table], self._rows.new[table]
        for row in changed.values():
            complete(table, row)
        # Everybody writes in the same order, so that no two wait for each other.
        keys = sorted(changed)
        versions.delete(tx, self.version, table, [key for key in keys if key not in new])
        versions.insert(tx, self.version, table, [changed[key] for key in keys])
        changed.clear()
        new.clear()


def document_of(body: bytes) -> Document:
    """Return a message's document, its data in the newest version of its type."""
    document: dict[str, object] = orjson.loads(body)
    newest = _NEWEST.get(str(document["type"]))
    if newest is not None and document["dataschema"] != newest:
        document["data"] = registry.load(from_bytes(body))
    return document
