"""How an agency's own system is served, and what operators do about it. Topics are durable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.acts import Act
from shared.event_sourcing import Aggregate

PUSHED = "queue"
PULLED = "pull"
WAYS = (PUSHED, PULLED)

LARGEST_WINDOW = 100_000
LARGEST_RATE = 10_000
MOST_TRIES = 10_000


@dataclass(frozen=True, slots=True)
class Way:
    """How an agency gets its messages."""

    way: str = PUSHED
    """`queue`: they are put onto its queue; `pull`: it asks for them over HTTP."""
    window: int = 1000
    """The most unanswered hand-overs that lie before it: what comes back after a month comes in order."""
    rate: int = 1000
    """The most messages a second that are put onto its queue."""
    tries: int = 24
    """How often a hand-over is left unanswered, while others are answered, before it is parked: about a day."""


def serving_key(agency: str) -> UUID:
    """Return the aggregate id of how an agency is served."""
    return uuid5(NAMESPACE_URL, f"urn:lienthong:processing:serving/{agency}")


class Serving(Aggregate):
    """One agency's settings, and every act of an operator on its hand-overs: who, why, what."""

    TOPIC: ClassVar[str] = "processing.serving"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        agency: str
        settings: dict[str, Any]

    class Event(Aggregate.Event):
        """Base of the events."""

        TOPIC: ClassVar[str] = "processing.serving.event"

    class Begun(Event, Aggregate.Created):
        """Something was decided about the agency for the first time."""

        TOPIC: ClassVar[str] = "processing.serving.begun"
        agency: str

        def apply(self, aggregate: Serving) -> None:
            """Assign."""
            aggregate.agency = self.agency
            aggregate.settings = {}

    class Settled(Event):
        """The agency gets its messages so."""

        TOPIC: ClassVar[str] = "processing.serving.settled"
        settings: dict[str, Any]
        reason: str

        def apply(self, aggregate: Serving) -> None:
            """Assign."""
            aggregate.settings = self.settings

    class Retried(Event):
        """A parked hand-over goes to the agency again."""

        TOPIC: ClassVar[str] = "processing.serving.retried"
        message: str
        reason: str

        def apply(self, aggregate: Serving) -> None:
            """Nothing to assign: the ledger has it."""

    class SetAside(Event):
        """A parked hand-over was settled by hand: the agency gets it no more, what waited behind it goes on."""

        TOPIC: ClassVar[str] = "processing.serving.set-aside"
        message: str
        reason: str

        def apply(self, aggregate: Serving) -> None:
            """Nothing to assign: the ledger has it."""

    class Resumed(Event):
        """Somebody has seen to the agency's queue: it is tried again at once."""

        TOPIC: ClassVar[str] = "processing.serving.resumed"
        reason: str

        def apply(self, aggregate: Serving) -> None:
            """Nothing to assign: the ledger has it."""

    @classmethod
    def of(cls, agency: str, act: Act) -> Serving:
        """Begin for an agency."""
        key = serving_key(agency)
        return cls.begin(cls.Begun, key, act.on(root=key), agency=agency)

    def settle(self, way: Way, reason: str, act: Act) -> bool:
        """Serve the agency so; return whether that was news."""
        settings = asdict(way)
        if settings == self.settings:
            return False
        self.record(self.Settled, act, settings=settings, reason=reason)
        return True

    def retry(self, message: str, reason: str, act: Act) -> None:
        """Note that a parked hand-over is sent again."""
        self.record(self.Retried, act, message=message, reason=reason)

    def set_aside(self, message: str, reason: str, act: Act) -> None:
        """Note that a parked hand-over was settled by hand."""
        self.record(self.SetAside, act, message=message, reason=reason)

    def resume(self, reason: str, act: Act) -> None:
        """Note that a pause was ended by hand."""
        self.record(self.Resumed, act, reason=reason)
