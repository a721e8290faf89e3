"""Checking the ledger's chains from one entry to the last, and naming every one that is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from services.statistics.ledger.entries import GENESIS, entry_hash, last_sequence
from shared.clock import to_text
from shared.persistence.database import Database, Transaction

BATCH = 2000
MOST_NAMED = 1000
"""Broken entries that are named; one is enough to believe nothing."""

_READ = """
    SELECT sequence, source, message_id, type, root_id, leg_id, happened_at, received_at, recorded_at,
        entered_at, body, entry_hash, previous_hash, dossier_previous_hash
    FROM ledger WHERE sequence > :after AND sequence <= :upto ORDER BY sequence
"""
_HASH = "SELECT entry_hash FROM ledger WHERE sequence = :sequence"
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
_WRONG_HEADS = """
    SELECT coalesce(h.sequence, l.sequence) FROM (
        SELECT root_id, max(sequence) AS sequence FROM ledger
        WHERE root_id IS NOT NULL AND sequence > :after AND sequence <= :upto GROUP BY root_id
    ) AS newest
    JOIN ledger l ON l.sequence = newest.sequence
    LEFT JOIN dossier_head h ON h.root_id = newest.root_id
    WHERE h.root_id IS NULL
        OR (h.sequence <= :upto AND (h.sequence <> l.sequence OR h.entry_hash <> l.entry_hash))
    ORDER BY 1 LIMIT :most
"""
_HEADS_OF_NOTHING = """
    SELECT h.sequence FROM dossier_head h LEFT JOIN ledger l
        ON l.sequence = h.sequence AND l.root_id = h.root_id AND l.entry_hash = h.entry_hash
    WHERE h.sequence <= :upto AND l.sequence IS NULL ORDER BY h.sequence LIMIT :most
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
    """An entry that is not as it was entered. `reason` is a stable code of REASONS."""

    sequence: int
    reason: str
    to: int = 0
    """The last of several that are missing in a row."""

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
    """Up to which entry everything was found whole."""
    head: bytes
    """The hash of that entry."""
    broken: Broken | None
    """The first that is not."""
    all_broken: tuple[Broken, ...] = ()
    """The first thousand that are not."""
    upto: int = 0
    """The entry that was the last when the check began."""


class Entry(NamedTuple):
    """An entry as it is stored."""

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


Mark = tuple[int, bytes]
"""A sequence and the hash of its entry."""
START: Mark = (0, GENESIS)

Document = dict[str, Any]

Observe = Callable[[Entry, Document | None], None]


def verify(
    database: Database,
    checkpoints: Sequence[Mark] = (),
    on_progress: Callable[[int, int], None] | None = None,
    *,
    since: Mark = START,
    observe: Observe = lambda _entry, _message: None,
) -> Verification:
    """Recompute every hash past `since`, in batches, up to the entry that is the last when this begins.

    `checkpoints` are sequences with hashes that were kept outside of the database: only these show
    that somebody rewrote the whole ledger, or cut off its end and adjusted its head. What lies before
    `since` is taken on trust but for the entries at checkpoints.
    `on_progress` is told how many entries are done, of how many. `observe` is given each entry, with
    the document in it if that can be read.
    """
    with database.transaction() as tx:
        upto = last_sequence(tx)
        [(surplus, lost)] = tx.execute(_BEYOND)
        before = [mark for mark in (since, *checkpoints) if 0 < mark[0] <= since[0]]
        broken = [
            Broken(sequence, "checkpoint") for sequence, sealed in before if _hash(tx, sequence) != sealed
        ]
    chain = _Chain(dict(checkpoints), since, broken)
    while chain.position < upto:
        with database.transaction() as tx:
            chain.check_batch(tx, upto, observe)
        if on_progress is not None:
            on_progress(chain.position, upto)
    if surplus is not None:
        broken.append(Broken(surplus, "surplus-entry"))
    if lost is not None and not broken:
        broken.append(Broken(upto + 1, "missing-entry"))
    broken.extend(_broken_end(database, since, upto, chain.checkpoints))
    named = tuple(sorted(dict.fromkeys(broken[:MOST_NAMED]), key=lambda one: one.sequence))
    first = named[0] if named else None
    return Verification(*(chain.whole or (chain.position, chain.previous)), first, named, upto)


