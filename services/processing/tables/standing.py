"""How the delivery ledger stands, agency by agency, in one query that reads only indexes and few rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.clock import to_text
from shared.persistence.database import Database

_COUNTS = """
    WITH line AS (
        SELECT agency, state, count(*) AS many, min(sequence) AS oldest FROM delivery
        WHERE kind = 'hand-over' AND next_try_at IS NOT NULL GROUP BY agency, state
    ), parked AS (
        SELECT agency, count(*) AS many FROM delivery WHERE state = 'parked' GROUP BY agency
    )
    SELECT agency.id, coalesce(agency_way.way, 'queue'), coalesce(waiting.many, 0), coalesce(sent.many, 0),
        coalesce(parked.many, 0), first_waiting.created_at, first_sent.created_at, agency_pause.until,
        agency_pause.reason, agency_answer.last_answer_at
    FROM agency
    LEFT JOIN agency_way ON agency_way.agency = agency.id
    LEFT JOIN line AS waiting ON waiting.agency = agency.id AND waiting.state = 'waiting'
    LEFT JOIN line AS sent ON sent.agency = agency.id AND sent.state = 'sent'
    LEFT JOIN parked ON parked.agency = agency.id
    LEFT JOIN delivery AS first_waiting ON first_waiting.sequence = waiting.oldest
    LEFT JOIN delivery AS first_sent ON first_sent.sequence = sent.oldest
    LEFT JOIN agency_pause ON agency_pause.agency = agency.id AND agency_pause.until > :now
    LEFT JOIN agency_answer ON agency_answer.agency = agency.id
    WHERE agency.connected = true OR waiting.many > 0 OR sent.many > 0 OR parked.many > 0
    ORDER BY agency.id
"""


class DeliveryStanding:
    """What operations watches of the delivery ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agencies(self, now: datetime) -> list[dict[str, Any]]:
        """Return, for each agency with a system of its own, what lies before it and how it answers."""
        with self._database.transaction() as tx:
            rows = tx.execute(_COUNTS, {"now": now})
        return [
            {
                "agency": agency,
                "way": way,
                "waiting": int(waiting),
                "sent": int(sent),
                "parked": int(parked),
                "oldest_unanswered_at": _text(min((at for at in oldest if at is not None), default=None)),
                "paused_until": _text(until),
                "pause_reason": reason,
                "last_answer_at": _text(answered),
            }
            for agency, way, waiting, sent, parked, *oldest, until, reason, answered in rows
        ]


def _text(at: Any) -> str | None:
    return to_text(at) if at is not None else None
