"""A proof of one dossier's whole history, for somebody who has no server of ours.

It holds the exact bytes of every entry, each entry's path to the root of the ledger's tree, the path of
the dossier's last entry to the root of the tree of dossiers, and the signed checkpoint with both roots.
The entries are chained back to the dossier's first; the last one is signed for: so none can be left out.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from deploy.audit.checkpoints import Checkpoint
from deploy.audit.leaves import entry_hashes, heads
from deploy.audit.merkle import Tree, path_from, path_nodes
from shared.clock import to_text
from shared.errors import NOT_FOUND, RefusedError
from shared.persistence.database import Database

FORMAT = "lienthong-proof/1"

_ENTRIES = """
    SELECT sequence, previous_hash, entered_at, body FROM ledger
    WHERE root_id = :root AND sequence <= :upto ORDER BY sequence
"""
_LIVE = "SELECT live_version FROM read_model WHERE name = 'dossiers'"


class OutdatedCheckpointError(Exception):
    """The ledger is not the one that the checkpoint is of."""


def root_of(database: Database, code_or_id: str) -> UUID:
    """Return a dossier's id by its code or its id. Raises RefusedError with `not-found`."""
    try:
        return UUID(code_or_id)
    except ValueError:
        pass
    with database.transaction() as tx:
        [(version,)] = tx.execute(_LIVE)
        sql = f"SELECT root_id FROM dossier_v{int(version)} WHERE code = :code"  # noqa: S608 - a number
        rows = tx.execute(sql, {"code": code_or_id})
    if not rows:
        raise RefusedError(NOT_FOUND, what=f"dossier {code_or_id}")
    return UUID(str(rows[0][0]))


def prove(database: Database, root: UUID, checkpoint: Checkpoint, envelope: dict[str, Any]) -> dict[str, Any]:
    """Return the proof of a dossier's history up to a checkpoint; `envelope` is that one, signed.

    Reads the hashes of the whole ledger, page by page. Raises RefusedError with `not-found` and
    OutdatedCheckpointError.
    """
    with database.transaction() as tx:
        rows = tx.execute(_ENTRIES, {"root": root, "upto": checkpoint.sequence})
    if not rows:
        raise RefusedError(NOT_FOUND, what=f"dossier {root}")
    sequences = [row[0] for row in rows]
    ledger = _tree(
        entry_hashes(database, checkpoint.sequence), [one - 1 for one in sequences], checkpoint.sequence
    )
    index = _index_of(database, root, checkpoint.sequence)
    leaves = (head.leaf() for head in heads(database, checkpoint.sequence))
    dossiers = _tree(leaves, [index], checkpoint.dossiers)
    if ledger.peaks != checkpoint.peaks or dossiers.root() != checkpoint.dossier_root:
        msg = "the ledger is not what the checkpoint says: run `lienthong audit verify`"
        raise OutdatedCheckpointError(msg)
    return {
        "format": FORMAT,
        "dossier": str(root),
        "entries": [
            {
                "sequence": sequence,
                "previous_hash": bytes(previous).hex(),
                "entered_at": to_text(entered_at),
                "body": b64encode(bytes(body)).decode(),
                "path": [one.hex() for one in path_from(sequence - 1, ledger.size, ledger.kept)],
            }
            for sequence, previous, entered_at, body in rows
        ],
        "head": {
            "index": index,
            "path": [one.hex() for one in path_from(index, dossiers.size, dossiers.kept)],
        },
        "signed": envelope,
    }


def _tree(leaves: Iterable[bytes], indices: Sequence[int], size: int) -> Tree:
    wanted = {node for index in indices for step in path_nodes(index, size) for node in step}
    tree = Tree(wanted=wanted)
    for leaf in leaves:
        tree.append(leaf)
    return tree


def _index_of(database: Database, root: UUID, upto: int) -> int:
    with database.transaction() as tx:
        [(count,)] = tx.execute(
            "SELECT count(DISTINCT root_id) FROM ledger WHERE root_id < :root AND sequence <= :upto",
            {"root": root, "upto": upto},
        )
    return int(count)
