"""An act on a leg that the rules refused: nothing came of it, but that it was tried is part of the dossier's history."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.acts import Act
from shared.event_sourcing import Aggregate


class RefusedAct(Aggregate):
    """One attempt, known by what caused it: the same command refused twice is one attempt."""

    TOPIC: ClassVar[str] = "processing.refused-act"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        code: str

    class Event(Aggregate.Event):
        """Base of its one event."""

        TOPIC: ClassVar[str] = "processing.refused-act.event"

    class Recorded(Event, Aggregate.Created):
        """Somebody of an agency tried it, and why it was not to be."""

        TOPIC: ClassVar[str] = "processing.refused-act.recorded"
        agency: str
        command: str
        code: str

        def apply(self, aggregate: RefusedAct) -> None:
            """Assign."""
            aggregate.code = self.code

    @staticmethod
    def key(causation: str) -> UUID:
        """Return the id of the attempt that a command was."""
        return uuid5(NAMESPACE_URL, f"{causation}/refused")

    @classmethod
    def of(cls, key: UUID, command: str, code: str, act: Act) -> Self:
        """Record the attempt of the act's agency on the act's leg."""
        return cls.begin(cls.Recorded, key, act, agency=act.actor.agency, command=command, code=code)
