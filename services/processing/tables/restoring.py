"""After a restore: every agency's own system is told once that history goes on from a backup."""

from __future__ import annotations

from services.processing.messages import Letters, Restored
from services.processing.tables.deliveries import REFUSAL
from shared.persistence.database import Transaction

_CONNECTED = "SELECT id FROM agency WHERE connected = true ORDER BY id"
# Like a refusal it needs no answer, and goes out again when the agency's queue was lost.
_TELL = """
    INSERT INTO delivery (message_id, agency, kind, body, state, attempts, next_try_at, created_at)
    VALUES (:message_id, :agency, :kind, :body, 'waiting', 0, :now, :now)
    ON CONFLICT (message_id) DO NOTHING
"""


def tell_of_restore(tx: Transaction, letters: Letters, restored: Restored) -> list[str]:
    """Enter word of the restore in the delivery ledger for each connected agency; return who they are."""
    agencies = [agency for (agency,) in tx.execute(_CONNECTED)]
    rows = [
        {
            "message_id": restored.message_id(letters.source, agency),
            "agency": agency,
            "kind": REFUSAL,
            "body": letters.restored(restored, agency),
            "now": restored.at,
        }
        for agency in agencies
    ]
    if rows:
        tx.execute_many(_TELL, rows)
    return agencies
