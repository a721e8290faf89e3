"""Checking the ledger's chains from the first entry to the last, and naming the first that is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.statistics.ledger.entries import GENESIS, entry_hash, last_sequence
from services.statistics.projection.moments import moment
from shared.clock import to_text
from shared.contracts.envelope import MalformedMessageError, Message, from_bytes
from shared.persistence.database import Database, Transaction

BATCH = 2000

_READ = """
    SELECT sequence, source, message_id, type, root_id, leg_id, happened_at, received_at, recorded_at,
        entered_at, body, entry_hash, previous_hash, dossier_previous_hash
    FROM ledger WHERE sequence > :after AND sequence <= :upto ORDER BY sequence
"""
_HEADS_BEFORE = """
    SELECT l.root_id, l.entry_hash FROM ledger l JOIN (
        SELECT max(sequence) AS sequence FROM ledger
        WHERE root_id IN :roots AND sequence <= :after GROUP BY root_id
    ) AS newest ON newest.sequence = l.sequence
"""
_BEYOND = """
    SELECT min(sequence), (SELECT min(sequence) FROM dossier_head
        WHERE sequence > (SELECT sequence FROM ledger_head))
    FROM ledger WHERE sequence > (SELECT sequence FROM ledger_head) OR sequence < 1
"""
_WRONG_HEAD = """
    SELECT coalesce(h.sequence, l.sequence) FROM (
        SELECT root_id, max(sequence) AS sequence FROM ledger
        WHERE root_id IS NOT NULL AND sequence <= :upto GROUP BY root_id
    ) AS newest
    JOIN ledger l ON l.sequence = newest.sequence
    LEFT JOIN dossier_head h ON h.root_id = newest.root_id
    WHERE h.root_id IS NULL
        OR (h.sequence <= :upto AND (h.sequence <> l.sequence OR h.entry_hash <> l.entry_hash))
    ORDER BY 1 LIMIT 1
"""

REASONS = {
    "missing-entry": ("thiếu bản ghi này", "this entry is missing"),
    "surplus-entry": ("bản ghi thừa, ngoài dãy số", "this entry lies outside of the sequence"),
    "previous-hash": ("không khớp mã băm của bản ghi trước", "it does not follow from the entry before it"),
    "dossier-previous-hash": (
        "không khớp mã băm của bản ghi trước cùng hồ sơ",
        "it does not follow from the dossier's entry before it",
    ),
    "entry-hash": ("nội dung không khớp mã băm", "its content does not match its hash"),
    "columns": ("các cột không khớp nội dung thông điệp", "its columns differ from the message in it"),
    "dossier-head": (
        "bản ghi cuối của hồ sơ không khớp",
        "the dossier's last entry is not the one on record",
    ),
    "checkpoint": ("không khớp mốc đã niêm phong", "it differs from the checkpoint kept outside"),
}
"""Code to what it means, in Vietnamese and English."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that is not as it was entered. `reason` is a stable code of REASONS."""

    sequence: int
    reason: str

    @property
    def vi(self) -> str:
        """The reason in Vietnamese."""
        return REASONS[self.reason][0]

    @property
    def en(self) -> str:
        """The reason in English."""
        return REASONS[self.reason][1]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the ledger found."""

    entries: int
    """How many entries were found whole, from the first on."""
    head: bytes
    """The hash of the last of them."""
    broken: Broken | None


def verify(
    database: Database,
    checkpoints: Sequence[tuple[int, bytes]] = (),
    on_progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Recompute every hash, in batches, up to the entry that is the last when this begins.

    `checkpoints` are sequences with hashes that were kept outside of the database: only these show
    that somebody rewrote the whole ledger, or cut off its end and adjusted its head.
    `on_progress` is told how many entries are done, of how many.
    """
    with database.transaction() as tx:
        upto = last_sequence(tx)
        [(surplus, lost)] = tx.execute(_BEYOND)
    chain, reason = _Chain(dict(checkpoints)), None
    while reason is None and chain.position < upto:
        with database.transaction() as tx:
            reason = chain.check_batch(tx, upto)
        if on_progress is not None:
            on_progress(chain.position, upto)
    if reason is not None:
        broken: Broken | None = Broken(chain.position + 1, reason)
    elif surplus is not None:
        broken = Broken(surplus, "surplus-entry")
    elif lost is not None:
        broken = Broken(upto + 1, "missing-entry")
    else:
        broken = _broken_end(database, upto, chain.checkpoints)
    return Verification(chain.position, chain.previous, broken)


