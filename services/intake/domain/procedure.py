"""A procedure (thủ tục hành chính) of the catalogue, in all its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID, uuid5

from shared.acts import Act
from shared.event_sourcing import Aggregate

_NAMESPACE = UUID("7b0f3c2e-5d49-4c57-9d35-3f0c6a3f9a10")


def procedure_id(code: str) -> UUID:
    """Return the id of the aggregate of the procedure with that national or local code."""
    return uuid5(_NAMESPACE, f"procedure/{code}")


@dataclass(frozen=True, slots=True)
class RequiredComponent:
    """A paper that the procedure asks for: at least so many copies, if it must be there."""

    code: str
    copies: int = 1
    required: bool = True


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """What holds from `valid_from` (UTC text of fixed width) on, until a later version does."""

    procedure: str
    version: int
    name: Mapping[str, str]
    sector: str
    service_level: int
    valid_from: str
    limit: Mapping[str, str] | None
    """The term for every channel, or for all but online; None when law states none."""
    limit_online: Mapping[str, str] | None
    channels: tuple[str, ...]
    components: tuple[RequiredComponent, ...]
    cutoff: str | None = None
    """Such as "15:00": what is received later that day counts from the next working day."""
    limits: tuple[Mapping[str, Any], ...] = ()
    """Exceptions to the limit, `{when, term}`; the first whose condition holds applies."""
    extension: Mapping[str, str] | None = None
    """By how much the desk may extend the limit once, in writing; None: not at all."""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is asked about each case: `values` (none: a number or a flag), `many`, `required`."""

    @classmethod
    def of(cls, edition: Mapping[str, Any]) -> ProcedureVersion:
        """Return the version that an edition's fields state."""
        stated = {field: edition[field] for field in cls.__slots__}
        stated["channels"] = tuple(edition["channels"])
        stated["components"] = tuple(
            RequiredComponent(it["code"], it["copies"], it["required"]) for it in edition["components"]
        )
        stated["limits"] = tuple(edition["limits"])
        return cls(**stated)


class Procedure(Aggregate):
    """A procedure; a dossier keeps the version that was in force when it was received."""

    TOPIC = "intake.procedure"

    class Event(Aggregate.Event):
        """Base of a procedure's events."""

        TOPIC = "intake.procedure.event"

    class Edition(Event):
        """Base of the events that state a version in full."""

        TOPIC = "intake.procedure.edition"
        class_version = 3

        procedure: str
        version: int
        name: dict[str, str]
        sector: str
        service_level: int
        valid_from: str
        limit: dict[str, str] | None
        limit_online: dict[str, str] | None
        channels: list[str]
        components: list[dict[str, Any]]
        cutoff: str | None
        limits: list[dict[str, Any]]
        facts: dict[str, dict[str, Any]]
        extension: dict[str, str] | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """One limit for every case, and nothing was asked about it."""
            state.update(cutoff=None, limits=[], facts={})

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            """No limit was extended in writing."""
            state.update(extension=None)

        def apply(self, aggregate: Procedure) -> None:
            """Add the version."""
            aggregate.versions = (*aggregate.versions, ProcedureVersion.of(vars(self)))

    class Published(Edition, Aggregate.Created):
        """The procedure entered the catalogue."""

        TOPIC = "intake.procedure.published"

    class Revised(Edition):
        """A further version was published."""

        TOPIC = "intake.procedure.revised"

    versions: tuple[ProcedureVersion, ...] = ()
    """In the order in which they were published."""

    @classmethod
    def publish(cls, code: str, act: Act, content: Mapping[str, Any]) -> Self:
        """Enter the procedure into the catalogue. `content` holds an edition's other fields."""
        aggregate_id = procedure_id(code)
        return cls.begin(
            cls.Published, aggregate_id, act.on(root=aggregate_id), procedure=code, version=1, **content
        )

    def revise(self, act: Act, content: Mapping[str, Any]) -> ProcedureVersion:
        """Publish a further version and return it; dossiers received before it holds keep theirs.

        Content that holds already from the same time on changes nothing: its version is returned.
        """
        stated = {**content, "procedure": self.versions[0].procedure, "version": len(self.versions) + 1}
        revised = ProcedureVersion.of(stated)
        same_time = [version for version in self.versions if version.valid_from == revised.valid_from]
        if same_time and replace(revised, version=same_time[-1].version) == same_time[-1]:
            return same_time[-1]
        self.record(self.Revised, act.on(root=self.id), **stated)
        return revised
