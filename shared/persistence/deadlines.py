"""Deadlines: rows of the plumbing table `deadline`, written with the event that sets them.

A deadline is named by its aggregate and name; setting a newer version replaces an older one. Whoever
claims due ones fires them in the same unit of work, so that each fires once, and again only when
that unit failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.persistence.database import Transaction

_SETTLE = """
    UPDATE deadline SET state = 'settled'
    WHERE aggregate_id = :aggregate_id AND name = :name AND state = 'pending'
"""
_SET = """
    INSERT INTO deadline (aggregate_id, name, version, fires_at, state)
    VALUES (:aggregate_id, :name, :version, :fires_at, 'pending')
    ON CONFLICT (aggregate_id, name) DO UPDATE
    SET version = excluded.version, fires_at = excluded.fires_at, state = 'pending'
    WHERE deadline.version < excluded.version
"""
_CLAIM = """
    SELECT aggregate_id, name, version, fires_at FROM deadline
    WHERE state = 'pending' AND fires_at <= :now AND name = :name
    ORDER BY fires_at, aggregate_id LIMIT :limit
    FOR UPDATE SKIP LOCKED
"""
_FIRED = """
    UPDATE deadline SET state = 'fired'
    WHERE aggregate_id = :aggregate_id AND name = :name AND version = :version
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline whose moment has come."""

    aggregate_id: UUID
    name: str
    version: int
    fires_at: datetime


class DeadlineTable:
    """Gathers what a unit of work sets and settles; a collaborator of `UnitOfWork`."""

    def __init__(self) -> None:
        self._settled: dict[tuple[UUID, str], None] = {}
        self._set: dict[tuple[UUID, str], Due] = {}

    def set(self, aggregate_id: UUID, name: str, version: int, fires_at: datetime) -> None:
        """Set a deadline; it may lie in the past and then fires at once."""
        self._set[aggregate_id, name] = Due(aggregate_id, name, version, fires_at)

    def settle(self, aggregate_id: UUID, name: str) -> None:
        """Call a deadline off; when there is none, nothing happens."""
        self._set.pop((aggregate_id, name), None)
        self._settled[aggregate_id, name] = None

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        if self._settled:
            # Everyone locks rows in the same order, so that no two wait for each other.
            keys = sorted(self._settled)
            tx.execute_many(_SETTLE, [{"aggregate_id": key, "name": name} for key, name in keys])
        if self._set:
            tx.execute_many(_SET, [_params(self._set[key]) for key in sorted(self._set)])

    def clear(self) -> None:
        """Forget what was gathered."""
        self._settled.clear()
        self._set.clear()

    def claim(self, tx: Transaction, name: str, now: datetime, limit: int) -> list[Due]:
        """Return due deadlines of that name, earliest first, and keep others from claiming them."""
        rows = tx.execute(_CLAIM, {"name": name, "now": now, "limit": limit})
        return [Due(*row) for row in rows]

    def fired(self, tx: Transaction, due: Sequence[Due]) -> None:
        """Note that claimed deadlines have fired, in the transaction that claimed them."""
        if due:
            tx.execute_many(_FIRED, [_params(one) for one in due])


def _params(due: Due) -> dict[str, Any]:
    return {
        "aggregate_id": due.aggregate_id,
        "name": due.name,
        "version": due.version,
        "fires_at": due.fires_at,
    }