def _broken_end(database: Database, upto: int, checkpoints: Mapping[int, bytes]) -> Broken | None:
    if any(sequence > upto for sequence in checkpoints):
        return Broken(upto + 1, "checkpoint")
    with database.transaction() as tx:
        wrong = tx.execute(_WRONG_HEAD, {"upto": upto})
    return Broken(wrong[0][0], "dossier-head") if wrong else None


class _Entry(NamedTuple):
    sequence: int
    source: str
    message_id: str
    type: str
    root_id: UUID | None
    leg_id: UUID | None
    happened_at: datetime
    received_at: datetime | None
    recorded_at: datetime | None
    entered_at: datetime
    body: bytes
    entry_hash: bytes
    previous_hash: bytes
    dossier_previous_hash: bytes | None


class _Chain:
    """How far the chain was found whole."""

    def __init__(self, checkpoints: dict[int, bytes]) -> None:
        self.checkpoints = checkpoints
        self.position, self.previous = 0, GENESIS

    def check_batch(self, tx: Transaction, upto: int) -> str | None:
        """Check the next entries; return why the one after `position` is broken."""
        rows = tx.execute(_READ, {"after": self.position, "upto": min(self.position + BATCH, upto)})
        batch = [_Entry(*row) for row in rows]
        heads = self._heads_before(tx, batch)
        for entry in batch:
            reason = next(self._faults(entry, heads.get(entry.root_id)), None)
            if reason is not None:
                return reason
            self.position, self.previous = entry.sequence, entry.entry_hash
            if entry.root_id is not None:
                heads[entry.root_id] = entry.entry_hash
        return None if batch else "missing-entry"

    def _heads_before(self, tx: Transaction, batch: Sequence[_Entry]) -> dict[UUID | None, bytes]:
        """Return the hashes of the roots' last entries before the batch: all of them were checked."""
        roots = list({entry.root_id for entry in batch if entry.root_id is not None})
        return dict(tx.execute(_HEADS_BEFORE, {"roots": roots, "after": self.position}))

    def _faults(self, entry: _Entry, dossier_previous: bytes | None) -> Iterator[str]:
        if entry.sequence != self.position + 1:
            yield "missing-entry"
        if entry.previous_hash != self.previous:
            yield "previous-hash"
        if entry.dossier_previous_hash != dossier_previous:
            yield "dossier-previous-hash"
        entered_at = to_text(entry.entered_at)
        sealed = entry_hash(entry.sequence, self.previous, dossier_previous, entered_at, entry.body)
        if entry.entry_hash != sealed:
            yield "entry-hash"
        if not _columns_agree(entry):
            yield "columns"
        if self.checkpoints.get(entry.sequence, sealed) != sealed:
            yield "checkpoint"


def _columns_agree(entry: _Entry) -> bool:
    try:
        message = from_bytes(entry.body)
    except MalformedMessageError:
        return False
    ids = (None if value is None else str(value) for value in (entry.root_id, entry.leg_id))
    times = (
        None if value is None else to_text(value)
        for value in (entry.happened_at, entry.received_at, entry.recorded_at)
    )
    return (entry.source, entry.message_id, entry.type, *ids, *times) == _words(message)


def _words(message: Message) -> tuple[str | None, ...]:
    times = (
        None if text is None else moment(text)
        for text in (message.time, message.receivedtime, message.recordedtime)
    )
    return message.source, message.id, message.type, message.rootid, message.legid, *times
