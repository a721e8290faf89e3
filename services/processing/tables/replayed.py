"""What a replay does to the delivery ledger: it gives numbers to what is pulled, and takes rows out of parking.

Both happen in the unit of work that notes the page, so a page is given once, whoever dies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.processing.tables.replays import Claimed, Sendable
from shared.contracts.envelope import Message, from_bytes
from shared.persistence.database import Transaction

AGAIN = timedelta(hours=1)
"""How long an answer to what lay parked is waited for before it is sent again: the longest wait of delivery."""

_GIVEN = "SELECT given FROM agency_way WHERE agency = :agency FOR UPDATE"
_GAVE = "UPDATE agency_way SET given = :given WHERE agency = :agency"
_LAY = """
    INSERT INTO replayed (agency, pulled, sequence, replay, superseded, awaited)
    VALUES (:agency, :pulled, :sequence, :replay, :superseded, :awaited)
"""
_OUT_OF_PARKING = """
    UPDATE delivery SET state = 'sent', attempts = attempts + 1, first_sent_at = coalesce(first_sent_at, :now),
        tried_at = :now, last_outcome = :outcome, unheeded = 0, parked_at = NULL, next_try_at = :next,
        pulled = :pulled::bigint
    WHERE sequence = :sequence AND state = 'parked'
"""
_SETTLED = """
    UPDATE delivery SET state = 'answered', answered_by = :by, parked_at = NULL
    WHERE sequence = :sequence AND state = 'parked'
"""
_COLLECTED = "DELETE FROM replayed WHERE agency = :agency AND pulled <= :after"
_BEHIND = """
    SELECT delivery.body, replayed.pulled, replayed.replay, replayed.superseded
    FROM replayed JOIN delivery ON delivery.sequence = replayed.sequence
    WHERE replayed.agency = :agency AND replayed.pulled > :after AND replayed.awaited = false
    ORDER BY replayed.pulled LIMIT :limit
"""
_MARKS = """
    SELECT pulled, replay, superseded FROM replayed
    WHERE agency = :agency AND pulled > :after AND awaited = true ORDER BY pulled LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """By what an agency's system tells a message that comes again because of a replay."""

    replay: UUID
    superseded: bool

    def on(self, body: bytes) -> Message:
        """Return the message so marked."""
        message = from_bytes(body)
        message.replayid = str(self.replay)
        message.superseded = self.superseded
        return message


def lay(tx: Transaction, replay: Claimed, page: Sequence[Sendable], now: datetime) -> None:
    """Let an agency that pulls find a page behind its cursor, in the order of the ledger."""
    if not page:
        return
    last = int(tx.execute(_GIVEN, {"agency": replay.agency})[0][0])
    numbers = list(range(last + 1, last + len(page) + 1))
    rows = [_row(replay, one, number) for one, number in zip(page, numbers, strict=True)]
    tx.execute_many(_LAY, rows)
    tx.execute(_GAVE, {"agency": replay.agency, "given": numbers[-1]})
    if replay.parked:
        unpark(tx, replay, page, now, numbers)


def unpark(
    tx: Transaction,
    replay: Claimed,
    page: Sequence[Sendable],
    now: datetime,
    numbers: Sequence[int] | None = None,
) -> None:
    """Wait for the answer to what lay parked, as to any hand-over, unless its leg has ended."""
    outcome = "confirmed" if numbers is None else "pulled"
    laid: Sequence[int | None] = numbers or [None] * len(page)
    open_ones: list[dict[str, Any]] = [
        {"sequence": one.sequence, "now": now, "next": now + AGAIN, "outcome": outcome, "pulled": number}
        for one, number in zip(page, laid, strict=True)
        if not one.superseded
    ]
    ended = [{"sequence": one.sequence, "by": f"replay/{replay.id}"} for one in page if one.superseded]
    if open_ones:
        tx.execute_many(_OUT_OF_PARKING, open_ones)
    if ended:
        tx.execute_many(_SETTLED, ended)


def behind(tx: Transaction, agency: str, after: int, limit: int) -> list[tuple[bytes, int]]:
    """Return what replays gave behind a cursor, and forget what the cursor shows to have come."""
    tx.execute(_COLLECTED, {"agency": agency, "after": after})
    rows = tx.execute(_BEHIND, {"agency": agency, "after": after, "limit": limit})
    return [
        (Mark(replay, bool(superseded)).on(bytes(body)).to_bytes(), int(number))
        for body, number, replay, superseded in rows
    ]


def marks(tx: Transaction, agency: str, after: int, limit: int) -> dict[int, Mark]:
    """Return how deliveries that stand behind a cursor are marked, by their numbers."""
    rows = tx.execute(_MARKS, {"agency": agency, "after": after, "limit": limit})
    return {int(number): Mark(replay, bool(superseded)) for number, replay, superseded in rows}


def _row(replay: Claimed, one: Sendable, number: int) -> dict[str, Any]:
    return {
        "agency": replay.agency,
        "pulled": number,
        "sequence": one.sequence,
        "replay": replay.id,
        "superseded": one.superseded,
        "awaited": replay.parked and not one.superseded,
    }
