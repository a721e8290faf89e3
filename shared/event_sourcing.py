"""Our use of the `eventsourcing` library: aggregates whose events carry an act, and one unit of work.

Command methods check and may raise; events' `apply` only assigns. Topics are written, never derived.
A service has one writer at a time in a process: a unit of work loads aggregates once, collects what
they record, and saves all of it in one insert. Aggregates are kept as hints for the next unit;
a version conflict throws them away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, Self, cast
from uuid import UUID

import orjson
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.application import Application as LibraryApplication
from eventsourcing.domain import Aggregate as LibraryAggregate
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import ApplicationRecorder, Mapper, StoredEvent, Transcoder

from shared.acts import Act
from shared.partitions import partition_of

KEPT_AGGREGATES = 50_000
"""Aggregates kept in memory a process: about 2 kB each."""


class _Tally(threading.local):
    """Counts what the running (green) thread records, so that a refusal can be told from half a deed."""

    recorded = 0


_TALLY = _Tally()


def recorded_by_this_thread() -> int:
    """Return how many events the running thread has recorded in its life."""
    return _TALLY.recorded


class Aggregate(LibraryAggregate):
    """An aggregate whose every event says who, when, about which dossier and which leg."""

    class Event(LibraryAggregate.Event):
        """Base of all events."""

        act: dict[str, Any]

    class Created(Event, LibraryAggregate.Created):
        """Base of first events."""

    @classmethod
    def begin(cls, event_class: type[Any], id: UUID, act: Act, **fields: Any) -> Self:  # noqa: A002
        """Create the aggregate with its first event."""
        _TALLY.recorded += 1
        return cls._create(event_class, id=id, timestamp=act.recorded_at, act=act.state(), **fields)

    def record(self, event_class: type[Any], act: Act, **fields: Any) -> None:
        """Record a further event and let it change the aggregate."""
        _TALLY.recorded += 1
        self.trigger_event(event_class, timestamp=act.recorded_at, act=act.state(), **fields)


class JsonTranscoder(Transcoder):
    """Stores event state as plain JSON: texts, numbers, lists and objects only."""

    def encode(self, obj: Any) -> bytes:
        """Return compact JSON; times as RFC 3339 text."""
        return orjson.dumps(obj)

    def decode(self, data: bytes) -> Any:
        """Return the value of JSON bytes."""
        return orjson.loads(data)


class JsonMapper(Mapper[UUID]):
    """Gives back the recorded time as a time, so that a replayed aggregate equals the live one."""

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Return the event that was stored."""
        event = super().to_domain_event(stored_event)
        state = vars(event)
        state["timestamp"] = datetime.fromisoformat(state["timestamp"])
        return event


class BulkRecorder(Protocol):
    """A recorder that reads several aggregates in one go."""

    def select_many(self, originator_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[StoredEvent]]:
        """Return the events of each aggregate, in order."""
        ...


class Application(LibraryApplication[UUID]):
    """A service's event-sourced application, with a unit of work."""

    name = "lienthong"

    def __init__(self, recorder: ApplicationRecorder) -> None:
        self._given_recorder = recorder
        self._unit: dict[UUID, Aggregate] = {}
        self._kept: dict[UUID, Aggregate] = {}
        self._absent: set[UUID] = set()
        self.watch: Callable[[Sequence[Any]], None] | None = None
        """Is shown the events of each unit when they are saved."""
        super().__init__(env={"PERSISTENCE_MODULE": "eventsourcing.popo"})

    def construct_recorder(self) -> ApplicationRecorder:
        """Return the recorder that the composition root chose."""
        return self._given_recorder

    def construct_transcoder(self) -> Transcoder:
        """Return the JSON transcoder."""
        return JsonTranscoder()

    def construct_mapper(self) -> Mapper[UUID]:
        """Return the JSON mapper."""
        return JsonMapper(transcoder=self.construct_transcoder())

    def find(self, aggregate_id: UUID) -> Aggregate | None:
        """Return the aggregate, the same object for the whole unit of work, or None."""
        aggregate = self._unit.get(aggregate_id) or self._kept.get(aggregate_id)
        if aggregate is None and aggregate_id in self._absent:
            return None
        if aggregate is None:
            try:
                aggregate = cast("Aggregate", self.repository.get(aggregate_id))
            except AggregateNotFoundError:
                return None
        self._unit[aggregate_id] = aggregate
        return aggregate

    def find_afresh(self, aggregate_id: UUID) -> Aggregate | None:
        """Return the aggregate as it is stored, whichever process wrote last, or as this unit left it.

        For decisions to record nothing, and for answers: no conflict would tell that they were outdated.
        """
        if aggregate_id not in self._unit:
            self._kept.pop(aggregate_id, None)
        return self.find(aggregate_id)

    def add(self, aggregate: Aggregate) -> None:
        """Take a new aggregate into the unit of work."""
        self._unit[aggregate.id] = aggregate

    def prefetch(self, aggregate_ids: Iterable[UUID], *, afresh: bool = False) -> None:
        """Load many aggregates in one query; those not found are known to be absent in this unit.

        `afresh`: as `find_afresh`, whichever process wrote last.
        """
        aggregate_ids = list(aggregate_ids)
        if afresh:
            for aggregate_id in aggregate_ids:
                self._kept.pop(aggregate_id, None)
        wanted = [
            aggregate_id
            for aggregate_id in dict.fromkeys(aggregate_ids)
            if aggregate_id not in self._unit and aggregate_id not in self._kept
        ]
        if not wanted:
            return
        recorder = cast("BulkRecorder", self.recorder)
        for aggregate_id, stored_events in recorder.select_many(wanted).items():
            aggregate: Any = None
            for stored_event in stored_events:
                aggregate = cast("Any", self.mapper.to_domain_event(stored_event)).mutate(aggregate)
            if aggregate is not None:
                self._unit[aggregate_id] = aggregate
        self._absent.update(aggregate_id for aggregate_id in wanted if aggregate_id not in self._unit)

    def pending(self) -> int:
        """Return how many events the unit has recorded and not yet saved."""
        return sum(len(aggregate.pending_events) for aggregate in self._unit.values())

    def flush(self) -> int:
        """Save what the unit's aggregates recorded, in one insert; return the number of events.

        Raises eventsourcing's IntegrityError when another process wrote one of them first.
        """
        events = [event for aggregate in self._unit.values() for event in aggregate.collect_events()]
        if events:
            # The library's save() tells events from aggregates by runtime protocols, which costs more
            # than storing them; these are known to be events.
            partitions = [partition_of(cast("Any", event).act["root"]) for event in events]
            self.events.put(events, partitions=partitions)
            if self.watch:
                self.watch(events)
        return len(events)

    def doubt(self) -> None:
        """Forget aggregates that this unit only read: another process may have changed them since."""
        unchanged = [key for key, aggregate in self._unit.items() if not aggregate.pending_events]
        for aggregate_id in unchanged:
            self._kept.pop(aggregate_id, None)
            del self._unit[aggregate_id]
        self._absent.clear()

    def close_unit(self) -> None:
        """End a unit of work that was committed."""
        for aggregate_id, aggregate in self._unit.items():
            self._kept.pop(aggregate_id, None)
            self._kept[aggregate_id] = aggregate
        self._unit.clear()
        self._absent.clear()
        while len(self._kept) > KEPT_AGGREGATES:
            del self._kept[next(iter(self._kept))]

    def abandon_unit(self) -> None:
        """End a unit of work that was not committed: nothing of it may be believed."""
        for aggregate_id in self._unit:
            self._kept.pop(aggregate_id, None)
        self._unit.clear()
        self._absent.clear()
