"""The read model as something with a history of its own: which version was built, and when it went live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.acts import Act
from shared.event_sourcing import Aggregate

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:lienthong:statistics")


def read_model_key(name: str) -> UUID:
    """Return the aggregate id of a read model."""
    return uuid5(_NAMESPACE, f"read-model/{name}")


class ReadModel(Aggregate):
    """A set of tables that is built from the ledger, and built again under a higher version."""

    TOPIC: ClassVar[str] = "statistics.read-model"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        name: str
        live_version: int
        last_version: int
        """The highest version that was ever begun."""

    class Event(Aggregate.Event):
        """Base of the read model's events."""

        TOPIC: ClassVar[str] = "statistics.read-model.event"

    class Defined(Event, Aggregate.Created):
        """The first version was set up, empty and live."""

        TOPIC: ClassVar[str] = "statistics.read-model.defined"
        name: str

        def apply(self, aggregate: ReadModel) -> None:
            """Assign."""
            aggregate.name = self.name
            aggregate.live_version = 1
            aggregate.last_version = 1

    class RebuildStarted(Event):
        """A further version is being built from the ledger."""

        TOPIC: ClassVar[str] = "statistics.read-model.rebuild-started"
        version: int

        def apply(self, aggregate: ReadModel) -> None:
            """Assign."""
            aggregate.last_version = self.version

    class Swapped(Event):
        """Readers see another version from here on. `differing` rows were not as they had been live."""

        TOPIC: ClassVar[str] = "statistics.read-model.swapped"
        version: int
        ledger_sequence: int
        digest: str
        """SHA-256 of the canonical dump of the new version, as hexadecimal text."""
        previous_digest: str | None
        differing: int | None

        def apply(self, aggregate: ReadModel) -> None:
            """Assign."""
            aggregate.live_version = self.version

    class ScratchBuilt(Event):
        """The tables were built beside the live ones as of a moment, for somebody's questions."""

        TOPIC: ClassVar[str] = "statistics.read-model.scratch-built"
        scratch: str
        reason: str
        as_of: str
        ledger_sequence: int
        digest: str

        def apply(self, aggregate: ReadModel) -> None:
            """Nothing to assign: the live version stays."""

    class ScratchDropped(Event):
        """Tables that were built for somebody's questions are gone."""

        TOPIC: ClassVar[str] = "statistics.read-model.scratch-dropped"
        scratch: str
        reason: str

        def apply(self, aggregate: ReadModel) -> None:
            """Nothing to assign: the live version stays."""

    @classmethod
    def define(cls, name: str, act: Act) -> ReadModel:
        """Set up version 1."""
        key = read_model_key(name)
        return cls.begin(cls.Defined, key, act.on(root=key), name=name)

    def start_rebuild(self, act: Act) -> int:
        """Begin a further version and return its number; a version that was never finished is left behind."""
        version = self.last_version + 1
        self.record(self.RebuildStarted, act.on(root=self.id), version=version)
        return version

    def swap(
        self,
        act: Act,
        *,
        version: int,
        ledger_sequence: int,
        digest: str,
        previous_digest: str | None,
        differing: int | None,
    ) -> None:
        """Make `version` the live one, as of a position in the ledger."""
        self.record(
            self.Swapped,
            act.on(root=self.id),
            version=version,
            ledger_sequence=ledger_sequence,
            digest=digest,
            previous_digest=previous_digest,
            differing=differing,
        )

    def note_scratch(
        self, act: Act, scratch: str, reason: str, *, as_of: str, ledger_sequence: int, digest: str
    ) -> None:
        """Note that the tables were built as of a moment, by whom and why."""
        self.record(
            self.ScratchBuilt,
            act.on(root=self.id),
            scratch=scratch,
            reason=reason,
            as_of=as_of,
            ledger_sequence=ledger_sequence,
            digest=digest,
        )

    def note_scratch_dropped(self, act: Act, scratch: str, reason: str) -> None:
        """Note that such tables were dropped, by whom and why."""
        self.record(self.ScratchDropped, act.on(root=self.id), scratch=scratch, reason=reason)
