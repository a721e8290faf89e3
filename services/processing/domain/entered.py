"""Figures that no dossier yields: entered per unit and period with evidence, checked, locked. Topics are durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from services.processing.problems import (
    BEFORE_THE_FIGURE,
    FIGURE_CHECKED,
    FIGURE_CHECKED_BY_ITS_AUTHOR,
    FIGURE_ENTERED,
    FIGURE_LOCKED,
    FIGURE_NOT_CHECKED,
)
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate

ENTERED, CHECKED, LOCKED = "entered", "checked", "locked"


class Matter(NamedTuple):
    """What an entered figure is of: which figure, whose, from which day to which."""

    figure: str
    """As sets of rules name it."""
    agency: str
    first: str
    """A date in Viet Nam, YYYY-MM-DD, like `last`; both days count."""
    last: str

    @property
    def key(self) -> UUID:
        """The aggregate id."""
        return uuid5(NAMESPACE_URL, f"urn:lienthong:processing:entered/{'/'.join(self)}")


class Said(NamedTuple):
    """How many there are, and what proves it."""

    value: int
    evidence: str
    """The number or digest of a document."""


class EnteredFigure(Aggregate):
    """One figure of one unit and period; every version keeps its evidence."""

    TOPIC: ClassVar[str] = "processing.entered"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        matter: Matter
        said: Said
        revision: int
        """Which version it is, from 1."""
        state: str
        author: str
        """Who said it last."""
        changed_at: str

    class Event(Aggregate.Event):
        """Base of an entered figure's events: each says the whole figure as it leaves it."""

        TOPIC: ClassVar[str] = "processing.entered.event"
        matter: list[str]
        said: list[Any]
        revision: int
        STATE: ClassVar[str] = ENTERED

        def apply(self, aggregate: EnteredFigure) -> None:
            """Assign."""
            aggregate.state = self.STATE
            aggregate.changed_at = self.act["happened_at"]

    class Entered(Event, Aggregate.Created):
        """The figure is said for the first time."""

        TOPIC: ClassVar[str] = "processing.entered.entered"
        matter: list[str]
        said: list[Any]
        revision: int
        by: str

        def apply(self, aggregate: EnteredFigure) -> None:
            """Assign."""
            aggregate.matter = Matter(*self.matter)
            aggregate.said = Said(*self.said)
            aggregate.revision = self.revision
            aggregate.author = self.by
            aggregate.state = self.STATE
            aggregate.changed_at = self.act["happened_at"]

    class Corrected(Event):
        """Another value takes its place, for a reason; it has to be checked anew."""

        TOPIC: ClassVar[str] = "processing.entered.corrected"
        by: str
        reason: str

        def apply(self, aggregate: EnteredFigure) -> None:
            """Assign."""
            aggregate.said = Said(*self.said)
            aggregate.revision = self.revision
            aggregate.author = self.by
            aggregate.state = self.STATE
            aggregate.changed_at = self.act["happened_at"]

    class Checked(Event):
        """Somebody else has compared it with its evidence."""

        TOPIC: ClassVar[str] = "processing.entered.checked"
        STATE: ClassVar[str] = CHECKED

    class Locked(Event):
        """Only an administrator may correct it from now on."""

        TOPIC: ClassVar[str] = "processing.entered.locked"
        STATE: ClassVar[str] = LOCKED

    @classmethod
    def enter(cls, matter: Matter, said: Said, act: Act) -> EnteredFigure:
        """Say it for the first time."""
        act = act.on(root=matter.key)
        fields = {"matter": list(matter), "said": list(said), "revision": 1, "by": act.actor.subject}
        return cls.begin(cls.Entered, matter.key, act, **fields)

    def enter_again(self, said: Said) -> None:
        """Take the same once more. Raises RefusedError `figure-already-entered` for anything else: that is a correction."""
        if said != self.said:
            raise RefusedError(
                FIGURE_ENTERED,
                figure=self.matter.figure,
                agency=self.matter.agency,
                first=self.matter.first,
                last=self.matter.last,
            )

    def check(self, act: Act) -> None:
        """Confirm it. Raises RefusedError: checked or locked already, by who said it, before it was said."""
        self._check_time(act)
        if self.state != ENTERED:
            raise RefusedError(
                FIGURE_CHECKED,
                figure=self.matter.figure,
                agency=self.matter.agency,
                first=self.matter.first,
                last=self.matter.last,
            )
        if act.actor.subject == self.author:
            raise RefusedError(
                FIGURE_CHECKED_BY_ITS_AUTHOR,
                figure=self.matter.figure,
                agency=self.matter.agency,
                first=self.matter.first,
                last=self.matter.last,
            )
        self._record(self.Checked, act)

    def lock(self, act: Act) -> None:
        """Close it. Raises RefusedError: locked already, not checked."""
        self._check_time(act)
        if self.state == LOCKED:
            raise RefusedError(
                FIGURE_LOCKED,
                figure=self.matter.figure,
                agency=self.matter.agency,
                first=self.matter.first,
                last=self.matter.last,
            )
        if self.state != CHECKED:
            raise RefusedError(
                FIGURE_NOT_CHECKED,
                figure=self.matter.figure,
                agency=self.matter.agency,
                first=self.matter.first,
                last=self.matter.last,
            )
        self._record(self.Locked, act)

    def correct(self, said: Said, reason: str, act: Act, *, unlocks: bool) -> None:
        """Replace it by a new version; `unlocks`: even if it is locked. The same value and evidence change nothing.

        Raises RefusedError: locked, before it was said.
        """
        self._check_time(act)
        if self.state == LOCKED and not unlocks:
            raise RefusedError(
                FIGURE_LOCKED,
                figure=self.matter.figure,
                agency=self.matter.agency,
                first=self.matter.first,
                last=self.matter.last,
            )
        if said != self.said:
            fields = {"said": list(said), "revision": self.revision + 1}
            self._record(self.Corrected, act, **fields, by=act.actor.subject, reason=reason)

    def standing(self) -> dict[str, Any]:
        """Return how it stands, for people."""
        named = {**self.matter._asdict(), **self.said._asdict()}
        return {**named, "version": self.revision, "state": self.state, "entered_by": self.author}

    def _record(self, event: type[Any], act: Act, **fields: Any) -> None:
        whole = {"matter": list(self.matter), "said": list(self.said), "revision": self.revision}
        self.record(event, act.on(root=self.id), **{**whole, **fields})

    def _check_time(self, act: Act) -> None:
        if to_text(act.happened_at) < self.changed_at:
            raise RefusedError(BEFORE_THE_FIGURE, asserted=to_text(act.happened_at), at=self.changed_at)
