"""That an operator had parked messages of a dossier tried again: an event of its own, sealed like any other.

An event that nobody is told of: who, why, which. Each is an aggregate of one event, so retrials never
meet in a version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from shared.acts import Act
from shared.event_sourcing import Aggregate, Application


class Retrial(Aggregate):
    """One order to try parked messages again."""

    TOPIC: ClassVar[str] = "retrial"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        parked: int

    class Event(Aggregate.Event):
        """Base of a retrial's one event."""

        TOPIC: ClassVar[str] = "retrial.event"

    class Ordered(Event, Aggregate.Created):
        """Whom the act names had what lies parked under this number, and behind it, tried again."""

        TOPIC: ClassVar[str] = "retrial.ordered"
        parked: int
        message: str
        reason: str

        def apply(self, aggregate: Retrial) -> None:
            """Assign."""
            aggregate.parked = self.parked


def record_retrial(application: Application, parked: int, message: str, reason: str, act: Act) -> None:
    """Record, inside a unit of work, that parked messages are tried again."""
    application.add(
        Retrial.begin(Retrial.Ordered, uuid4(), act, parked=parked, message=message, reason=reason)
    )
