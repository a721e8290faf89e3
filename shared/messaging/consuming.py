"""Taking in other services' messages: a batch is one transaction, acknowledged once, after the commit.

Failures have classes. *Transient* (database or broker away): nothing is kept, the batch comes again.
*Conflict* (another process wrote first): the unit runs again. *Poison* and *waiting*: the batch
falls back to one message at a time; the one that fails is parked with its reason, in the same
transaction as its mark in the inbox, and later messages of that dossier are held behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from eventsourcing.persistence import RecordConflictError

from shared.acts import SYSTEM, Act, Actor
from shared.clock import Clock, from_text
from shared.contracts import registry
from shared.contracts.envelope import MalformedMessageError, Message, from_bytes
from shared.errors import NotYetKnownError
from shared.messaging.broker import BrokerUnavailableError, Delivery
from shared.messaging.hearing import MARKER, Hearing, Place, ResendRequest
from shared.messaging.parking import HELD, POISON, WAITING, Parking
from shared.persistence.database import DatabaseUnavailableError, Transaction, UniqueViolationError
from shared.persistence.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 5.0

TRANSIENT = (DatabaseUnavailableError, BrokerUnavailableError)
CONFLICT = (RecordConflictError, UniqueViolationError)

Handler = Callable[[Message, dict[str, Any], Act], None]
"""Takes a message, its checked data and the act that follows from it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that is one of our messages."""

    delivery: Delivery
    message: Message


class Consumer(Protocol):
    """What a service does with messages that are new, in order and not held."""

    def wants(self, message: Message) -> bool:
        """Whether the message concerns this service at all."""
        ...

    def prepare(self, batch: Sequence[Taken]) -> None:
        """Load in bulk what the batch will need."""
        ...

    def handle(self, batch: Sequence[Taken]) -> None:
        """Handle the batch inside the open unit of work; raise to refuse all of it."""
        ...

    def reference_of(self, message: Message) -> str | None:
        """Name the reference data that the message brings, for messages that wait for it."""
        ...


@dataclass(slots=True)
class HandlerTable:
    """A consumer made of a table from message type to handler."""

    handlers: Mapping[str, Handler]
    clock: Clock
    service: str
    prefetch: Callable[[Iterable[UUID]], None] | None = None
    aggregate_of: Callable[[Message], UUID | None] | None = None
    references: Mapping[str, Callable[[Message], str]] = field(default_factory=dict)

    def wants(self, message: Message) -> bool:
        """Whether there is a handler for the type."""
        return message.type in self.handlers

    def prepare(self, batch: Sequence[Taken]) -> None:
        """Load the aggregates of the batch in one query."""
        if self.prefetch is None or self.aggregate_of is None:
            return
        ids = (self.aggregate_of(taken.message) for taken in batch)
        self.prefetch(aggregate_id for aggregate_id in ids if aggregate_id is not None)

    def handle(self, batch: Sequence[Taken]) -> None:
        """Call each message's handler, in order."""
        for taken in batch:
            message = taken.message
            data = registry.accept(message)
            self.handlers[message.type](message, data, act_of(message, self.clock, self.service))

    def reference_of(self, message: Message) -> str | None:
        """Name the reference data that the message brings."""
        name = self.references.get(message.type)
        return name(message) if name else None


def act_of(message: Message, clock: Clock, service: str) -> Act:
    """Return the act of what follows from a message: it happens when the message's event happened."""
    now = clock.now()
    return Act(
        actor=Actor(SYSTEM, service),
        happened_at=from_text(message.time),
        received_at=now,
        recorded_at=now,
        root=UUID(message.rootid) if message.rootid else UUID(int=0),
        leg=UUID(message.legid) if message.legid else None,
        causation=f"{message.source}/{message.id}",
        correlation=message.correlationid,
        historical=message.historical,
    )


