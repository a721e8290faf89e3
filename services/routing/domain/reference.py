"""Agencies and electronic processes: what itineraries are planned from. Topics are durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.acts import Act
from shared.event_sourcing import Aggregate

_REFERENCE = uuid5(NAMESPACE_URL, "urn:lienthong:routing")


def agency_key(agency: str) -> UUID:
    """Return the aggregate id of an agency."""
    return uuid5(_REFERENCE, f"agency/{agency}")


def process_key(process: str) -> UUID:
    """Return the aggregate id of a process."""
    return uuid5(_REFERENCE, f"process/{process}")


class Agency(Aggregate):
    """An agency, as the register describes it."""

    TOPIC: ClassVar[str] = "routing.agency"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        facts: dict[str, Any]

    class Event(Aggregate.Event):
        """Base of the agency's events."""

        TOPIC: ClassVar[str] = "routing.agency.event"

    class Registered(Event, Aggregate.Created):
        """The agency came into the register."""

        TOPIC: ClassVar[str] = "routing.agency.registered"
        facts: dict[str, Any]

        def apply(self, aggregate: Agency) -> None:
            """Assign."""
            aggregate.facts = self.facts

    class Described(Event):
        """What the register says of the agency changed."""

        TOPIC: ClassVar[str] = "routing.agency.described"
        facts: dict[str, Any]

        def apply(self, aggregate: Agency) -> None:
            """Assign."""
            aggregate.facts = self.facts

    @classmethod
    def register(cls, facts: dict[str, Any], act: Act) -> Agency:
        """Register a new agency."""
        return cls.begin(cls.Registered, agency_key(facts["agency"]), act, facts=facts)

    def describe(self, facts: dict[str, Any], act: Act) -> None:
        """Record what changed; nothing when nothing did."""
        if facts != self.facts:
            self.record(self.Described, act, facts=facts)


class Process(Aggregate):
    """An electronic process with its versions."""

    TOPIC: ClassVar[str] = "routing.process"

    if TYPE_CHECKING:
        definition: dict[str, Any]

    class Event(Aggregate.Event):
        """Base of the process's events."""

        TOPIC: ClassVar[str] = "routing.process.event"

    class Published(Event, Aggregate.Created):
        """The first version came."""

        TOPIC: ClassVar[str] = "routing.process.published"
        definition: dict[str, Any]

        def apply(self, aggregate: Process) -> None:
            """Assign."""
            aggregate.definition = self.definition

    class Revised(Event):
        """A further version came."""

        TOPIC: ClassVar[str] = "routing.process.revised"
        definition: dict[str, Any]

        def apply(self, aggregate: Process) -> None:
            """Assign."""
            aggregate.definition = self.definition

    @classmethod
    def publish(cls, definition: dict[str, Any], act: Act) -> Process:
        """Publish a process's first version."""
        return cls.begin(cls.Published, process_key(definition["process"]), act, definition=definition)

    def revise(self, definition: dict[str, Any], act: Act) -> None:
        """Publish a further version; nothing when it is the one that is there."""
        if definition != self.definition:
            self.record(self.Revised, act, definition=definition)
