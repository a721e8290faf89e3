"""What a service does with messages: a table from message type to handler, or a consumer of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from shared.acts import SYSTEM, Act, Actor
from shared.clock import Clock, from_text
from shared.contracts import registry
from shared.contracts.envelope import Message
from shared.messaging.broker import Delivery

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
    only: Mapping[str, Callable[[Message], bool]] = field(default_factory=dict)
    """Of these types, the messages that matter: others cost no row of the inbox and no aggregate."""

    def wants(self, message: Message) -> bool:
        """Whether there is a handler for the type, and something to do."""
        matters = self.only.get(message.type)
        return message.type in self.handlers and (matters is None or matters(message))

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