class BatchHandler:
    """One consumer's way of handling batches; its name is durable."""

    def __init__(self, name: str, unit: UnitOfWork, consumer: Consumer, clock: Clock) -> None:
        self._name = name
        self._unit = unit
        self._consumer = consumer
        self._clock = clock
        self._parking = Parking(name)
        self._asked: dict[tuple[str, int], tuple[int | None, float]] = {}

    def handle(self, deliveries: Sequence[Delivery]) -> list[ResendRequest]:
        """Handle and commit a batch; when this returns, all of it may be acknowledged.

        Returns what must be asked for again because something before it is missing.
        Raises DatabaseUnavailableError or BrokerUnavailableError: then nothing was kept.
        """
        opened = [_open(delivery) for delivery in deliveries]
        try:
            requests, references = self._unit.run(lambda tx: self._handle_all(tx, opened))
        except TRANSIENT:
            raise
        except Exception:
            log.info("batch of %d falls back to one message at a time", len(opened), exc_info=True)
            requests, references = self._one_at_a_time(opened)
        if references:
            self.release(references)
        return [request for request in requests if self._is_due(request)]

    def _is_due(self, request: ResendRequest) -> bool:
        """Ask once for a gap, and again only when nothing came of it for a while."""
        key, now = (request.service, request.partition), monotonic()
        after, asked_at = self._asked.get(key, (None, 0.0))
        if after == request.after and now - asked_at < ASK_AGAIN_SECONDS:
            return False
        self._asked[key] = (request.after, now)
        return True

    def _one_at_a_time(self, opened: Sequence[_Opened]) -> tuple[list[ResendRequest], list[str]]:
        requests: dict[tuple[str, int], ResendRequest] = {}
        references: list[str] = []
        for one in opened:
            try:
                asked, brought = self._unit.run(partial(self._handle_all, opened=[one]))
            except (*TRANSIENT, *CONFLICT):
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, one message must not stop the others
                asked, brought = self._unit.run(
                    partial(self._handle_all, opened=[one], failed=error),
                )
                log.warning("parked %s: %s", one.delivery.message_id, error)
            requests.update({(request.service, request.partition): request for request in asked})
            references += brought
        return list(requests.values()), references

    def _handle_all(
        self,
        tx: Transaction,
        opened: Sequence[_Opened],
        failed: Exception | None = None,
    ) -> tuple[list[ResendRequest], list[str]]:
        hearing = Hearing(tx)
        fresh = self._fresh(tx, hearing, opened)
        wanted = [taken for taken in fresh if self._consumer.wants(taken.message)]
        if failed is not None:
            for taken in wanted:
                self._park(tx, taken, failed)
        elif wanted:
            self._consumer.prepare(wanted)
            self._consumer.handle(wanted)
        if wanted:
            self._remember(tx, wanted)
        hearing.save()
        requests = [
            ResendRequest(service_of(source), self._name, partition, after)
            for (source, partition), after in hearing.gaps.items()
        ]
        references = [self._consumer.reference_of(taken.message) for taken in wanted if failed is None]
        return requests, [reference for reference in references if reference]

    def _fresh(self, tx: Transaction, hearing: Hearing, opened: Sequence[_Opened]) -> list[Taken]:
        """Return what is new, in order and not held; park what is malformed or held."""
        taken_in = [Taken(one.delivery, one.message) for one in opened if one.message]
        known = self._known(tx, [taken.message for taken in taken_in])
        keys = {taken.message.partitionkey for taken in taken_in if taken.message.partitionkey}
        held = self._parking.held_keys(tx, keys) if keys else set()
        fresh: list[Taken] = []
        for one in opened:
            message = one.message
            if message is None:
                now = self._clock.now()
                self._parking.park_unreadable(tx, one.delivery, one.reason, now)
                continue
            if message.type.endswith(f".{MARKER}"):
                hearing.place_marker(message)
                continue
            place = hearing.place(message)
            identity = (message.source, message.id)
            if place is Place.GAP or identity in known:
                continue
            known.add(identity)
            taken = Taken(one.delivery, message)
            if message.partitionkey in held and self._consumer.wants(message):
                self._park_as(tx, taken, HELD, "an earlier message of this dossier is parked")
                self._remember(tx, [taken])
            else:
                fresh.append(taken)
        return fresh

    def _known(self, tx: Transaction, messages: Sequence[Message]) -> set[tuple[str, str]]:
        if not messages:
            return set()
        rows = tx.execute(
            "SELECT source, message_id FROM inbox WHERE message_id IN :ids AND source IN :sources",
            {
                "ids": [message.id for message in messages],
                "sources": sorted({message.source for message in messages}),
            },
        )
        return {(row[0], row[1]) for row in rows}

    def _remember(self, tx: Transaction, batch: Sequence[Taken]) -> None:
        now = self._clock.now()
        tx.execute_many(
            "INSERT INTO inbox (source, message_id, received_at) VALUES (:source, :id, :now)",
            [{"source": t.message.source, "id": t.message.id, "now": now} for t in batch],
        )

    def _park(self, tx: Transaction, taken: Taken, error: Exception) -> None:
        if isinstance(error, NotYetKnownError):
            self._park_as(tx, taken, WAITING, str(error), waits_for=error.reference)
        else:
            self._park_as(tx, taken, POISON, reason_of(error))

    def _park_as(
        self,
        tx: Transaction,
        taken: Taken,
        reason_class: str,
        reason: str,
        waits_for: str | None = None,
    ) -> None:
        self._parking.park(
            tx,
            taken.delivery,
            reason_class,
            reason,
            self._clock.now(),
            source=taken.message.source,
            message_id=taken.message.id,
            partition_key=taken.message.partitionkey or "",
            waits_for=waits_for,
        )

    def release(self, references: Sequence[str]) -> None:
        """Handle what waited for these references, and what was held behind it, in order."""
        with self._unit.database.transaction() as tx:
            keys = self._parking.keys_waiting_for(tx, references)
        for key in keys:
            self.retry(key)

    def retry(self, partition_key: str) -> int:
        """Handle a dossier's parked messages in order, up to the first that still fails; return how many."""
        done = 0
        with self._unit.database.transaction() as tx:
            waiting = self._parking.of_key(tx, partition_key)
        for parked in waiting:
            message = from_bytes(parked.body)
            delivery = Delivery(
                queue=parked.queue,
                body=parked.body,
                exchange="",
                routing_key="",
                message_id=message.id,
                headers=parked.headers,
                content_type=None,
                user_id=None,
                redelivered=True,
                tag=0,
            )
            try:
                self._unit.run(
                    partial(self._handle_parked, taken=Taken(delivery, message), parked_id=parked.id),
                )
            except TRANSIENT:
                raise
            except Exception as error:  # noqa: BLE001 - it stays parked, with the new reason
                reason_class = WAITING if isinstance(error, NotYetKnownError) else POISON
                with self._unit.database.transaction() as tx:
                    self._parking.explain(tx, parked.id, reason_class, reason_of(error))
                return done
            done += 1
        return done

    def _handle_parked(self, tx: Transaction, taken: Taken, parked_id: int) -> None:
        self._consumer.prepare([taken])
        self._consumer.handle([taken])
        self._parking.settle(tx, parked_id)


