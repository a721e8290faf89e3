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
        finished: dict[str, Any] | None

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
            aggregate.finished = None

    class Finished(Event):
        """No open leg lies at an agency that has ended."""

        TOPIC: ClassVar[str] = "routing.reorganisation.finished"
        counts: dict[str, Any]

        def apply(self, aggregate: Reorganisation) -> None:
            """Assign."""
            aggregate.finished = self.counts

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
        if self.finished is not None:
            raise RefusedError(PLAN_ALREADY_APPLIED, plan=self.plan["plan"])

    def finish(self, counts: dict[str, Any], act: Act) -> None:
        """Note that nothing is left to do."""
        self.check_unfinished()
        self.record(self.Finished, act.on(root=self.id), counts=counts)