def _hash(tx: Transaction, sequence: int) -> bytes | None:
    rows = tx.execute(_HASH, {"sequence": sequence})
    return bytes(rows[0][0]) if rows else None


def _broken_end(
    database: Database, since: Mark, upto: int, checkpoints: Mapping[int, bytes]
) -> Iterator[Broken]:
    if any(sequence > upto for sequence in (since[0], *checkpoints)):
        yield Broken(upto + 1, "checkpoint")
    asked = {"after": since[0], "upto": upto, "most": MOST_NAMED}
    with database.transaction() as tx:
        wrong = [row[0] for sql in (_WRONG_HEADS, _HEADS_OF_NOTHING) for row in tx.execute(sql, asked)]
    yield from (Broken(sequence, "dossier-head") for sequence in wrong)


class _Chain:
    """How far the chain was gone along, and up to where it is whole."""

    def __init__(self, checkpoints: dict[int, bytes], since: Mark, broken: list[Broken]) -> None:
        self.checkpoints = checkpoints
        self.position, self.previous = since
        self.whole: Mark | None = since if broken else None
        self._broken = broken

    def check_batch(self, tx: Transaction, upto: int, observe: Observe) -> None:
        """Check the next entries. Behind a broken one, what is stored counts: so later ones show too."""
        rows = tx.execute(_READ, {"after": self.position, "upto": min(self.position + BATCH, upto)})
        heads = self._heads_before(tx, rows)
        for row in rows:
            entry = Entry(*row)
            self._skip_to(entry.sequence, entry.previous_hash)
            document = _document(entry.body)
            reason = self._fault(entry, heads.get(entry.root_id), document)
            if reason is not None:
                self._break(Broken(entry.sequence, reason))
            observe(entry, document)
            self.position, self.previous = entry.sequence, entry.entry_hash
            if entry.root_id is not None:
                heads[entry.root_id] = entry.entry_hash
        if not rows:
            self._skip_to(min(self.position + BATCH, upto) + 1, self.previous)

    def _skip_to(self, sequence: int, previous: bytes) -> None:
        if sequence > self.position + 1:
            self._break(Broken(self.position + 1, "missing-entry", sequence - 1))
            self.position, self.previous = sequence - 1, previous

    def _break(self, broken: Broken) -> None:
        if self.whole is None:
            self.whole = (self.position, self.previous)
        self._broken.append(broken)

    def _heads_before(self, tx: Transaction, rows: Sequence[tuple[object, ...]]) -> dict[object, bytes]:
        """Return the hashes of the roots' last entries before the batch."""
        roots = list({row[4] for row in rows if row[4] is not None})
        return dict(tx.execute(_HEADS_BEFORE, {"roots": roots, "after": self.position}))

    def _fault(self, entry: Entry, dossier_previous: bytes | None, document: Document | None) -> str | None:
        if entry.previous_hash != self.previous:
            return "previous-hash"
        if entry.dossier_previous_hash != dossier_previous:
            return "dossier-previous-hash"
        entered_at = to_text(entry.entered_at)
        sealed = entry_hash(entry.sequence, self.previous, dossier_previous, entered_at, entry.body)
        if entry.entry_hash != sealed:
            return "entry-hash"
        if document is None or not _columns_agree(entry, document):
            return "columns"
        if self.checkpoints.get(entry.sequence, sealed) != sealed:
            return "checkpoint"
        return None


def _document(body: bytes) -> Document | None:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def _columns_agree(entry: Entry, document: Document) -> bool:
    said = document.get
    return (
        entry.message_id == said("id")
        and entry.source == said("source")
        and entry.type == said("type")
        and (None if entry.root_id is None else str(entry.root_id)) == said("rootid")
        and (None if entry.leg_id is None else str(entry.leg_id)) == said("legid")
        and _is_moment(entry.happened_at, said("time"))
        and _is_moment(entry.received_at, said("receivedtime"))
        and _is_moment(entry.recorded_at, said("recordedtime"))
    )


def _is_moment(value: datetime | None, text: object) -> bool:
    if value is None or not isinstance(text, str):
        return value is text
    try:
        return value == datetime.fromisoformat(text)
    except ValueError:
        return False
