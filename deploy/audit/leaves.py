"""The leaves of both trees, page by page from the ledger, as they were at any of its entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from deploy.audit.merkle import Tree
from shared.persistence.database import Database

PAGE = 5000

_HASHES = """
    SELECT entry_hash FROM ledger WHERE sequence > :after AND sequence <= :upto ORDER BY sequence
"""
# From the ledger's own index, not from the table of heads: so it is exact for any entry of the past too.
_HEADS = """
    SELECT l.root_id, l.sequence, l.entry_hash FROM (
        SELECT root_id, max(sequence) AS sequence FROM ledger
        WHERE root_id >= :first AND sequence <= :upto GROUP BY root_id ORDER BY root_id LIMIT 5000
    ) AS newest JOIN ledger l ON l.sequence = newest.sequence ORDER BY l.root_id
"""


class Head(NamedTuple):
    """The last entry of a dossier."""

    root: UUID
    sequence: int
    entry_hash: bytes

    def leaf(self) -> bytes:
        """Return what the dossiers' tree has of it: id, sequence and hash, of fixed width."""
        return self.root.bytes + self.sequence.to_bytes(8) + self.entry_hash


def entry_hashes(database: Database, upto: int) -> Iterator[bytes]:
    """Give the hashes of the ledger's entries, in order."""
    for after in range(0, upto, PAGE):
        with database.transaction() as tx:
            rows = tx.execute(_HASHES, {"after": after, "upto": min(after + PAGE, upto)})
        yield from (bytes(row[0]) for row in rows)


def heads(database: Database, upto: int) -> Iterator[Head]:
    """Give each dossier's last entry as of an entry of the ledger, in order of the dossiers' ids."""
    first = UUID(int=0)
    while True:
        with database.transaction() as tx:
            rows = [Head(*row) for row in tx.execute(_HEADS, {"first": first, "upto": upto})]
        yield from rows
        if len(rows) < PAGE or rows[-1].root.int == 2**128 - 1:
            return
        first = UUID(int=rows[-1].root.int + 1)


def tree_of_heads(database: Database, upto: int) -> Tree:
    """Return the tree over all dossiers' last entries, as of an entry of the ledger."""
    tree = Tree()
    for head in heads(database, upto):
        tree.append(head.leaf())
    return tree
