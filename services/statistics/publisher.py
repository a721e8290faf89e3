"""statistics' own events in the ledger: they are sent to nobody, so their digests are entered here at once.

With them the ledger seals every store's events, and nobody changes statistics' log unseen either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.contracts.envelope import Message
from shared.messaging.publishing import Translator
from shared.persistence.database import Database, Transaction
from shared.persistence.recorder import LogRecorder

BATCH = 500

_AHEAD = """
    SELECT published.position, event_head.position FROM published JOIN event_head
    ON event_head.position > published.position
"""
_MOVE = "UPDATE published SET position = :position"

Append = Callable[[Sequence[tuple[Message, bytes]]], None]


class OwnLog:
    """Enters what a unit of work recorded, in its own transaction: in the ledger, an event is never late."""

    def __init__(self, database: Database, translator: Translator, append: Append) -> None:
        self._recorder = LogRecorder(database)
        self._translator = translator
        self._append = append

    def flush(self, tx: Transaction) -> None:
        """Enter every event past the last one entered; at the first start, all of an older log."""
        for entered, head in tx.execute(_AHEAD):
            position = entered
            while position < head:
                entries = self._recorder.read_log(position, BATCH)
                messages = [self._translator.message(entry) for entry in entries]
                self._append([(message, message.to_bytes()) for message in messages])
                position = entries[-1].position
            tx.execute(_MOVE, {"position": position})

    def clear(self) -> None:
        """Nothing is gathered."""
