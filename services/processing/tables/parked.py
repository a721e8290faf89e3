"""Hand-overs that an agency left unanswered while it answered others: they lie aside for a person to see."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shared.clock import to_text
from shared.persistence.database import Database, Row

_COLUMNS = (
    "sequence, message_id, agency, dossier_id, leg_id, last_outcome, attempts, first_sent_at, parked_at, body"
)
_PAGE = f"""
    SELECT {_COLUMNS} FROM delivery
    WHERE state = 'parked' AND sequence > :after AND (:agency::text IS NULL OR agency = :agency)
    ORDER BY sequence LIMIT :limit
"""  # noqa: S608 - constants
_BEHIND = """
    SELECT count(*) FROM delivery WHERE agency = :agency AND dossier_id = :dossier AND sequence > :sequence
        AND next_try_at IS NOT NULL
"""
_RETRY = """
    UPDATE delivery SET state = 'sent', next_try_at = :now, unheeded = 0, parked_at = NULL
    WHERE message_id = :message AND state = 'parked' RETURNING agency, dossier_id, leg_id
"""
_SET_ASIDE = """
    UPDATE delivery SET state = 'answered', answered_by = :by
    WHERE message_id = :message AND state = 'parked' RETURNING agency, dossier_id, leg_id
"""
_RESUME = "DELETE FROM agency_pause WHERE agency = :agency RETURNING agency"


class ParkedHandOvers:
    """The parked rows of the delivery ledger; changes join the unit of work that records them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, agency: str | None, after: int, limit: int) -> list[dict[str, Any]]:
        """Return what is parked, oldest first, with the message itself and how many wait behind it."""
        with self._database.transaction() as tx:
            rows = tx.execute(_PAGE, {"agency": agency, "after": after, "limit": limit})
            return [_shown(row, self._behind(tx, row)) for row in rows]

    def retry(self, message: str, now: datetime) -> tuple[str, UUID, UUID] | None:
        """Send it again; return its agency, dossier and leg, or None when it is not parked."""
        return self._changed(_RETRY, {"message": message, "now": now})

    def set_aside(self, message: str, by: str) -> tuple[str, UUID, UUID] | None:
        """Count it as answered; return its agency, dossier and leg, or None when it is not parked."""
        return self._changed(_SET_ASIDE, {"message": message, "by": by})

    def resume(self, agency: str) -> bool:
        """End an agency's pause at once; return whether there was one."""
        with self._database.transaction() as tx:
            return bool(tx.execute(_RESUME, {"agency": agency}))

    def _changed(self, sql: str, params: dict[str, Any]) -> tuple[str, UUID, UUID] | None:
        with self._database.transaction() as tx:
            rows = tx.execute(sql, params)
        return (rows[0][0], rows[0][1], rows[0][2]) if rows else None

    @staticmethod
    def _behind(tx: Any, row: Row) -> int:
        params = {"agency": row[2], "dossier": row[3], "sequence": row[0]}
        return int(tx.execute(_BEHIND, params)[0][0])


def _shown(row: Row, behind: int) -> dict[str, Any]:
    return {
        "id": row[0],
        "message": row[1],
        "agency": row[2],
        "dossier": str(row[3]),
        "leg": str(row[4]),
        "reason": row[5],
        "attempts": row[6],
        "first_sent_at": to_text(row[7]) if row[7] else None,
        "parked_at": to_text(row[8]) if row[8] else None,
        "waiting_behind": behind,
        "body": orjson.loads(bytes(row[9])),
    }
