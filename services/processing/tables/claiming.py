"""What may go to an agency next: one agency at a time, so that none of them makes the others wait.

Of one agency and dossier at most one unanswered hand-over lies before it; the later ones wait here, in
order, also behind one that is parked. A notice goes out once its leg's hand-over was sent, is not due again
just now (the agency may never have got it), and earlier notices of the leg are through. An agency has at most its window of unanswered hand-overs before it, and
gets them no faster than its rate; a million that wait behind are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.processing.domain.serving import Way
from shared.persistence.database import Row, Transaction

SECOND = timedelta(seconds=1)

_USUAL = Way()
# The first in order, not EXISTS: for that PostgreSQL reads all that wait when it thinks one is soon found.
_SERVED = """
    SELECT agency.id, agency_way.most, agency_way.rate, agency_way.tries,
        (SELECT 1 FROM delivery WHERE delivery.agency = agency.id AND kind = 'refusal'
            AND state = 'waiting' AND next_try_at <= :now ORDER BY next_try_at LIMIT 1) IS NOT NULL,
        (SELECT 1 FROM delivery WHERE delivery.agency = agency.id AND kind = 'hand-over'
            AND state = 'sent' AND next_try_at <= :now ORDER BY next_try_at LIMIT 1) IS NOT NULL,
        (SELECT 1 FROM delivery WHERE delivery.agency = agency.id AND kind = 'hand-over'
            AND state = 'waiting' AND next_try_at <= :now ORDER BY next_try_at LIMIT 1) IS NOT NULL
    FROM agency LEFT JOIN agency_way ON agency_way.agency = agency.id
    WHERE (agency_way.way IS NULL OR agency_way.way = 'queue') AND NOT EXISTS (
        SELECT 1 FROM agency_pause WHERE agency_pause.agency = agency.id AND agency_pause.until > :now
    )
    ORDER BY agency.id
"""
_COLUMNS = "sequence, message_id, agency, kind, body, attempts"
_LETTERS = f"""
    SELECT {_COLUMNS} FROM delivery AS candidate
    WHERE agency = :agency AND kind = 'refusal' AND state = 'waiting' AND next_try_at <= :now
        AND (notice IS NULL OR NOT EXISTS (
            SELECT 1 FROM delivery AS earlier
            WHERE earlier.agency = candidate.agency AND earlier.dossier_id = candidate.dossier_id
                AND earlier.leg_id = candidate.leg_id AND earlier.sequence < candidate.sequence
                AND earlier.next_try_at IS NOT NULL
                AND (earlier.notice IS NOT NULL OR (earlier.kind = 'hand-over' AND (earlier.attempts = 0
                    OR (earlier.state = 'sent' AND earlier.next_try_at <= :now))))
        ))
        AND (dossier_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM delivery AS parked
            WHERE parked.agency = candidate.agency AND parked.dossier_id = candidate.dossier_id
                AND parked.sequence < candidate.sequence AND parked.state = 'parked'
        ))
    ORDER BY next_try_at, sequence LIMIT :limit
    FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - constants
_HAND_OVERS = f"""
    SELECT {_COLUMNS} FROM delivery AS candidate
    WHERE agency = :agency AND kind = 'hand-over' AND state = :state AND next_try_at <= :now
        AND NOT EXISTS (
            SELECT 1 FROM delivery AS earlier
            WHERE earlier.agency = candidate.agency AND earlier.dossier_id = candidate.dossier_id
                AND earlier.kind = 'hand-over' AND earlier.sequence < candidate.sequence
                AND earlier.next_try_at IS NOT NULL
        )
        AND NOT EXISTS (
            SELECT 1 FROM delivery AS parked
            WHERE parked.agency = candidate.agency AND parked.dossier_id = candidate.dossier_id
                AND parked.sequence < candidate.sequence AND parked.state = 'parked'
        )
    ORDER BY next_try_at, sequence LIMIT :limit
    FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - constants
_PARK = """
    UPDATE delivery SET state = 'parked', parked_at = :now, next_try_at = NULL, last_outcome = 'unheeded'
    WHERE agency = :agency AND kind = 'hand-over' AND state = 'sent' AND next_try_at <= :now
        AND unheeded >= :tries
