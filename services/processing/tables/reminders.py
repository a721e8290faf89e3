"""Who was reminded of which work: what an agency, the one above it and operations see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.processing.domain import Work
from shared.clock import from_text, to_text
from shared.persistence.database import Database, Transaction

_SHOW = """
    INSERT INTO reminder (leg_id, agency, about, rung, addressed_to, due_at, reminded_at)
    VALUES (:leg_id, :agency, :about, :rung, :addressed_to, :due_at, :reminded_at)
    ON CONFLICT (leg_id, agency, about, rung, reminded_at) DO NOTHING
"""
# A reminder stands as long as its reason does: an answer, an end or a new due time takes it away.
_STANDING = """
    SELECT reminder.leg_id, work.dossier_id, work.code, reminder.agency, reminder.about, reminder.rung,
        reminder.addressed_to, agency.contact, reminder.reminded_at, work.due_at, work.state
    FROM reminder JOIN work ON work.leg_id = reminder.leg_id AND work.agency = reminder.agency
        LEFT JOIN agency ON agency.id = reminder.agency
    WHERE (reminder.agency = :agency OR reminder.addressed_to = :agency) AND work.closed = false
        AND work.suspended IS NULL
        AND (reminder.about <> 'uncollected' OR work.state = 'handed-over')
        AND (reminder.about = 'uncollected' OR work.due_at = reminder.due_at)
    ORDER BY reminder.reminded_at DESC, reminder.leg_id, reminder.rung DESC LIMIT :limit
"""
_PARENT = "SELECT parent FROM agency WHERE id = :agency"


class ReminderTable:
    """The table `reminder`, a collaborator of `UnitOfWork`; can be made again from the events."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: list[dict[str, Any]] = []

    def show(self, work: Work, about: str, rung: int, to: str, at: datetime) -> None:
        """Show a reminder."""
        self._shown.append(
            {
                "leg_id": work.id,
                "agency": work.agency,
                "about": about,
                "rung": rung,
                "addressed_to": to,
                "due_at": from_text(work.due_at) if work.due_at else None,
                "reminded_at": at,
            },
        )

    def standing(self, agency: str, limit: int) -> list[dict[str, Any]]:
        """Return the reminders of an agency's works, and those addressed to it, the newest first."""
        with self._database.transaction() as tx:
            rows = tx.execute(_STANDING, {"agency": agency, "limit": limit})
        return [
            {
                "leg": str(leg),
                "dossier": str(dossier),
                "code": code,
                "agency": of,
                "about": about,
                "rung": rung,
                "to": to,
                "contact": contact,
                "reminded_at": to_text(reminded_at),
                "due_at": to_text(due_at) if due_at else None,
                "state": state,
            }
            for leg, dossier, code, of, about, rung, to, contact, reminded_at, due_at, state in rows
        ]

    def superior_of(self, agency: str) -> str | None:
        """Return the agency above, as the register says."""
        with self._database.transaction() as tx:
            rows = tx.execute(_PARENT, {"agency": agency})
        return rows[0][0] if rows else None

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        if self._shown:
            order = sorted(self._shown, key=lambda row: (str(row["leg_id"]), row["about"], row["rung"]))
            tx.execute_many(_SHOW, order)

    def clear(self) -> None:
        """Forget what was gathered."""
        self._shown.clear()
