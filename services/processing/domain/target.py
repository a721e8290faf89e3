"""What a figure is to reach in a year: set by decision, changed by a later one. Topics are durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.acts import Act
from shared.event_sourcing import Aggregate


class Aim(NamedTuple):
    """What a target is about: which indicator, of whom, in which year."""

    indicator: str
    scope: str
    """`province`, `level` or `agency`."""
    of: str | None
    """The level or the agency."""
    year: int

    @property
    def key(self) -> UUID:
        """The aggregate id of its target."""
        words = f"{self.indicator}/{self.scope}/{self.of or ''}/{self.year}"
        return uuid5(NAMESPACE_URL, f"urn:lienthong:processing:target/{words}")


class Mark(NamedTuple):
    """What is to be reached, by when, and by whose decision."""

    percent: str
    """A decimal number from 0 to 100."""
    reach_by: str
    """A date in Viet Nam, YYYY-MM-DD."""
    basis: str


class Target(Aggregate):
    """One figure's target; whoever reads it later sees every version with its basis."""

    TOPIC: ClassVar[str] = "processing.target"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        aim: Aim
        mark: Mark
        revision: int
        """Which decision on it this is, from 1."""

    class Event(Aggregate.Event):
        """Base of a target's events."""

        TOPIC: ClassVar[str] = "processing.target.event"

    class Set(Event, Aggregate.Created):
        """The figure gets a target."""

        TOPIC: ClassVar[str] = "processing.target.set"
        aim: list[Any]
        mark: list[str]
        revision: int

        def apply(self, aggregate: Target) -> None:
            """Assign."""
            aggregate.aim = Aim(*self.aim)
            aggregate.mark = Mark(*self.mark)
            aggregate.revision = self.revision

    class Changed(Event):
        """A later decision changes what is to be reached."""

        TOPIC: ClassVar[str] = "processing.target.changed"
        aim: list[Any]
        mark: list[str]
        revision: int

        def apply(self, aggregate: Target) -> None:
            """Assign."""
            aggregate.mark = Mark(*self.mark)
            aggregate.revision = self.revision

    @classmethod
    def set(cls, aim: Aim, mark: Mark, act: Act) -> Target:
        """Set the first target of a figure."""
        return cls.begin(cls.Set, aim.key, act.on(root=aim.key), aim=list(aim), mark=list(mark), revision=1)

    def change(self, mark: Mark, act: Act) -> None:
        """Replace what is to be reached; the same again changes nothing."""
        if mark != self.mark:
            act, revision = act.on(root=self.id), self.revision + 1
            self.record(self.Changed, act, aim=list(self.aim), mark=list(mark), revision=revision)

    def standing(self) -> dict[str, Any]:
        """Return how it stands, for people."""
        return {**self.aim._asdict(), **self.mark._asdict(), "version": self.revision}
