"""Publishing from the log: the event store is the outbox, nothing is ever committed and then published.

One process of a service at a time (an advisory lock elects it) reads its own log in order, publishes
in batches with confirms, and moves its position by compare-and-set after the confirm. A crash in
between publishes a batch twice; consumers expect that. The same loop answers requests to send again,
so that what is sent again and what is new come in order.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from shared import topology
from shared.clock import Clock, to_text
from shared.contracts.envelope import Message, schema_uri
from shared.contracts.registry import EVENTS
from shared.log import said
from shared.messaging.broker import Broker, Outgoing, Subscription
from shared.messaging.copying import ParkedCopies
from shared.messaging.electing import ElectedPublisher
from shared.messaging.epochs import Epochs
from shared.messaging.hearing import MARKER, ResendRequest, read_request
from shared.messaging.opening import headers_of
from shared.messaging.position_age import ASKED
from shared.messaging.traced import INTERNAL as INTERNAL
from shared.messaging.traced import Tracing, with_place
from shared.partitions import partition_of
from shared.persistence.database import Database
from shared.persistence.recorder import LogEntry, LogRecorder

log = logging.getLogger(__name__)

BATCH = 500

Translation = tuple[str, Callable[[Any], dict[str, Any]]]
"""The public message type of an event class, and the data it makes public."""


class Translator:
    """Turns stored events into public messages."""

    def __init__(
        self,
        epochs: Epochs,
        translations: Mapping[type[Any], Translation],
        to_event: Callable[[Any], Any],
        subject_kind: str = "dossier",
    ) -> None:
        self._epochs = epochs
        self._translations = translations
        self._to_event = to_event
        self._subject_kind = subject_kind
        self._internal: Translation = (f"lienthong.{epochs.service}.{INTERNAL}", lambda _event: {})

    @property
    def source(self) -> str:
        """The source of what is recorded now."""
        return self._epochs.source

    def message(self, entry: LogEntry) -> Message:
        """Return the public message of a log entry; the same one every time."""
        event = self._to_event(entry)
        message_type, data_of = self._translations.get(type(event), self._internal)
        act = event.act
        root = act["root"]
        return Message(
            id=str(entry.position),
            source=self._epochs.source_at(entry.position),
            type=message_type,
            subject=f"{self._subject_kind}/{root}",
            time=act["happened_at"],
            dataschema=_dataschema(message_type),
            data=data_of(event),
            receivedtime=act["received_at"],
            recordedtime=to_text(event.timestamp),
            rootid=root,
            legid=act.get("leg"),
            partitionkey=root,
            sourceposition=entry.position,
            previousposition=entry.previous_in_partition,
            correlationid=act.get("correlation") or root,
            causationid=act.get("causation"),
            digest=digest_of(entry),
            actorrole=act["role"],
            actorsubject=act["subject"],
            actoragency=act.get("agency"),
            historical=act.get("historical", False),
        )


def _dataschema(message_type: str) -> str:
    contract = EVENTS.get(message_type)
    # Only what never leaves its service is in no contract.
    return contract.dataschema if contract else schema_uri(message_type, 1)


def digest_of(entry: LogEntry) -> str:
    """Return the SHA-256 over the stored event: aggregate, version, topic and the exact bytes."""
    head = f"{entry.originator_id}|{entry.originator_version}|{entry.topic}|".encode()
    return hashlib.sha256(head + entry.state).hexdigest()


class LogPublisher(ElectedPublisher):
    """The one publisher of a service's log, and of the copies of what the service parked."""

    def __init__(
        self,
        service: str,
        database: Database,
        recorder: LogRecorder,
        translator: Translator,
        broker: Broker,
        clock: Clock,
        tracing: Tracing | None = None,
    ) -> None:
        super().__init__(service, database, broker)
        self._recorder = recorder
        self._translator = translator
        self._clock = clock
        self._copies = ParkedCopies(service, database)
        self._tracing = tracing
        self._requests: Subscription | None = None

    def _work(self) -> bool:
        answered = self._answer_requests()
        published = self._publish_next()
        return self._copies.send_new(self._send) or answered or published

    def _disconnect(self) -> None:
        requests, self._requests = self._requests, None
        if requests:
            requests.close()
        super()._disconnect()

    def _publish_next(self) -> bool:
        position = self._position()
        entries = self._recorder.read_log(position, BATCH)
        if not entries:
            return False
        messages = [self._translator.message(entry) for entry in entries]
        self._send([self._event(message) for message in messages])
        self._move(position, entries[-1].position)
        if self._tracing:
            for message in messages:
                self._tracing.sent(message)
        return len(entries) == BATCH

    def _event(self, message: Message) -> Outgoing:
        partition = partition_of(message.partitionkey or "")
        headers = headers_of(message)
        return Outgoing(
            exchange=topology.EVENTS,
            routing_key=message.type.removeprefix("lienthong."),
            body=message.to_bytes(),
            message_id=message.id,
            headers={
                **(with_place(headers, message) if self._tracing else headers),
                "partition": str(partition),
            },
        )

    def _position(self) -> int:
        with self._database.transaction() as tx:
            return int(tx.execute("SELECT position FROM published")[0][0])

    def _move(self, old: int, new: int) -> None:
        with self._database.transaction() as tx:
            moved = tx.execute(
                "UPDATE published SET position = :new WHERE position = :old RETURNING position",
                {"old": old, "new": new},
            )
        if not moved:
            log.warning(
                "%s: another publisher moved the position from %d",
                self._service,
                old,
                extra=said("position-moved"),
            )
            self._resign()

    def _answer_requests(self) -> bool:
        if self._requests is None:
            self._requests = self._broker.subscribe([topology.resend_queue(self._service)], prefetch=50)
        deliveries = self._requests.take(50, 0)
        for delivery in deliveries:
            request = read_request(self._service, delivery.body)
            if request is None:
                log.warning(
                    "%s: passed over a malformed resend request",
                    self._service,
                    extra=said("resend-malformed"),
                )
            else:
                self._answer(request)
        if deliveries:
            self._requests.ack(deliveries)
        return bool(deliveries)

    def _answer(self, request: ResendRequest) -> None:
        queue = topology.input_queue(request.consumer, request.partition)
        published = self._position()
        if request.after is not None:
            self._send_again(queue, request.partition, request.after, published)
        else:
            self._send([self._marker(queue, request, published)])

    def _send_again(self, queue: str, partition: int, after: int, published: int) -> None:
        log.info(
            "%s: sending partition %d after %d again to %s",
            self._service,
            partition,
            after,
            queue,
            extra=said("sent-again"),
        )
        while True:
            entries = [
                entry
                for entry in self._recorder.read_partition(partition, after, BATCH)
                if entry.position <= published
            ]
            if not entries:
                return
            outgoing = [self._event(self._translator.message(entry)) for entry in entries]
            self._send(
                [Outgoing("", queue, one.body, one.message_id, one.headers) for one in outgoing],
            )
            after = entries[-1].position

    def _marker(self, queue: str, request: ResendRequest, published: int) -> Outgoing:
        """Tell a consumer how far this partition has been published."""
        partition = request.partition
        last = self._recorder.last_in_partition(partition, published)
        message = Message(
            id=f"{MARKER}/{partition}/{last}",
            source=self._translator.source,
            type=f"lienthong.{self._service}.{MARKER}",
            subject=f"log/{partition}",
            time=to_text(self._clock.now()),
            dataschema=f"urn:lienthong:{self._service}:{MARKER}:1",
            data={"partition": partition, ASKED: request.asked},
            previousposition=last,
        )
        return Outgoing("", queue, message.to_bytes(), message.id)


def to_event_with(mapper: Any) -> Callable[[LogEntry], Any]:
    """Return a function from log entries to events, by the application's own mapper."""

    def to_event(entry: LogEntry) -> Any:
        return mapper.to_domain_event(entry.stored_event())

    return to_event
