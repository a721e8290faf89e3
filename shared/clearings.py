"""That an operator had parked messages set aside which belong to no dossier: an event of its own.

Whoever sends what is no message of ours fills the parking table, and nothing ever mends it. Such a lot is
set aside by whom it came from, at once; it stays for the record. Messages of a dossier are never set aside
here: what comes after them would be built on a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from shared.acts import Act
from shared.event_sourcing import Aggregate, Application


class Clearing(Aggregate):
    """One order to set aside what one source sent, up to a parked message's number."""

    TOPIC: ClassVar[str] = "clearing"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        source: str

    class Event(Aggregate.Event):
        """Base of a clearing's one event."""

        TOPIC: ClassVar[str] = "clearing.event"

    class Ordered(Event, Aggregate.Created):
        """Whom the act names had what lies parked of this source, up to this number, set aside."""

        TOPIC: ClassVar[str] = "clearing.ordered"
        source: str
        upto: int
        messages: int
        reason: str

        def apply(self, aggregate: Clearing) -> None:
            """Assign."""
            aggregate.source = self.source


def record_clearing(
    application: Application, source: str, upto: int, messages: int, reason: str, act: Act
) -> None:
    """Record, inside a unit of work, that so many messages are set aside."""
    application.add(
        Clearing.begin(
            Clearing.Ordered, uuid4(), act, source=source, upto=upto, messages=messages, reason=reason
        )
    )
