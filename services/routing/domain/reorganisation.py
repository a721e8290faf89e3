"""A reorganisation of agencies: one plan, carried out once, however often it is interrupted. Topics are durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from services.routing.problems import PLAN_ALREADY_APPLIED, PLAN_DIFFERS
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate


def reorganisation_key(plan: str) -> UUID:
    """Return the aggregate id of the reorganisation with that name."""
    return uuid5(NAMESPACE_URL, f"urn:lienthong:routing:reorganisation/{plan}")


class Reorganisation(Aggregate):
    """What is to become of agencies from a date on."""

    TOPIC: ClassVar[str] = "routing.reorganisation"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        plan: dict[str, Any]
        finished: bool
        dossiers: int
        """How many were re-homed so far."""
        legs: dict[tuple[str, str], int]
        """How many, by the agency that had them and its successor."""

    class Event(Aggregate.Event):
        """Base of a reorganisation's events."""

        TOPIC: ClassVar[str] = "routing.reorganisation.event"

    class Begun(Event, Aggregate.Created):
        """The register knows of it; dossiers on their way are still to be re-homed."""

        TOPIC: ClassVar[str] = "routing.reorganisation.begun"
        plan: dict[str, Any]

        def apply(self, aggregate: Reorganisation) -> None:
            """Assign."""
            aggregate.plan = self.plan
            aggregate.finished = False
            aggregate.dossiers = 0
            aggregate.legs = {}

    class Rehomed(Event):
        """The open legs of a batch of dossiers went to successors."""

        TOPIC: ClassVar[str] = "routing.reorganisation.rehomed"
        dossiers: int
        legs: list[dict[str, Any]]
        """`{agency, successor, legs}`."""

        def apply(self, aggregate: Reorganisation) -> None:
            """Add up."""
            aggregate.dossiers += self.dossiers
            for row in self.legs:
                pair = (row["agency"], row["successor"])
                aggregate.legs[pair] = aggregate.legs.get(pair, 0) + row["legs"]

    class Finished(Event):
        """No open leg lies at an agency that the plan has ended."""

        TOPIC: ClassVar[str] = "routing.reorganisation.finished"
        counts: dict[str, Any]

        def apply(self, aggregate: Reorganisation) -> None:
            """Assign."""
            aggregate.finished = True

    @classmethod
    def begin_with(cls, plan: dict[str, Any], act: Act) -> Reorganisation:
        """Begin to carry out a plan."""
        key = reorganisation_key(plan["plan"])
        return cls.begin(cls.Begun, key, act.on(root=key), plan=plan)

    def check_goes_on(self, plan: dict[str, Any]) -> None:
        """Raise RefusedError with `plan-already-applied` or `plan-differs` unless it goes on from here."""
        if plan != self.plan:
            raise RefusedError(PLAN_DIFFERS, plan=self.plan["plan"])
        self.check_unfinished()

    def check_unfinished(self) -> None:
        """Raise RefusedError with `plan-already-applied` after its end."""
        if self.finished:
            raise RefusedError(PLAN_ALREADY_APPLIED, plan=self.plan["plan"])

    def note_rehomed(self, dossiers: int, legs: list[dict[str, Any]], act: Act) -> None:
        """Note what a batch has re-homed."""
        self.record(self.Rehomed, act.on(root=self.id), dossiers=dossiers, legs=legs)

    def counts(self) -> dict[str, Any]:
        """Return what was re-homed so far, however often it was interrupted."""
        rows = [
            {"agency": agency, "successor": successor, "legs": legs}
            for (agency, successor), legs in sorted(self.legs.items())
        ]
        return {"dossiers": self.dossiers, "legs": rows}

    def finish(self, act: Act) -> None:
        """Note that nothing is left to do."""
        self.check_unfinished()
        self.record(self.Finished, act.on(root=self.id), counts=self.counts())
