"""What statistics' ledger has committed, seen from outside: the only place where actions are counted.

The ledger has one writer, which gives out a sequence without gaps inside the transaction that inserts.
So whoever asks again and again for what lies behind the last sequence seen sees every row soon
after its commit. An action's latency ends when such an answer has arrived: it is the true one or, by
at most one look (a few milliseconds), a longer one, never a shorter one.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import psycopg

LOOK_SECONDS = 0.004

ACTION_OF = {
    "lienthong.intake.dossier-received": "submit",
    "lienthong.processing.leg-acknowledged": "acknowledge-message",
    "lienthong.processing.leg-accepted": "accept-leg",
    "lienthong.processing.leg-completed": "complete-leg",
    "lienthong.intake.result-handed-back": "hand-back",
}
"""The row that shows each action: a submission counts once it is accepted at the desk."""
RESOLVED = "lienthong.intake.dossier-resolved"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the ledger."""

    type: str
    dossier: str
    leg: str


class LedgerWatch:
    """Reads the ledger's new rows, with the role of statistics, which alone may."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        (self._sequence,) = self._one("SELECT coalesce(max(sequence), 0) FROM statistics.ledger")

    def new_rows(self) -> list[Row]:
        """Return what was committed since the last call, after a short wait if that is nothing."""
        query = (
            "SELECT sequence, type, root_id, leg_id FROM statistics.ledger"
            " WHERE sequence > %s ORDER BY sequence"
        )
        rows = self._connection.execute(query, (self._sequence,)).fetchall()
        if not rows:
            Event().wait(LOOK_SECONDS)
            return []
        self._sequence = rows[-1][0]
        return [Row(row[1], str(row[2]), str(row[3])) for row in rows]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _one(self, query: str) -> tuple[int]:
        row = self._connection.execute(query).fetchone()
        assert row is not None  # noqa: S101 - an aggregate has one row
        return (int(row[0]),)
