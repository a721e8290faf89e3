"""What statistics does with messages: all of them go into the ledger, and from there into the read model."""

from __future__ import annotations

from collections.abc import Sequence

from services.statistics.ledger import entries
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from shared.clock import Clock
from shared.contracts import registry
from shared.contracts.envelope import Message
from shared.messaging.consuming import Taken
from shared.persistence.database import Database

KEPT_ROWS = 5000
"""Rows of each table that the writer keeps in memory: those of dossiers that just moved."""


class LedgerWriter:
    """The ledger's writer. Rows and hashes that it remembers count only while nobody else wrote."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: WorkingSet | None = None
        self._known_at = b""

    def append(self, batch: Sequence[tuple[Message, bytes]]) -> None:
        """Enter messages that are not in the ledger yet, with their exact bytes, and project them.

        Joins the open transaction. Raises MalformedMessageError for data that its contract does not
        know, and ValueError for ids and times that are none; then the transaction must be rolled back.
        A message of a type that is not known here is entered and changes no row.
        """
        if not batch:
            return
        for message, _body in batch:
            if message.type in registry.EVENTS:
                registry.accept(message)
        with self._database.transaction() as tx:
            appended = entries.append(tx, batch, self._clock.now())
            known, known_at = self._known, self._known_at
            self._known = None  # until all went well
            version = versions.advance(tx, appended.last)
            if version is None:
                return
            # The chain tells: were this rolled back, or had another written, its hash would be another.
            if known is None or known.version != version or known_at != appended.previous_hash:
                known = WorkingSet(version, kept_rows=KEPT_ROWS)
            known.take(tx, [body for _message, body in batch])
            known.write(tx)
            known.shrink(tx)
        self._known, self._known_at = known, appended.last_hash


class LedgerConsumer:
    """Takes every message."""

    def __init__(self, writer: LedgerWriter) -> None:
        self._writer = writer

    def wants(self, _message: Message) -> bool:
        """Everything."""
        return True

    def prepare(self, batch: Sequence[Taken]) -> None:
        """Nothing to load beforehand."""

    def handle(self, batch: Sequence[Taken]) -> None:
        """Enter the batch."""
        self._writer.append([(taken.message, taken.delivery.body) for taken in batch])

    def reference_of(self, _message: Message) -> str | None:
        """No message waits for another here."""
        return None
