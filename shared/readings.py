"""That somebody read what a dossier's papers or history say: an event of its own, sealed like any other.

An event that nobody is told of. It is durable before the reader gets an answer, so no crash hides a
reading; readers who come at once share a commit. Each is an aggregate of one event: readings never
meet in a version, and nothing has to be loaded to record one.

Legal source: Decree 13/2023/NĐ-CP, article 38: who controls personal data keeps a log of its processing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from shared.acts import Act, Actor
from shared.clock import Clock
from shared.event_sourcing import Aggregate, Application

EVERYTHING = UUID(int=0)
"""Stands for the dossier where somebody reads the ledger of all of them."""
SPELL = timedelta(hours=1)


class Reading(Aggregate):
    """One look at a dossier, through a door."""

    TOPIC: ClassVar[str] = "reading"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        door: str

    class Event(Aggregate.Event):
        """Base of a reading's one event."""

        TOPIC: ClassVar[str] = "reading.event"

    class Recorded(Event, Aggregate.Created):
        """Whom the act names saw what lies behind the door; its root is the dossier."""

        TOPIC: ClassVar[str] = "reading.recorded"
        door: str

        def apply(self, aggregate: Reading) -> None:
            """Assign."""
            aggregate.door = self.door


def record_reading(application: Application, clock: Clock, actor: Actor, dossier: UUID, door: str) -> None:
    """Record, inside a unit of work, that the actor reads the dossier through a door now."""
    now = clock.now()
    act = Act(actor, now, now, now, root=dossier)
    application.add(Reading.begin(Reading.Recorded, uuid4(), act, door=door))


class Spells:
    """Who reads page after page: it is recorded when a spell of reading begins, not for each page.

    Were each page recorded in the ledger that is being read, its reader would never come to its end.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun: dict[str, datetime] = {}

    def begins(self, actor: Actor) -> bool:
        """Say whether the actor has not been reading within this spell's length."""
        now = self._clock.now()
        if now - self._begun.get(actor.principal, now - SPELL) < SPELL:
            return False
        self._begun[actor.principal] = now
        return True
