"""What the ledger says of the stores: how far each is sealed in it, and what it has under which position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import orjson

from services.statistics.ledger.verification import Document
from shared.partitions import partition_of
from shared.persistence.database import Database

_ENTRIES = """
    SELECT message_id, sequence, type, root_id, body FROM ledger
    WHERE source = :source AND message_id IN :ids
"""
_PARKED = """
    SELECT 1 FROM parked WHERE message_id = :id AND source IN :sources AND state = 'parked'
"""
_OWN = "statistics"


class Sealed(NamedTuple):
    """A ledger entry that is of an event."""

    sequence: int
    type: str
    root: UUID | None
    digest: str | None
    document: Document
    """All that it says; empty when it is no JSON object."""


@dataclass(slots=True)
class Ledger:
    """Up to where each partition of each log is surely in the ledger.

    Read before the stores are: what a store has beyond it is not in the ledger *yet*.
    """

    database: Database
    sources: dict[str, set[str]] = field(default_factory=dict)
    """Service to the sources that its log has had, one an epoch."""
    settled: dict[tuple[str, int], int] = field(default_factory=dict)
    """(service, partition) to the last position that was entered."""
    last: dict[str, int] = field(default_factory=dict)
    """Service to the last position in the ledger."""
    _seen: dict[tuple[str, int], int] = field(default_factory=dict)
    own: int = 0
    """Up to where statistics' own log is entered."""

    @classmethod
    def now(cls, database: Database) -> Ledger:
        """Return what is sealed at this moment."""
        ledger = cls(database)
        with database.transaction() as tx:
            heard = tx.execute("SELECT source, partition, position FROM heard")
            [(ledger.own,)] = tx.execute("SELECT position FROM published")
        for source, partition, position in heard:
            ledger._saw(source, partition, position)
        ledger.sources.setdefault(_OWN, set())
        return ledger

    def observe(self, document: Document | None) -> None:
        """Learn from an entry of the ledger; `learnt` is to be called after the last."""
        if document is None:
            return
        source, key = document.get("source"), document.get("partitionkey")
        position = document.get("sourceposition")
        if not (isinstance(source, str) and isinstance(key, str) and isinstance(position, str)):
            return
        place = (source, partition_of(key))
        if position.isdecimal() and int(position) > self._seen.get(place, 0):
            self._seen[place] = int(position)

    def learnt(self) -> None:
        """Make use of what was observed."""
        for (source, partition), position in self._seen.items():
            service = _service(source)
            self._saw(source, partition, position)
            self.last[service] = max(self.last.get(service, 0), position)

    def is_due(self, service: str, partition: int, position: int) -> bool:
        """Say whether an event ought to be in the ledger, unless it is parked."""
        if service == _OWN:
            return position <= max(self.own, self.last.get(_OWN, 0))
        return position <= self.settled.get((service, partition), 0)

    def has_come(self, service: str, position: int) -> bool:
        """Say whether an event that was not there a moment ago has been entered, or lies parked for people."""
        if self.entries(service, [position]):
            return True
        asked = {"sources": sorted(self.sources.get(service, ())), "id": str(position)}
        with self.database.transaction() as tx:
            return bool(tx.execute(_PARKED, asked)) or bool(self.entries(service, [position]))

    def entries(self, service: str, positions: Sequence[int]) -> dict[int, list[Sealed]]:
        """Return the entries under some positions of a log."""
        found: dict[int, list[Sealed]] = {}
        ids = [str(position) for position in positions]
        with self.database.transaction() as tx:
            rows = [
                row
                for source in sorted(self.sources.get(service, ()))
                for row in tx.execute(_ENTRIES, {"source": source, "ids": ids})
            ]
        for message_id, sequence, kind, root, body in rows:
            found.setdefault(int(message_id), []).append(_sealed(sequence, kind, root, body))
        return found

    def _saw(self, source: str, partition: int, position: int) -> None:
        service = _service(source)
        self.sources.setdefault(service, set()).add(source)
        key = (service, partition)
        self.settled[key] = max(self.settled.get(key, 0), position)


def _service(source: str) -> str:
    """Return the service of a source like `/lienthong/intake/1`."""
    parts = source.split("/")
    return parts[2] if len(parts) > 2 else source  # noqa: PLR2004


def _sealed(sequence: int, kind: str, root: UUID | None, body: bytes) -> Sealed:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = {}
    document = document if isinstance(document, dict) else {}
    return Sealed(sequence, kind, root, document.get("digest"), document)
