"""The delivery ledger, as the deliverer works through it: what to send next, and what became of it.

The ledger decides what lies on the broker; what may go out next stands in `claiming`. A row is due while it has a `next_try_at`. Claiming
only moves that time on by a lease, so whatever happens to the claimer, the row comes due again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.processing.tables.claiming import Claimed as Claimed
from services.processing.tables.claiming import claim_shares
from services.processing.tables.deliveries import REFUSAL
from services.processing.tables.ways import LETTERS_AGAIN
from shared.messaging.broker import Outcome
from shared.persistence.database import Database

LEASE = timedelta(minutes=1)
"""How long a claimer has to send what it claimed before others may."""
PAUSE = timedelta(minutes=1)
"""How long an agency is left alone whose queue would not take a message."""

_LEASE = "UPDATE delivery SET next_try_at = :until WHERE sequence IN :sequences"
_RELEASE = """
    UPDATE delivery SET next_try_at = :now WHERE sequence IN :sequences AND next_try_at IS NOT NULL
"""
_CONFIRMED = """
    UPDATE delivery SET attempts = attempts + 1, first_sent_at = coalesce(first_sent_at, :now),
        tried_at = :now, last_outcome = 'confirmed',
        unheeded = unheeded + CASE WHEN tried_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM agency_answer
            WHERE agency_answer.agency = delivery.agency AND last_answer_at > delivery.tried_at
        ) THEN 1 ELSE 0 END,
        state = CASE WHEN next_try_at IS NULL THEN state ELSE 'sent' END,
        next_try_at = CASE WHEN next_try_at IS NULL THEN NULL ELSE :next::timestamptz END
    WHERE message_id = :message_id
"""
_REFUSED = """
    UPDATE delivery SET last_outcome = :outcome, next_try_at = :until
    WHERE message_id = :message_id AND next_try_at IS NOT NULL
"""
_PAUSE = """
    INSERT INTO agency_pause (agency, until, reason) VALUES (:agency, :until, :reason)
    ON CONFLICT (agency) DO UPDATE SET until = excluded.until, reason = excluded.reason
"""
_UNANSWERED = """
    SELECT count(*) FROM delivery WHERE agency = :agency AND kind = 'hand-over' AND state IN ('waiting', 'sent')
"""
_RESUME = "DELETE FROM agency_pause WHERE agency = :agency"
_REDRIVE = """
    UPDATE delivery SET next_try_at = :now
    WHERE agency = :agency AND kind = 'hand-over' AND state = 'sent' AND next_try_at > :now
        AND NOT EXISTS (SELECT 1 FROM agency_way WHERE agency_way.agency = :agency AND way = 'pull')
"""
# What needs no answer may have been read or not: sent again under its id, who has read it drops it.
_REDRIVE_LETTERS = """
    UPDATE delivery SET state = 'waiting', next_try_at = :now
    WHERE agency = :agency AND kind = 'refusal' AND state = 'sent' AND next_try_at IS NULL
        AND first_sent_at > :since
        AND NOT EXISTS (SELECT 1 FROM agency_way WHERE agency_way.agency = :agency AND way = 'pull')
"""
BEHIND_HAND_OVERS = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait for an answer before a hand-over is sent again: doubling, with a ceiling."""

    first: timedelta = timedelta(minutes=1)
    ceiling: timedelta = timedelta(hours=1)

    def after(self, attempts: int) -> timedelta:
        """Return how long to wait after the message was sent `attempts` times."""
        doublings = min(max(attempts - 1, 0), 30)
        grown: timedelta = self.first * 2**doublings
        return min(grown, self.ceiling)


class DeliveryLedger:
    """Works over the rows that `DeliveryTable` enters; each method is a transaction of its own."""

    def __init__(self, database: Database, backoff: Backoff | None = None) -> None:
        self._database = database
        self._backoff = backoff or Backoff()

    def claim(self, now: datetime, limit: int) -> list[Claimed]:
        """Return what is due, for each agency its share; nobody else gets it before the lease is over.

        What an agency's window and rate leave for later is not looked at.
        """
        with self._database.transaction() as tx:
            claimed = claim_shares(tx, now, limit)
            if claimed:
                sequences = [one.sequence for one in claimed]
                tx.execute(_LEASE, {"until": now + LEASE, "sequences": sequences})
        return claimed

    def release(self, claimed: Sequence[Claimed], now: datetime) -> None:
        """Make claimed messages due again at once: nobody knows whether they were sent."""
        with self._database.transaction() as tx:
            tx.execute(_RELEASE, {"now": now, "sequences": [one.sequence for one in claimed]})

    def record_outcomes(self, now: datetime, outcomes: Iterable[tuple[Claimed, Outcome]]) -> None:
        """Write down what became of a batch; an agency that was not reached is paused, no other."""
        confirmed: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        pauses: dict[str, dict[str, Any]] = {}
        until = now + PAUSE
        # Everyone locks rows in the same order, so that no two wait for each other.
        for claimed, outcome in sorted(outcomes, key=lambda pair: pair[0].message_id):
            row = {"message_id": claimed.message_id}
            if outcome is Outcome.CONFIRMED:
                confirmed.append({**row, "now": now, "next": self._next(claimed, now)})
            else:
                refused.append({**row, "outcome": outcome.value, "until": until})
                pauses[claimed.agency] = {"agency": claimed.agency, "until": until, "reason": outcome.value}
        with self._database.transaction() as tx:
            for sql, rows in (
                (_CONFIRMED, confirmed),
                (_REFUSED, refused),
                (_PAUSE, [pauses[agency] for agency in sorted(pauses)]),
            ):
                if rows:
                    tx.execute_many(sql, rows)

    def unanswered(self, agency: str) -> int:
        """Return how many hand-overs an agency has yet to answer, sent or not."""
        with self._database.transaction() as tx:
            return int(tx.execute(_UNANSWERED, {"agency": agency})[0][0])

    def resume(self, agency: str) -> None:
        """End an agency's pause at once: someone has seen to its queue."""
        with self._database.transaction() as tx:
            tx.execute(_RESUME, {"agency": agency})

    def redrive(self, agency: str, now: datetime) -> None:
        """Make all that was sent to an agency due again at once: its queue was lost with what lay on it."""
        with self._database.transaction() as tx:
            tx.execute(_REDRIVE, {"agency": agency, "now": now})
            # Hand-overs first: a letter comes after the hand-over that it speaks of.
            letters = {"agency": agency, "now": now + BEHIND_HAND_OVERS, "since": now - LETTERS_AGAIN}
            tx.execute(_REDRIVE_LETTERS, letters)
            tx.execute(_RESUME, {"agency": agency})

    def backed_off(self, now: datetime, attempts: int) -> datetime:
        """Return when a hand-over that was now tried for the so-manieth time is tried next."""
        return now + self._backoff.after(attempts)

    def _next(self, claimed: Claimed, now: datetime) -> datetime | None:
        if claimed.kind == REFUSAL:
            return None
        return self.backed_off(now, claimed.attempts + 1)
