"""The parking table: messages that could not be handled, and the later ones of the same dossier.

One bad message never stops the others, and is never lost: it lies here with its reason, and a copy
goes to `lienthong.dead` for people to see. Classes: `poison` cannot be handled as it is; `waiting`
names reference data that has not come yet; `held` stands behind one of these, to keep order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shared.clock import to_text
from shared.errors import NotYetKnownError
from shared.messaging.broker import Delivery
from shared.messaging.failures import reason_of
from shared.persistence.database import Row, Transaction

POISON = "poison"
WAITING = "waiting"
HELD = "held"

LONGEST_REFERENCE = 200
"""Characters of a reference that something can wait for: longer ones fit into no index."""

LARGEST_SHOWN = 20_000
"""Bytes of a parked message that a page shows."""

_LAIN = (
    "SELECT id, queue, source, message_id, partition_key, reason_class, reason, waits_for, parked_at, body"
    " FROM parked WHERE state = 'parked'"
)
_PARKED = "SELECT id, queue, body, headers, reason_class, reason FROM parked"

_WHERE = (
    "state = 'parked' AND source = :source AND id <= :upto AND (partition_key = '' OR queue NOT IN :inputs)"
)
_STRAYS = f"SELECT count(*) FROM parked WHERE {_WHERE}"  # noqa: S608 - constants
_SET_ASIDE = f"UPDATE parked SET state = 'set-aside' WHERE {_WHERE}"  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Parked:
    """A message in the parking table."""

    id: int
    queue: str
    body: bytes
    headers: dict[str, str]
    reason_class: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lain:
    """A parked message, as operators see it."""

    id: int
    queue: str
    source: str
    message_id: str
    partition_key: str
    reason_class: str
    reason: str
    waits_for: str | None
    parked_at: datetime
    body: bytes

    @property
    def root(self) -> UUID:
        """The dossier that it is about, or nobody's."""
        try:
            return UUID(self.partition_key)
        except ValueError:
            return UUID(int=0)

    def shown(self) -> dict[str, Any]:
        """Return what people see; the body as text, whatever it is."""
        return {
            "id": self.id,
            "queue": self.queue,
            "source": self.source,
            "message": self.message_id,
            "dossier": self.partition_key,
            "reason_class": self.reason_class,
            "reason": self.reason,
            "waits_for": self.waits_for,
            "parked_at": to_text(self.parked_at),
            "body": self.body[:LARGEST_SHOWN].decode(errors="replace"),
        }


@dataclass(frozen=True, slots=True)
class Why:
    """Why a message lies in the parking table, and what it waits for if that may come."""

    reason_class: str
    reason: str
    waits_for: str | None = None


HELD_BEHIND = Why(HELD, "an earlier message of this dossier is parked")


def why(error: Exception) -> Why:
    """Return why a message is parked whose handling raised `error`."""
    if isinstance(error, NotYetKnownError) and can_be_waited_for(error.reference):
        return Why(WAITING, str(error), error.reference)
    return Why(POISON, reason_of(error))


def can_be_waited_for(reference: str) -> bool:
    """Tell whether tables can hold the name of a reference and find it again."""
    return len(reference) <= LONGEST_REFERENCE and reference == _storable(reference)


def page_of(tx: Transaction, after: int, limit: int) -> list[Lain]:
    """Return what lies parked in a service, oldest first, behind the number `after`."""
    sql = f"{_LAIN} AND id > :after ORDER BY id LIMIT :limit"
    return [_lain(row) for row in tx.execute(sql, {"after": after, "limit": limit})]


