"""Taking in other services' messages: a batch is one transaction, acknowledged once, after the commit.

Failures have classes. *Transient* (database or broker away): nothing is kept, the batch comes again.
*Conflict* (another process wrote first): the unit runs again. *Poison* and *waiting*: the batch
falls back to one message at a time; the one that fails is parked with its reason, in the same
transaction as its mark in the inbox, and later messages of that dossier are held behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from shared import topology
from shared.clock import Clock
from shared.contracts.envelope import Message
from shared.errors import NotYetKnownError
from shared.log import said
from shared.messaging.broker import Delivery, Outgoing
from shared.messaging.epochs import Epochs, read_epochs
from shared.messaging.failures import CONFLICT as CONFLICT
from shared.messaging.failures import TRANSIENT as TRANSIENT
from shared.messaging.failures import reason_of as reason_of
from shared.messaging.handlers import Consumer as Consumer
from shared.messaging.handlers import Handler as Handler
from shared.messaging.handlers import HandlerTable as HandlerTable
from shared.messaging.handlers import Taken as Taken
from shared.messaging.hearing import Hearing, Place, ResendRequest, marker_requests
from shared.messaging.opening import COPIED_TO_HEADERS as COPIED_TO_HEADERS
from shared.messaging.opening import Opened, is_marker, open_event
from shared.messaging.opening import headers_of as headers_of
from shared.messaging.opening import open_delivery as open_delivery
from shared.messaging.parking import HELD_BEHIND, Parking, Why, can_be_waited_for, why
from shared.messaging.releasing import Releasing
from shared.messaging.traced import Tracing
from shared.persistence.database import Transaction
from shared.persistence.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 5.0


@dataclass(slots=True)
class _FollowUp:
    """What is to be done once a batch is committed. Each may be done twice."""

    requests: dict[tuple[str, int], ResendRequest] = field(default_factory=dict)
    """What must be sent again, by service and partition."""
    references: list[str] = field(default_factory=list)
    """Reference data that came: what waited for it goes on."""
    keys: set[str] = field(default_factory=set)
    """Dossiers whose parked messages may go on: what they wait for may have come meanwhile."""

    def add(self, other: _FollowUp) -> None:
        """Add what follows from a further message."""
        self.requests |= other.requests
        self.references += other.references
        self.keys |= other.keys


@dataclass(slots=True)
class _Sorted:
    """The messages of a batch that are in order, each once."""

    fresh: list[Taken] = field(default_factory=list)
    """Those to be handled."""
    repeated: list[Message] = field(default_factory=list)
    """Those that were handled or parked before."""


class BatchHandler:
    """One consumer's way of handling batches; its name is durable."""

    def __init__(
        self,
        name: str,
        unit: UnitOfWork,
        consumer: Consumer,
        clock: Clock,
        tracing: Tracing | None = None,
    ) -> None:
        self._name = name
        self._tracing = tracing
        self._sources = topology.SOURCES[name]
        self._unit = unit
        self._consumer = consumer = tracing.over(consumer) if tracing else consumer
        self._clock = clock
        self._parking = Parking(name)
        self._releasing = Releasing(unit, consumer, self._parking)
        self._asked: dict[tuple[str, int], tuple[int | None, float]] = {}
        self._epochs: dict[str, Epochs] | None = None
        """They begin by a restore alone, and nothing runs then."""

    def connected(self) -> list[Outgoing]:
        """Return what to ask the sources whenever the connection to the broker is new.

        What was asked before may be lost with the old connection, so it may be asked again at once.
        """
        self._asked.clear()
        return self.positions_asked()

    def positions_asked(self) -> list[Outgoing]:
        """Return what to ask the sources now and then: their answers show how old our position is."""
        return [request.to_outgoing() for request in marker_requests(self._name)]

    def handle(self, deliveries: Sequence[Delivery]) -> list[ResendRequest]:
        """Handle and commit a batch; when this returns, all of it may be acknowledged.

        Returns what must be asked for again because something before it is missing.
        Raises DatabaseUnavailableError or BrokerUnavailableError: then all of it must come again.
        """
        opened = [open_event(delivery, self._sources) for delivery in deliveries]
        try:
            follow_up = self._unit.run(lambda tx: self._handle_all(tx, opened))
        except TRANSIENT:
            raise
        except Exception:
            log.info(
                "batch of %d falls back to one message at a time",
                len(opened),
                exc_info=True,
                extra=said("batch-split"),
            )
            follow_up = self._one_at_a_time(opened)
        if follow_up.references:
            self.release(follow_up.references)
        for key in sorted(follow_up.keys):
            self.retry(key)
        return [request for request in follow_up.requests.values() if self._is_due(request)]

    def release(self, references: Sequence[str]) -> None:
        """Handle what waited for these references, and what was held behind it, in order."""
        self._releasing.release(references)

    @property
    def inputs(self) -> list[str]:
        """The queues whose messages are handled here."""
        return topology.input_queues(self._name)

    def takes_from(self, queue: str) -> bool:
        """Tell whether messages of this queue are handled here."""
        return queue in self.inputs

    def retry(self, partition_key: str) -> int:
        """Handle a dossier's parked messages in order, up to the first that still fails; return how many."""
        return self._releasing.retry(partition_key)

    def _is_due(self, request: ResendRequest) -> bool:
        """Ask once for a gap, and again only when nothing came of it for a while."""
        key, now = (request.service, request.partition), monotonic()
        asked = self._asked.get(key)
        if asked and asked[0] == request.after and now - asked[1] < ASK_AGAIN_SECONDS:
            return False
        self._asked[key] = (request.after, now)
        return True

    def _one_at_a_time(self, opened: Sequence[Opened]) -> _FollowUp:
        follow_up = _FollowUp()
        for one in opened:
            try:
                result = self._unit.run(partial(self._handle_all, opened=[one]))
            except (*TRANSIENT, *CONFLICT):
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, one message must not stop the others
                result = self._unit.run(partial(self._handle_all, opened=[one], failed=why(error)))
                # What waits for reference data is no fault: it goes on by itself.
                level = logging.INFO if isinstance(error, NotYetKnownError) else logging.WARNING
                about = said("message-parked", problem=why(error).reason_class, **_subject(one.message))
                log.log(level, "parked %s: %s", one.delivery.message_id, error, extra=about)
            follow_up.add(result)
        return follow_up

    def _handle_all(self, tx: Transaction, opened: Sequence[Opened], failed: Why | None = None) -> _FollowUp:
        if self._epochs is None:
            self._epochs = read_epochs(tx)
        hearing = Hearing(tx, self._epochs)
        batch = self._sorted(tx, hearing, opened)
        wanted = [taken for taken in batch.fresh if self._consumer.wants(taken.message)]
        if failed is not None:
            for taken in wanted:
                self._park(tx, taken, failed)
        elif wanted:
            self._consumer.prepare(wanted)
            self._consumer.handle(wanted)
        if wanted:
            self._remember(tx, wanted)
        hearing.save()
        follow_up = self._follow_up(tx, batch, failed)
        for (service, partition), after in hearing.gaps.items():
            follow_up.requests[service, partition] = ResendRequest(service, self._name, partition, after)
        return follow_up

    def _follow_up(self, tx: Transaction, batch: _Sorted, failed: Why | None) -> _FollowUp:
        """Say what may go on now, also for what is repeated: the first time may have ended in a crash."""
        messages = [*batch.repeated, *(() if failed else (taken.message for taken in batch.fresh))]
        follow_up = _FollowUp(references=list(self._references(messages)))
        keys = {message.partitionkey or "" for message in batch.repeated}
        if failed and failed.waits_for:
            keys |= {taken.message.partitionkey or "" for taken in batch.fresh}
        if keys:
            follow_up.keys = self._parking.waiting_keys(tx, keys)
        return follow_up

    def _references(self, messages: Iterable[Message]) -> Iterable[str]:
        for message in messages:
            try:
                reference = self._consumer.reference_of(message)
            except (KeyError, TypeError, ValueError):  # one that was parked, for what is missing in it
                continue
            if reference and can_be_waited_for(reference):
                yield reference

    def _sorted(self, tx: Transaction, hearing: Hearing, opened: Sequence[Opened]) -> _Sorted:
        """Sort out what is to be handled; park what is malformed or held, leave aside what follows a gap."""
        messages = [one.message for one in opened if one.message]
        known = self._known(tx, messages)
        keys = {message.partitionkey for message in messages if message.partitionkey}
        held = self._parking.held_keys(tx, keys) if keys else set()
        batch = _Sorted()
        for one in opened:
            message = one.message
            if message is None:
                self._parking.park_unreadable(tx, one.delivery, one.reason, self._clock.now())
                continue
            if is_marker(message):
                hearing.place_marker(message)
                continue
            place = hearing.place(message)
            if place is Place.GAP:
                continue
            if place is Place.ELSEWHERE:
                reason = f"other-history: {message.source} {message.id} is not part of the log as it is"
                self._parking.park_unreadable(tx, one.delivery, reason, self._clock.now())
                continue
            identity = (message.source, message.id)
            if identity in known:
                batch.repeated.append(message)
                continue
            known.add(identity)
            taken = Taken(one.delivery, message)
            if message.partitionkey in held and self._consumer.wants(message):
                self._park(tx, taken, HELD_BEHIND)
                self._remember(tx, [taken])
            else:
                batch.fresh.append(taken)
        return batch

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

    def _park(self, tx: Transaction, taken: Taken, why: Why) -> None:
        if self._tracing:
            self._tracing.took(taken.message, parked=why.reason_class)
        self._parking.park(
            tx,
            taken.delivery,
            why,
            self._clock.now(),
            source=taken.message.source,
            message_id=taken.message.id,
            partition_key=taken.message.partitionkey or "",
        )


def _subject(message: Message | None) -> dict[str, str | None]:
    return {"dossier": message.rootid, "correlation": message.correlationid} if message else {}