@dataclass(frozen=True, slots=True)
class _Opened:
    delivery: Delivery
    message: Message | None
    reason: str = ""


COPIED_TO_HEADERS = ("id", "source", "type", "partitionkey")
"""Attributes that routing reads from headers; a differing copy is refused."""


def headers_of(message: Message) -> dict[str, str]:
    """Return the attributes that a broker routes by, as message headers."""
    headers = {f"cloudEvents:{name}": getattr(message, name) for name in COPIED_TO_HEADERS}
    return {name: value for name, value in headers.items() if value is not None}


def open_delivery(delivery: Delivery) -> Message:
    """Return the message in a delivery.

    Raises MalformedMessageError with the codes of `from_bytes`, or `header-mismatch`.
    """
    message = from_bytes(delivery.body)
    for name in COPIED_TO_HEADERS:
        copied = delivery.headers.get(f"cloudEvents:{name}")
        if copied is not None and copied != getattr(message, name):
            raise MalformedMessageError("header-mismatch", f"header {name!r} differs from the body")
    return message


def _open(delivery: Delivery) -> _Opened:
    try:
        message = open_delivery(delivery)
    except MalformedMessageError as error:
        return _Opened(delivery, None, f"{error.code}: {error}")
    if message.sourceposition is None and not message.type.endswith(f".{MARKER}"):
        return _Opened(delivery, None, "not-cloudevents: sourceposition is missing")
    return _Opened(delivery, message)


def reason_of(error: Exception) -> str:
    """Return why a message could not be handled: a stable code, then the particulars."""
    code = getattr(error, "code", None)
    text = str(error)
    if isinstance(code, str):
        return text if text.startswith(f"{code}:") else f"{code}: {text}"
    return f"unexpected-{type(error).__name__}: {error}"


def service_of(source: str) -> str:
    """Return the service in a source such as `/lienthong/routing/1`."""
    return source.split("/")[2]
