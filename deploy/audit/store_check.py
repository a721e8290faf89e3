"""One service's log of events against the ledger, page by page: every position once, each event as sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from deploy.audit.findings import Finding, finding
from deploy.audit.rendering import Differs, rendering
from deploy.audit.sealed import Ledger, Sealed
from shared.messaging.epochs import epochs_of, read_epochs
from shared.messaging.publishing import digest_of
from shared.partitions import partition_of
from shared.persistence.database import Database
from shared.persistence.recorder import LogEntry

PAGE = 2000
MOST_NAMED = 1000
"""Findings of a store that are named; the others are counted."""
_DOMAIN = b"lienthong/store/1"

_EVENTS = """
    SELECT position, 0, partition, originator_id, originator_version, topic, state FROM event
    WHERE position > :after AND position <= :upto ORDER BY position
"""
_OUTSIDE = """
    SELECT position, 0, partition, originator_id, originator_version, topic, state FROM event
    WHERE position > (SELECT position FROM event_head) OR position < 1 ORDER BY position LIMIT 1000
"""


class StoreMark(NamedTuple):
    """A place in a log, and the chain over all digests up to it."""

    position: int
    chain: bytes


BEGINNING = StoreMark(0, bytes(32))
"""Before a log's first event."""


@dataclass(slots=True)
class StoreCheck:
    """The check of one log, from `since` on."""

    name: str
    database: Database
    ledger: Ledger
    since: StoreMark = BEGINNING
    marks: Mapping[int, bytes] = field(default_factory=dict)
    """Positions with chains that were signed."""
    found: list[Finding] = field(default_factory=list)
    unnamed: int = 0
    """Further findings."""
    waiting: int = 0
    """Events that are not in the ledger yet."""
    differs: Differs = field(init=False)

    def __post_init__(self) -> None:
        with self.database.transaction() as tx:
            self.differs = rendering(self.name, epochs_of(read_epochs(tx), self.name))

    def run(self, on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> StoreMark:
        """Check every event there is when this begins; return how far that was."""
        with self.database.transaction() as tx:
            [(head,)] = tx.execute("SELECT position FROM event_head")
        at = self.since
        while at.position < head:
            at = self._page(at, min(at.position + PAGE, head))
            on_progress(at.position, head)
        self._end(head)
        return at

    def _page(self, at: StoreMark, upto: int) -> StoreMark:
        with self.database.transaction() as tx:
            rows = tx.execute(_EVENTS, {"after": at.position, "upto": upto})
        positions = range(at.position + 1, upto + 1)
        entries = self.ledger.entries(self.name, positions)
        events: dict[int, LogEntry] = {}
        for row in rows:
            event = LogEntry(*row)
            if event.position in events:
                self._say(event, "event-twice")
            events[event.position] = event
        digests = {position: digest_of(event) for position, event in events.items()}
        place_of = {sealed.digest: position for position, found in entries.items() for sealed in found}
        chain = at.chain
        for position in positions:
            self._event(
                position, events.get(position), digests.get(position), entries.get(position, ()), place_of
            )
            chain = chained(chain, position, digests.get(position))
            if self.marks.get(position, chain) != chain:
                self._add(finding(self.name, position, "store-checkpoint"))
        return StoreMark(upto, chain)

    def _event(
        self,
        position: int,
        event: LogEntry | None,
        digest: str | None,
        entries: Sequence[Sealed],
        place_of: Mapping[str | None, int],
    ) -> None:
        if event is None:
            self._missing(position, entries)
            return
        if not entries:
            self._not_entered(event)
            return
        strangers = [entry for entry in entries if entry.digest != digest]
        if len(strangers) == len(entries):
            other = place_of.get(digest)
            self._say(event, "event-moved" if other else "event-changed", other=other, root=entries[0].root)
            return
        for stranger in strangers:
            self._say(event, "entry-foreign", other=stranger.sequence, root=stranger.root)
        for entry in entries:
            if entry.digest == digest and (at := self.differs(event, entry.document)):
                self._say(event, "entry-content", other=entry.sequence, at=at, root=entry.root)
        root = entries[0].root
        if root is not None and partition_of(str(root)) != event.partition:
            self._say(event, "event-partition")

    def _not_entered(self, event: LogEntry) -> None:
        if self.ledger.is_due(self.name, event.partition, event.position) and not (
            self.ledger.has_come(self.name, event.position)
        ):
            self._say(event, "event-unsealed")
        else:
            self.waiting += 1

    def _missing(self, position: int, entries: Sequence[Sealed]) -> None:
        event = entries[0].type if entries else None
        root = str(entries[0].root) if entries and entries[0].root else None
        self._add(finding(self.name, position, "event-missing", event=event, root=root))

    def _end(self, head: int) -> None:
        """Look at what lies outside of the counter: put in, or cut off together with it."""
        with self.database.transaction() as tx:
            outside = [LogEntry(*row) for row in tx.execute(_OUTSIDE)]
        sealed = self.ledger.entries(self.name, [event.position for event in outside])
        for event in outside:
            self._say(event, "counter" if event.position in sealed else "event-inserted")
        if self.since.position > head:
            self._add(finding(self.name, head + 1, "event-missing", to=self.since.position))
        elif any(position > head for position in self.marks):
            self._add(finding(self.name, head + 1, "event-missing", to=max(self.marks)))
        last = self.ledger.last.get(self.name, 0)
        for first in range(head + 1, last + 1, PAGE):
            positions = range(first, min(first + PAGE, last + 1))
            entries = self.ledger.entries(self.name, positions)
            for position in positions:
                if position in entries and position not in sealed:
                    self._missing(position, entries[position])

    def _add(self, one: Finding) -> None:
        if len(self.found) < MOST_NAMED:
            self.found.append(one)
        else:
            self.unnamed += 1

    def _say(
        self,
        event: LogEntry,
        code: str,
        *,
        other: int | None = None,
        at: str = "",
        root: UUID | None = None,
    ) -> None:
        dossier = str(root) if root else _root(event.state)
        one = finding(self.name, event.position, code, other=other, at=at, event=event.topic, root=dossier)
        self._add(one)


def chained(chain: bytes, position: int, digest: str | None) -> bytes:
    """Return the chain one event further."""
    return sha256(_DOMAIN + chain + position.to_bytes(8) + (digest or "").encode()).digest()


def _root(state: Any) -> str | None:
    try:
        root: str | None = orjson.loads(state)["act"]["root"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return root
