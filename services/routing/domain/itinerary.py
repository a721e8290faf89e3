"""The way of one dossier between agencies. Topics are durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID, uuid5

from shared.acts import Act
from shared.errors import Problem, RefusedError
from shared.event_sourcing import Aggregate

NOT_THE_OPEN_LEG = Problem(
    "not-the-open-leg",
    409,
    "Công đoạn {leg} không phải là công đoạn đang mở của hồ sơ {dossier}",
    "Leg {leg} is not the open leg of dossier {dossier}",
)
NOT_AT_THE_DESK = Problem(
    "not-at-the-desk",
    409,
    "Hồ sơ {dossier} không ở bộ phận một cửa để luân chuyển tiếp",
    "Dossier {dossier} does not lie at the desk to be sent on",
)


def leg_key(dossier: UUID, number: int, attempt: int) -> UUID:
    """Return the id of one attempt at one leg of a dossier."""
    return uuid5(dossier, f"leg/{number}/{attempt}")


class Itinerary(Aggregate):
    """The way of one dossier: which agencies, in which order, and where it is. Its id is the dossier's."""

    TOPIC: ClassVar[str] = "routing.itinerary"

    if TYPE_CHECKING:
        code: str
        procedure: str
        desk: str
        legs: list[dict[str, Any]]
        number: int
        """The number of the open leg; 0 when the dossier is at the desk."""
        tries: list[int]
        """How often each leg was opened."""
        open_leg: str | None

    class Event(Aggregate.Event):
        """Base of the itinerary's events."""

        TOPIC: ClassVar[str] = "routing.itinerary.event"

    class Planned(Event, Aggregate.Created):
        """The way is decided, with a reason for each choice."""

        TOPIC: ClassVar[str] = "routing.itinerary.planned"
        code: str
        procedure: str
        desk: str
        process: str
        version: int
        legs: list[dict[str, Any]]

        def apply(self, aggregate: Itinerary) -> None:
            """Assign."""
            aggregate.code = self.code
            aggregate.procedure = self.procedure
            aggregate.desk = self.desk
            aggregate.legs = self.legs
            aggregate.number = 0
            aggregate.tries = [0] * len(self.legs)
            aggregate.open_leg = None

    class LegOpened(Event):
        """It is an agency's turn."""

        TOPIC: ClassVar[str] = "routing.itinerary.leg-opened"
        leg: str
        number: int
        of: int
        attempt: int
        name: dict[str, str]
        code: str
        procedure: str
        agency: str
        from_agency: str
        direction: str
        term: dict[str, str] | None
        due_at: str | None
        note: str | None

        def apply(self, aggregate: Itinerary) -> None:
            """Assign."""
            aggregate.number = self.number
            aggregate.tries[self.number - 1] = self.attempt
            aggregate.open_leg = self.leg

    class LegClosed(Event):
        """The open leg's agency did its part, or sent the dossier back."""

        TOPIC: ClassVar[str] = "routing.itinerary.leg-closed"
        leg: str
        number: int
        agency: str
        outcome: str

        def apply(self, aggregate: Itinerary) -> None:
            """Assign."""
            aggregate.open_leg = None

    class Completed(Event):
        """Every leg is done."""

        TOPIC: ClassVar[str] = "routing.itinerary.completed"
        code: str

        def apply(self, aggregate: Itinerary) -> None:
            """Assign."""
            aggregate.number = len(aggregate.legs) + 1

    class ReturnedToDesk(Event):
        """The first agency sent the dossier back to the desk."""

        TOPIC: ClassVar[str] = "routing.itinerary.returned-to-desk"
        code: str
        agency: str
        reason: str

        def apply(self, aggregate: Itinerary) -> None:
            """Assign."""
            aggregate.number = 0

    @classmethod
    def plan(
        cls,
        act: Act,
        *,
        code: str,
        procedure: str,
        desk: str,
        process: str,
        version: int,
        legs: list[dict[str, Any]],
    ) -> Itinerary:
        """Decide the way of a dossier."""
        return cls.begin(
            cls.Planned,
            act.root,
            act,
            code=code,
            procedure=procedure,
            desk=desk,
            process=process,
            version=version,
            legs=legs,
        )

    def leg_plan(self, number: int) -> dict[str, Any]:
        """Return the plan of the leg with that number, counted from 1."""
        return self.legs[number - 1]

    def open(self, number: int, act: Act, *, due_at: str | None, note: str | None = None) -> None:
        """Make it the turn of leg `number`."""
        plan = self.leg_plan(number)
        attempt = self.tries[number - 1] + 1
        leg = leg_key(self.id, number, attempt)
        self.record(
            self.LegOpened,
            act.on(leg=leg),
            leg=str(leg),
            number=number,
            of=len(self.legs),
            attempt=attempt,
            name=plan["name"],
            code=self.code,
            procedure=self.procedure,
            agency=plan["agency"],
            from_agency=self.leg_plan(number - 1)["agency"] if number > 1 else self.desk,
            direction=plan["direction"],
            term=plan["term"],
            due_at=due_at,
            note=note,
        )

    def close(self, leg: str, outcome: str, act: Act) -> None:
        """End the open leg. Raises RefusedError with `not-the-open-leg`."""
        if leg != self.open_leg:
            raise RefusedError(NOT_THE_OPEN_LEG, leg=leg, dossier=self.id)
        agency = self.leg_plan(self.number)["agency"]
        self.record(
            self.LegClosed,
            act.on(leg=UUID(leg)),
            leg=leg,
            number=self.number,
            agency=agency,
            outcome=outcome,
        )

    def complete(self, act: Act) -> None:
        """Record that every leg is done."""
        self.record(self.Completed, act, code=self.code)

    def return_to_desk(self, reason: str, act: Act) -> None:
        """Record that the dossier lies at the desk again."""
        agency = self.leg_plan(1)["agency"]
        self.record(self.ReturnedToDesk, act, code=self.code, agency=agency, reason=reason)

    def check_at_desk(self) -> None:
        """Raise RefusedError with `not-at-the-desk` unless the dossier may be sent on from the desk."""
        if self.number != 0 or self.open_leg is not None:
            raise RefusedError(NOT_AT_THE_DESK, dossier=self.id)
