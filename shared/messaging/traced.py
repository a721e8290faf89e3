"""What a service does, as spans: told once it is done for good, that is committed or confirmed.

Only made where somebody collects traces; else nothing of this runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared import tracing
from shared.clock import Clock, from_text
from shared.contracts.envelope import Message, from_bytes
from shared.messaging.handlers import Consumer, Taken
from shared.persistence.database import Transaction
from shared.tracing import CORRELATION, HEADER, PROBLEM, Kind, Place, Span, Tracer

INTERNAL = "internal-event"
"""Last part of the type that stands for events with no public message: their digest travels alone."""
LETTER = "letter"
"""Stands for the source of what goes to agencies: its ids are nobody else's, in whichever epoch."""
MOST_REMEMBERED = 5_000
"""Requests whose answer was not seen yet."""
_REQUEST = "/http/"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a request recorded: in which trace, about which dossier."""

    trace: int
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was answered."""

    door: str
    keys: Sequence[str]
    principal: str
    began: datetime
    refused: Sequence[str] = ()
    traceparent: str | None = None


class Tracing:
    """Gathers the spans of a unit of work, as its collaborator, and records them once it is committed."""

    def __init__(self, service: str, tracer: Tracer, clock: Clock) -> None:
        self._service = service
        self._tracer = tracer
        self._clock = clock
        self._began: datetime | None = None
        self._gathered: list[Span] = []
        self._recorded: dict[str, Recorded] = {}
        self._requests: dict[str, Recorded] = {}
        self._saved = False

    def begins(self) -> None:
        """Note that the unit's work begins."""
        self._began = self._began or self._clock.now()

    def flush(self, tx: Transaction) -> None:  # noqa: ARG002
        """Note that the unit did all its work."""
        self._saved = True

    def clear(self) -> None:
        """Record what was gathered, unless the unit came to nothing; then forget it."""
        if self._saved:
            now = self._clock.now()
            self._tracer.record([replace(span, ended=now) for span in self._gathered])
            self._requests |= self._recorded
            while len(self._requests) > MOST_REMEMBERED:
                del self._requests[next(iter(self._requests))]
        self._began, self._saved = None, False
        self._gathered, self._recorded = [], {}

    def saves(self, events: Sequence[Any]) -> None:
        """Note which requests recorded events, and about what."""
        for event in events:
            act = event.act
            cause = act.get("causation") or ""
            if cause.startswith(_REQUEST) and tracing.parent_of(self._service, cause):
                correlation = act.get("correlation") or act["root"]
                attributes = tracing.about(
                    act["root"], getattr(event, "code", None), **{CORRELATION: correlation}
                )
                known = self._recorded.get(cause)
                self._recorded[cause] = Recorded(
                    tracing.trace_of(correlation), {**(known.attributes if known else {}), **attributes}
                )

    def took(self, message: Message, parked: str = "") -> None:
        """Note that a message was handled, or parked for a class of reasons."""
        if message.type.endswith(INTERNAL):
            return
        cause = f"{message.source}/{message.id}"
        span = tracing.handled(self._service, f"{cause}#parked" if parked else cause)
        self._gather(
            f"process {message.type}",
            Place(trace_of(message), span),
            place_of(message).span,
            {**_about(message), **({PROBLEM: parked} if parked else {})},
            failed=bool(parked),
        )

    def commanded(
        self, message: Message, cause: str, root: str | None, header: object, refused: str = ""
    ) -> None:
        """Note that a command of an agency was carried out, or refused with a code.

        Its parent is what the agency's system says, or the hand-over that it answers.
        """
        theirs = tracing.read_traceparent(header)
        trace = tracing.trace_of(root) if root else theirs.trace if theirs else tracing.trace_of(cause)
        parent = _hand_over(message) if root else None
        same = theirs is not None and theirs.trace == trace
        if theirs and same:
            parent = theirs.span
        self._gather(
            f"process {message.type}",
            Place(trace, tracing.handled(self._service, cause)),
            parent,
            tracing.about(root, None, **{CORRELATION: root, PROBLEM: refused}),
            failed=bool(refused),
            link=None if same else theirs,
        )

    def sent(self, message: Message, attempt: int = 1, *, again: str = "", **more: str) -> None:
        """Record that a message was sent, and confirmed by the broker; `again` names a replay."""
        if message.type.endswith(INTERNAL) or not message.rootid:
            return
        place, parent = place_of(message), tracing.parent_of(self._service, message.causationid)
        name, began = f"publish {message.type}", from_text(message.recordedtime or message.time)
        if attempt > 1 or again:
            parent = place.span
            place = Place(place.trace, tracing.sent(LETTER, f"{message.id}#{again or attempt}"))
            name, began = f"publish {message.type} again", self._clock.now()
        attributes = {**_about(message), **more}
        self._tracer.record([Span(name, Kind.PRODUCER, place, parent, began, self._clock.now(), attributes)])

    def answered(self, asked: Asked) -> None:
        """Record a request by what it recorded: a batch in as many traces as it has lines about dossiers."""
        spans = []
        for key in asked.keys:
            cause = f"{_REQUEST}{asked.principal}/{key}"
            recorded = self._requests.pop(cause, None)
            if recorded:
                spans.append(self._request(asked, cause, recorded))
        for number, code in enumerate(asked.refused):
            cause = f"{asked.door}/{asked.began}/{number}/{id(asked)}"
            refused = Recorded(tracing.trace_of(cause), {PROBLEM: code})
            spans.append(replace(self._request(asked, cause, refused), failed=True))
        self._tracer.record(spans)

    def _request(self, asked: Asked, cause: str, recorded: Recorded) -> Span:
        return Span(
            asked.door,
            Kind.SERVER,
            Place(recorded.trace, tracing.handled(self._service, cause)),
            None,
            asked.began,
            self._clock.now(),
            recorded.attributes,
            link=tracing.read_traceparent(asked.traceparent),
        )

    def over(self, consumer: Consumer) -> Consumer:
        """Return the consumer, with what it handles noted."""
        return _Traced(consumer, self)

    def _gather(
        self,
        name: str,
        place: Place,
        parent: int | None,
        attributes: dict[str, str],
        *,
        failed: bool,
        link: Place | None = None,
    ) -> None:
        self.begins()
        began = self._began or self._clock.now()
        self._gathered.append(
            Span(name, Kind.CONSUMER, place, parent, began, began, attributes, failed, link)
        )