"""
# One that is being sent right now is still `waiting`, and due only when its lease is over.
_BEFORE_IT = """
    SELECT (SELECT count(*) FROM delivery WHERE agency = :agency AND kind = 'hand-over' AND state = 'sent'
            AND next_try_at IS NOT NULL)
        + (SELECT count(*) FROM delivery WHERE agency = :agency AND kind = 'hand-over' AND state = 'waiting'
            AND next_try_at > :now)
"""
_PACE = "SELECT used_until FROM agency_pace WHERE agency = :agency FOR UPDATE"
_PACED = """
    INSERT INTO agency_pace (agency, used_until) VALUES (:agency, :used_until)
    ON CONFLICT (agency) DO UPDATE SET used_until = excluded.used_until
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to send now."""

    sequence: int
    message_id: str
    agency: str
    kind: str
    body: bytes
    attempts: int
    """How often it was sent before."""


def claim_shares(tx: Transaction, now: datetime, limit: int) -> list[Claimed]:
    """Return what may be put onto queues now, up to about `limit`, each agency getting its share.

    Agencies come in the order of their ids, so that no two claimers wait for each other.
    """
    served = [row for row in tx.execute(_SERVED, {"now": now}) if any(row[4:])]
    share = max(1, limit // len(served)) if served else 0
    claimed: list[Claimed] = []
    paces: list[dict[str, Any]] = []
    for row in served:
        agency, rate = row[0], row[2] or _USUAL.rate
        used_until = _used_until(tx, agency, now)
        allowed = min(share, int((SECOND - (used_until - now)) / SECOND * rate))
        theirs = _claim_one(tx, row, now, allowed) if allowed > 0 else []
        if theirs:
            claimed += theirs
            paces.append({"agency": agency, "used_until": used_until + SECOND * len(theirs) / rate})
    if paces:
        tx.execute_many(_PACED, paces)
    return claimed


def next_of(tx: Transaction, agency: str, now: datetime, limit: int, way: Way) -> list[Claimed]:
    """Return what an agency gets next, whichever way: letters first, then what it left, then what is new."""
    found = _rows(tx.execute(_LETTERS, {"agency": agency, "now": now, "limit": limit}))
    found += again_of(tx, agency, now, limit - len(found), way.tries)
    return found + new_of(tx, agency, now, limit - len(found), way.window)


def again_of(tx: Transaction, agency: str, now: datetime, limit: int, tries: int) -> list[Claimed]:
    """Return hand-overs to be sent once more; those left unanswered too often are parked instead."""
    tx.execute(_PARK, {"agency": agency, "now": now, "tries": tries})
    return _hand_overs(tx, agency, "sent", now, limit)


def new_of(tx: Transaction, agency: str, now: datetime, limit: int, window: int) -> list[Claimed]:
    """Return hand-overs that the agency has not seen, as many as its window has room for."""
    before_it = int(tx.execute(_BEFORE_IT, {"agency": agency, "now": now})[0][0])
    return _hand_overs(tx, agency, "waiting", now, min(limit, window - before_it))


def _claim_one(tx: Transaction, row: Row, now: datetime, limit: int) -> list[Claimed]:
    agency, window, _, tries, letters, again, new = row
    found: list[Claimed] = []
    if letters:
        found += _rows(tx.execute(_LETTERS, {"agency": agency, "now": now, "limit": limit}))
    if again:
        found += again_of(tx, agency, now, limit - len(found), tries or _USUAL.tries)
    if new:
        found += new_of(tx, agency, now, limit - len(found), window or _USUAL.window)
    return found


def _hand_overs(tx: Transaction, agency: str, state: str, now: datetime, limit: int) -> list[Claimed]:
    if limit <= 0:
        return []
    params = {"agency": agency, "state": state, "now": now, "limit": limit}
    return _rows(tx.execute(_HAND_OVERS, params))


def _used_until(tx: Transaction, agency: str, now: datetime) -> datetime:
    rows = tx.execute(_PACE, {"agency": agency})
    return max(now, rows[0][0]) if rows else now


def _rows(rows: list[Row]) -> list[Claimed]:
    return [Claimed(row[0], row[1], row[2], row[3], bytes(row[4]), row[5]) for row in rows]