def still_parked(tx: Transaction, parked: int) -> Lain | None:
    """Return one parked message, or None when it is not parked any more."""
    rows = tx.execute(f"{_LAIN} AND id = :parked", {"parked": parked})
    return _lain(rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class Strays:
    """What one source sent that belongs to no dossier of this service's inputs, up to a number."""

    source: str
    upto: int
    inputs: Sequence[str]
    """The queues whose messages are dossiers': those are never set aside."""

    def count(self, tx: Transaction) -> int:
        """Return how many of them lie parked."""
        rows = tx.execute(_STRAYS, self._params())
        return int(rows[0][0])

    def set_aside(self, tx: Transaction) -> None:
        """Mark them as set aside; they stay for the record."""
        tx.execute(_SET_ASIDE, self._params())

    def _params(self) -> dict[str, Any]:
        return {"source": self.source, "upto": self.upto, "inputs": list(self.inputs)}


class Parking:
    """One consumer's part of the parking table; use it inside a transaction."""

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer

    def held_keys(self, tx: Transaction, partition_keys: Iterable[str]) -> set[str]:
        """Return which of these dossiers have a message parked here; until the commit they keep them."""
        rows = tx.execute(
            "SELECT partition_key FROM parked"
            " WHERE consumer = :consumer AND state = 'parked' AND partition_key IN :keys"
            " ORDER BY id FOR UPDATE",
            {"consumer": self._consumer, "keys": list(partition_keys)},
        )
        return {row[0] for row in rows}

    def park(
        self,
        tx: Transaction,
        delivery: Delivery,
        why: Why,
        now: datetime,
        *,
        source: str = "",
        message_id: str = "",
        partition_key: str = "",
    ) -> None:
        """Park a message; a second time for the same one changes nothing."""
        headers = {_storable(name): _storable(str(value)) for name, value in delivery.headers.items()}
        texts = {
            "consumer": self._consumer,
            "queue": delivery.queue,
            "source": source or delivery.exchange,
            "message_id": message_id or delivery.message_id or f"tag/{delivery.tag}/{now.isoformat()}",
            "partition_key": partition_key,
            "reason_class": why.reason_class,
            "reason": why.reason[:2000],
        }
        tx.execute(
            "INSERT INTO parked (consumer, queue, source, message_id, partition_key, reason_class,"
            " reason, waits_for, body, headers, parked_at, state)"
            " VALUES (:consumer, :queue, :source, :message_id, :partition_key, :reason_class,"
            " :reason, :waits_for, :body, :headers, :parked_at, 'parked')"
            " ON CONFLICT (source, message_id, consumer) DO NOTHING",
            {
                **{name: _storable(text) for name, text in texts.items()},
                "waits_for": why.waits_for,
                "body": delivery.body,
                "headers": orjson.dumps(headers).decode(),
                "parked_at": now,
            },
        )

    def park_unreadable(self, tx: Transaction, delivery: Delivery, reason: str, now: datetime) -> None:
        """Park what is no message of ours; it holds nothing back, and the same bytes lie here once."""
        digest = hashlib.sha256(delivery.body).hexdigest()
        source = f"unreadable/{delivery.exchange}"
        self.park(tx, delivery, Why(POISON, reason), now, source=source, message_id=digest)

    def uncopied(self, tx: Transaction, limit: int) -> list[Parked]:
        """Return messages whose copy for people was not published yet."""
        rows = tx.execute(
            f"{_PARKED} WHERE consumer = :consumer AND NOT copied ORDER BY id LIMIT :limit",
            {"consumer": self._consumer, "limit": limit},
        )
        return [_parked(row) for row in rows]

    def mark_copied(self, tx: Transaction, parked_ids: Sequence[int]) -> None:
        """Remember that the copies were published."""
        tx.execute("UPDATE parked SET copied = true WHERE id IN :ids", {"ids": list(parked_ids)})

    def keys_waiting_for(self, tx: Transaction, references: Sequence[str]) -> list[str]:
        """Return the dossiers with a message that waits for one of these references."""
        rows = tx.execute(
            "SELECT DISTINCT partition_key FROM parked WHERE consumer = :consumer"
            " AND state = 'parked' AND waits_for IN :references ORDER BY partition_key",
            {"consumer": self._consumer, "references": list(references)},
        )
        return [row[0] for row in rows]

    def waiting_keys(self, tx: Transaction, partition_keys: Iterable[str]) -> set[str]:
        """Return which of these dossiers have a message that waits for something."""
        rows = tx.execute(
            "SELECT DISTINCT partition_key FROM parked WHERE consumer = :consumer"
            " AND state = 'parked' AND waits_for IS NOT NULL AND partition_key IN :keys",
            {"consumer": self._consumer, "keys": list(partition_keys)},
        )
        return {row[0] for row in rows}

    def oldest_of_key(self, tx: Transaction, partition_key: str) -> Parked | None:
        """Return the message of a dossier that was parked first."""
        rows = tx.execute(
            f"{_PARKED} WHERE consumer = :consumer AND state = 'parked' AND partition_key = :key"
            " ORDER BY id LIMIT 1",
            {"consumer": self._consumer, "key": partition_key},
        )
        return _parked(rows[0]) if rows else None

    def settle(self, tx: Transaction, parked_id: int) -> bool:
        """Mark a parked message as handled after all, if it is still parked; it stays for the record."""
        settled = tx.execute(
            "UPDATE parked SET state = 'handled' WHERE id = :id AND state = 'parked' RETURNING id",
            {"id": parked_id},
        )
        return bool(settled)

    def explain(self, tx: Transaction, parked_id: int, why: Why) -> None:
        """Write down why a parked message still cannot be handled, and what it waits for now."""
        tx.execute(
            "UPDATE parked SET reason_class = :reason_class, reason = :reason, waits_for = :waits_for"
            " WHERE id = :id AND state = 'parked'",
            {
                "id": parked_id,
                "reason_class": why.reason_class,
                "reason": _storable(why.reason[:2000]),
                "waits_for": why.waits_for,
            },
        )


def _lain(row: Row) -> Lain:
    number, queue, source, message_id, key, reason_class, reason, waits_for, parked_at, body = row
    return Lain(
        number, queue, source, message_id, key, reason_class, reason, waits_for, parked_at, bytes(body)
    )


def _parked(row: Row) -> Parked:
    return Parked(row[0], row[1], bytes(row[2]), orjson.loads(row[3]), row[4], row[5])


def _storable(text: str) -> str:
    """Return a text without what no text column holds: zero bytes, halves of characters."""
    return text.encode(errors="replace").decode().replace("\0", " ")