@dataclass(slots=True)
class _Traced:
    """A consumer whose handled messages become spans."""

    consumer: Consumer
    tracing: Tracing

    def wants(self, message: Message) -> bool:
        """Whether the message concerns this service at all."""
        return self.consumer.wants(message)

    def prepare(self, batch: Sequence[Taken]) -> None:
        """Load in bulk what the batch will need."""
        self.tracing.begins()
        self.consumer.prepare(batch)

    def handle(self, batch: Sequence[Taken]) -> None:
        """Handle the batch, and note it."""
        self.consumer.handle(batch)
        for taken in batch:
            self.tracing.took(taken.message)

    def reference_of(self, message: Message) -> str | None:
        """Name the reference data that the message brings."""
        return self.consumer.reference_of(message)


def place_of(message: Message) -> Place:
    """Return the span in which a message was sent."""
    source = LETTER if message.sourceposition is None else message.source
    return Place(trace_of(message), tracing.sent(source, message.id))


def trace_of(message: Message) -> int:
    """Return the trace that a message belongs to."""
    return tracing.trace_of(message.correlationid or message.rootid or message.id)


def with_place(headers: dict[str, str], message: Message) -> dict[str, str]:
    """Return a message's headers with its place among the traces."""
    return {**headers, HEADER: place_of(message).traceparent()}


def placed(body: bytes) -> bytes:
    """Return a message with its place among the traces in itself, for a way on which no header goes along."""
    message = from_bytes(body)
    message.traceparent = place_of(message).traceparent()
    return message.to_bytes()


def _about(message: Message) -> dict[str, str]:
    return tracing.about(message.rootid, message.data.get("code"), **{CORRELATION: message.correlationid})


def _hand_over(message: Message) -> int | None:
    """Return the span of the hand-over that a command names as its cause."""
    cause = (message.causationid or "").rpartition("/")[2]
    return tracing.sent(LETTER, cause) if cause else None
