"""Appending to the ledger and reading it.

An entry's hash covers its sequence, the hash of the entry before it, the hash of the entry before it
with the same root, the moment of entry and the message's exact bytes. So nobody can change, remove,
insert or move an entry without changing every later hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.statistics.projection.moments import moment
from shared.clock import to_text
from shared.contracts.envelope import Message
from shared.persistence.database import Transaction

GENESIS = bytes(32)
"""Stands for the hash of the entry before the first."""

_DOMAIN = b"lienthong/ledger/1"

_ADVANCE = "UPDATE ledger_head SET sequence = sequence + :count RETURNING sequence"
_HEADS = """
    SELECT root_id, entry_hash FROM dossier_head WHERE root_id IN :roots
    UNION ALL SELECT NULL, entry_hash FROM ledger WHERE sequence = :last
"""
_INSERT = """
    INSERT INTO ledger (sequence, source, message_id, type, root_id, leg_id, happened_at, received_at,
        recorded_at, entered_at, body, entry_hash, previous_hash, dossier_previous_hash)
    VALUES (:sequence, :source, :message_id, :type, :root_id, :leg_id, :happened_at, :received_at,
        :recorded_at, :entered_at, :body, :entry_hash, :previous_hash, :dossier_previous_hash)
"""
_SET_HEAD = """
    INSERT INTO dossier_head (root_id, sequence, entry_hash) VALUES (:root_id, :sequence, :entry_hash)
    ON CONFLICT (root_id) DO UPDATE SET sequence = excluded.sequence, entry_hash = excluded.entry_hash
"""
_READ = """
    SELECT sequence, body FROM ledger WHERE sequence > :after AND sequence <= :upto ORDER BY sequence
"""


_ENTERED_AT = "SELECT entered_at FROM ledger WHERE sequence = :sequence"
_OF_ROOTS = (
    "SELECT sequence, body FROM ledger WHERE root_id IN :roots AND sequence <= :upto ORDER BY sequence"
)
_OF_NOBODY = "SELECT sequence, body FROM ledger WHERE root_id IS NULL AND sequence <= :upto ORDER BY sequence"


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a batch came to stand."""

    last: int
    """The sequence of its last entry."""
    previous_hash: bytes
    """The hash of the entry before its first."""
    last_hash: bytes


def entry_hash(
    sequence: int,
    previous_hash: bytes,
    dossier_previous_hash: bytes | None,
    entered_at: str,
    body: bytes,
) -> bytes:
    """Return an entry's SHA-256. All parts before the body are of fixed width, so none can pass for another."""
    digest = sha256(_DOMAIN)
    digest.update(sequence.to_bytes(8))
    digest.update(previous_hash)
    digest.update(dossier_previous_hash or GENESIS)
    digest.update(entered_at.encode())
    digest.update(body)
    return digest.digest()


def append(tx: Transaction, messages: Sequence[tuple[Message, bytes]], now: datetime) -> Appended:
    """Append messages with their exact bytes, in order, in four round trips.

    The caller sees to it that none was entered before; else UniqueViolationError. Other writers wait
    until the transaction ends. Raises ValueError for times or ids that are none.
    """
    rows = [_row(message, body) for message, body in messages]
    [(last,)] = tx.execute(_ADVANCE, {"count": len(rows)})
    before = last - len(rows)
    roots = {row["root_id"] for row in rows if row["root_id"] is not None}
    heads = {root: bytes(head) for root, head in tx.execute(_HEADS, {"roots": list(roots), "last": before})}
    first_previous = previous = heads.pop(None, GENESIS)
    entered_at = to_text(now)
    changed: dict[UUID, dict[str, Any]] = {}
    for sequence, row in enumerate(rows, before + 1):
        root, dossier_previous = row["root_id"], heads.get(row["root_id"])
        sealed = entry_hash(sequence, previous, dossier_previous, entered_at, row["body"])
        row |= {
            "sequence": sequence,
            "entered_at": now,
            "entry_hash": sealed,
            "previous_hash": previous,
            "dossier_previous_hash": dossier_previous,
        }
        if root is not None:
            heads[root] = sealed
            changed[root] = {"root_id": root, "sequence": sequence, "entry_hash": sealed}
        previous = sealed
    tx.execute_many(_INSERT, rows)
    if changed:
        tx.execute_many(_SET_HEAD, list(changed.values()))
    return Appended(last, first_previous, previous)


def lock(tx: Transaction) -> int:
    """Keep everybody from appending until the transaction ends, and return the last sequence."""
    [(sequence,)] = tx.execute("SELECT sequence FROM ledger_head FOR UPDATE")
    return int(sequence)


def last_sequence(tx: Transaction) -> int:
    """Return the last sequence; 0 for an empty ledger."""
    [(sequence,)] = tx.execute("SELECT sequence FROM ledger_head")
    return int(sequence)


def last_entered(tx: Transaction, at: datetime) -> int:
    """Return the last sequence that had been entered at a moment; 0 when there was none.

    Entries have no gaps and are entered in order, so it is found by halving.
    """
    low, high = 0, last_sequence(tx)
    while low < high:
        middle = (low + high + 1) // 2
        [(entered_at,)] = tx.execute(_ENTERED_AT, {"sequence": middle})
        low, high = (middle, high) if entered_at <= at else (low, middle - 1)
    return low


def read(tx: Transaction, after: int, upto: int) -> list[bytes]:
    """Return the bytes of the entries past `after` and up to `upto`, in order.

    Ask for what fits into memory. There is no LIMIT to say so, on purpose: on a table that PostgreSQL
    has not analysed yet it sorts all that is left of the ledger to give its first rows.
    """
    return [bytes(body) for _sequence, body in tx.execute(_READ, {"after": after, "upto": upto})]


def of_roots(tx: Transaction, roots: Sequence[UUID], upto: int) -> list[bytes]:
    """Return the bytes of these roots' entries up to `upto`, in order."""
    rows = tx.execute(_OF_ROOTS, {"roots": list(roots), "upto": upto})
    return [bytes(body) for _sequence, body in rows]


def of_nobody(tx: Transaction, upto: int) -> list[bytes]:
    """Return the bytes of the entries up to `upto` that have no root, in order."""
    return [bytes(body) for _sequence, body in tx.execute(_OF_NOBODY, {"upto": upto})]


def _row(message: Message, body: bytes) -> dict[str, Any]:
    return {
        "source": message.source,
        "message_id": message.id,
        "type": message.type,
        "root_id": _id(message.rootid),
        "leg_id": _id(message.legid),
        "happened_at": _moment(message.time),
        "received_at": _moment(message.receivedtime),
        "recorded_at": _moment(message.recordedtime),
        "body": body,
    }


def _id(text: str | None) -> UUID | None:
    if text is None:
        return None
    value = UUID(text)
    if str(value) != text:  # the read model goes by the text
        msg = f"an id must be written like {value}, not {text}"
        raise ValueError(msg)
    return value


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    written = moment(text)
    datetime.fromisoformat(written)
    return written
