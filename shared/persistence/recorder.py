"""A service's log of events: the event store, and at the same time the outbox.

Positions are gapless and in order of commit. Each insert first raises `event_head` by the number of
its events, and the lock on that one row is kept until the commit. So the next writer takes its
positions only after this one's are visible, and a rollback gives them back. Were positions taken from
a sequence instead, a higher one could commit before a lower one, and a reader who follows the log
would pass over the lower one and never see it.

The price is that writers of one service commit one after the other; writing in batches pays it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)

from shared.partitions import partition_of
from shared.persistence.database import Database, Row, Transaction, UniqueViolationError
from shared.persistence.polling import PollingSubscription

_ADVANCE = "UPDATE event_head SET position = position + :count RETURNING position"
_INSERT = """
    INSERT INTO event (position, originator_id, originator_version, topic, state, partition)
    VALUES (:position, :originator_id, :originator_version, :topic, :state, :partition)
"""
_STORED = "SELECT originator_id, originator_version, topic, state FROM event"
_NOTIFIED = "SELECT originator_id, originator_version, topic, state, position FROM event"
_LOGGED = "SELECT position, partition, originator_id, originator_version, topic, state FROM event"
# Positions have no gaps, so bounds serve for a limit; with LIMIT, PostgreSQL sorts the whole rest of a table
# that it has not analysed yet.
_READ_ON = f"{_LOGGED} WHERE position > :after AND position <= :upto ORDER BY position"
_LAST = "SELECT max(position) FROM event WHERE partition = :partition AND position <= :position"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event of the log, as it is stored."""

    position: int
    previous_in_partition: int
    """The position of the event before it in its partition; 0 for the first."""
    partition: int
    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes

    def stored_event(self) -> StoredEvent:
        """Return it as the library's mapper takes it."""
        return StoredEvent(self.originator_id, self.originator_version, self.topic, self.state)


class LogRecorder(ApplicationRecorder):
    """The library's recorder over our database port, and reading the log by partition.

    Aggregate ids are UUIDs; text that is one is taken too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read_to: tuple[int, dict[int, int]] = (0, {})

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        partitions: Sequence[int] | None = None,
        **_: Any,
    ) -> Sequence[int] | None:
        """Append the events and return their positions; joins the transaction that is open.

        `partitions` names each event's partition; else it follows from the aggregate's id.
        Raises the library's IntegrityError when an aggregate has an event of that version already;
        the open transaction can then only be rolled back.
        """
        if not stored_events:
            return []
        if partitions is None:
            partitions = [partition_of(str(event.originator_id)) for event in stored_events]
        count = len(stored_events)
        try:
            with self._database.transaction() as transaction:
                [(last,)] = transaction.execute(_ADVANCE, {"count": count})
                positions = range(last - count + 1, last + 1)
                rows = [
                    {
                        "position": position,
                        "originator_id": _uuid(event.originator_id),
                        "originator_version": event.originator_version,
                        "topic": event.topic,
                        "state": event.state,
                        "partition": partition,
                    }
                    for position, event, partition in zip(positions, stored_events, partitions, strict=True)
                ]
                transaction.execute_many(_INSERT, rows)
        except UniqueViolationError as conflict:
            raise IntegrityError(str(conflict)) from conflict
        return list(positions)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return an aggregate's events in order of version."""
        sql = _query(
            _STORED,
            ("originator_id = :id",),
            gt is not None and "originator_version > :gt",
            lte is not None and "originator_version <= :lte",
            order="originator_version DESC" if desc else "originator_version",
            limited=limit is not None,
        )
        rows = self._ask(sql, id=_uuid(originator_id), gt=gt, lte=lte, limit=limit)
        return [StoredEvent(*row) for row in rows]

    def select_many(self, originator_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[StoredEvent]]:
        """Return each aggregate's events in order of version, in one query; none for an unknown one."""
        found: dict[UUID, list[StoredEvent]] = {originator_id: [] for originator_id in originator_ids}
        sql = f"{_STORED} WHERE originator_id IN :ids ORDER BY originator_id, originator_version"
        for row in self._ask(sql, ids=list(found)):
            found[row[0]].append(StoredEvent(*row))
        return found

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events of the log in order of position."""
        sql = _query(
            _NOTIFIED,
            ("position >= :start" if inclusive_of_start else "position > :start",),
            stop is not None and "position <= :stop",
            bool(topics) and "topic IN :topics",
            order="position",
            limited=True,
        )
        rows = self._ask(sql, start=start or 0, stop=stop, topics=list(topics), limit=limit)
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        """Return the last position, or None for an empty log."""
        [(position,)] = self._ask("SELECT max(position) FROM event")
        return None if position is None else int(position)

    def subscribe(
        self,
        gt: int | None = None,
        topics: Sequence[str] = (),
    ) -> Subscription[ApplicationRecorder]:
        """Return an iterator that waits for new events at the end of the log, asking now and then."""
        return PollingSubscription(self, gt=gt, topics=topics)

    def read_log(self, after: int, limit: int) -> list[LogEntry]:
        """Return at most `limit` entries past position `after`, in order."""
        with self._database.transaction() as transaction:
            rows = transaction.execute(_READ_ON, {"after": after, "upto": after + limit})
            # Who reads on from where it stopped knows what came before; the past does not change.
            stopped, last = self._read_to
            previous = dict(last) if stopped == after else {}
            for partition in sorted({row[1] for row in rows} - previous.keys()):
                previous[partition] = _last(transaction, partition, after)
        entries = _chained(rows, previous)
        if entries:
            self._read_to = (entries[-1].position, previous)
        return entries

    def read_partition(self, partition: int, after: int, limit: int) -> list[LogEntry]:
        """Return at most `limit` entries of one partition past position `after`, in order."""
        with self._database.transaction() as transaction:
            sql = (
                f"{_LOGGED} WHERE partition = :partition AND position > :after ORDER BY position LIMIT :limit"
            )
            rows = transaction.execute(sql, {"partition": partition, "after": after, "limit": limit})
            previous = {partition: _last(transaction, partition, after)} if rows else {}
        return _chained(rows, previous)

    def last_in_partition(self, partition: int, position: int) -> int:
        """Return the last position of a partition that is not past `position`; 0 when there is none."""
        with self._database.transaction() as transaction:
            return _last(transaction, partition, position)

    def unfinished(self, begun: str, ends: Sequence[str], after: UUID | None, limit: int) -> list[UUID]:
        """Return aggregates whose first event has topic `begun` and that have none of topics `ends`.

        In the order of their ids, from behind `after` on. Reads the log instead of an index of its
        own: what asks is rare, what would write the index is every event.
        """
        condition = "AND begun.originator_id > :after" if after else ""
        rows = self._ask(
            f"""
            SELECT begun.originator_id FROM event AS begun
            WHERE begun.originator_version = 1 AND begun.topic = :begun {condition}
                AND NOT EXISTS (
                    SELECT 1 FROM event AS ending
                    WHERE ending.originator_id = begun.originator_id AND ending.topic IN :ends
                )
            ORDER BY begun.originator_id LIMIT :limit
            """,  # noqa: S608
            begun=begun,
            ends=list(ends),
            limit=limit,
            **({"after": after} if after else {}),
        )
        return [_uuid(row[0]) for row in rows]

    def _ask(self, sql: str, **params: Any) -> list[Row]:
        with self._database.transaction() as transaction:
            return transaction.execute(sql, params)


@lru_cache(maxsize=64)
def _query(select: str, needed: tuple[str, ...], *optional: str | bool, order: str, limited: bool) -> str:
    conditions = " AND ".join([*needed, *(condition for condition in optional if isinstance(condition, str))])
    return f"{select} WHERE {conditions} ORDER BY {order}" + (" LIMIT :limit" if limited else "")


def _last(transaction: Transaction, partition: int, position: int) -> int:
    # One step down the index; grouping all partitions in one query would read the whole index.
    [(last,)] = transaction.execute(_LAST, {"partition": partition, "position": position})
    return last or 0


def _chained(rows: Iterable[Row], previous: dict[int, int]) -> list[LogEntry]:
    entries = []
    for position, partition, *stored in rows:
        entries.append(LogEntry(position, previous[partition], partition, *stored))
        previous[partition] = position
    return entries


def _uuid(originator_id: UUID | str) -> UUID:
    return originator_id if isinstance(originator_id, UUID) else UUID(originator_id)
