"""What happens on a dossier's way: the events of an itinerary. Topics are durable; `apply` only assigns.

Those of its clock stand in `clock_events`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from eventsourcing.utils import get_topic

from services.routing.domain import flow
from shared.event_sourcing import Aggregate


class Planned(Aggregate.Created):
    """The way is decided, with a reason for each choice."""

    TOPIC: ClassVar[str] = "routing.itinerary.planned"
    class_version: ClassVar[int] = 2
    code: str
    procedure: str
    desk: str
    area: str | None
    facts: dict[str, Any]
    process: str
    version: int
    model: str | None
    trial: bool
    cutoff: str | None
    legs: list[dict[str, Any]]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Routes were plain sequences."""
        state.update(area=None, facts={}, model=None, trial=False, cutoff=None)
        for leg in state["legs"]:
            number = leg["number"]
            leg.update(
                id=f"leg-{number}",
                kind="work",
                at_term="overdue",
                pause=None,
                after=[number - 1] if number > 1 else [],
                join="all",
                reason_vi=leg["reason"],
                skipped=None,
                skipped_vi=None,
                return_extends=None,
                same_as=None,
            )

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.code = self.code
        aggregate.procedure = self.procedure
        aggregate.desk = self.desk
        aggregate.area = self.area
        aggregate.facts = self.facts
        aggregate.process = self.process
        aggregate.process_version = self.version
        aggregate.trial = self.trial
        aggregate.legs = list(self.legs)
        aggregate.states = [flow.SKIPPED if leg["skipped"] else flow.PENDING for leg in self.legs]
        aggregate.tries = [0] * len(self.legs)
        aggregate.back_to = [0] * len(self.legs)
        aggregate.open = {}
        aggregate.pauses = {}
        aggregate.pauses_begun = 0
        aggregate.at_desk = True
        aggregate.ended = False


class LegOpened(Aggregate.Event):
    """It is an agency's turn."""

    TOPIC: ClassVar[str] = "routing.itinerary.leg-opened"
    class_version: ClassVar[int] = 2
    leg: str
    number: int
    of: int
    attempt: int
    name: dict[str, str]
    code: str
    procedure: str
    agency: str
    from_agency: str
    from_number: int
    """The leg that handed it over, or sent it back; 0: the desk."""
    back_to: int
    """The leg that it goes back to when it is returned; 0: the desk."""
    direction: str
    term: dict[str, str] | None
    due_at: str | None
    note: str | None
    reasons: list[dict[str, str]]
    """Why another agency than the planned one."""
    kind: str
    at_term: str
    pause: str | None
    counting: dict[str, Any]
    """From when, by which cut-off and office hours the term counts, and the pauses so far."""
    may_return_to: list[dict[str, Any]]
    skipped: list[int]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Routes were plain sequences."""
        counting = {"from": state["act"]["happened_at"], "cutoff": None, "hours": None, "pauses": []}
        state.update(
            from_number=state["number"] - 1,
            back_to=state["number"] - 1,
            reasons=[],
            kind="work",
            at_term="overdue",
            pause=None,
            counting=counting,
            may_return_to=[],
            skipped=[],
        )

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        index = self.number - 1
        aggregate.states[index] = flow.OPEN
        aggregate.tries[index] = self.attempt
        aggregate.back_to[index] = self.back_to
        aggregate.at_desk = False
        if aggregate.legs[index]["agency"] != self.agency:
            aggregate.legs[index] = {**aggregate.legs[index], "agency": self.agency}
        aggregate.open[self.leg] = {
            "number": self.number,
            "agency": self.agency,
            "from_number": self.from_number,
            "back_to": self.back_to,
            "term": self.term,
            "due_at": self.due_at,
            "pause": self.pause,
            "counting": self.counting,
        }


class LegClosed(Aggregate.Event):
    """An open leg ended. `again`: the legs that are to be gone through again."""

    TOPIC: ClassVar[str] = "routing.itinerary.leg-closed"
    class_version: ClassVar[int] = 2
    leg: str
    number: int
    agency: str
    outcome: str
    again: list[int]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """What was returned was gone through again from the leg before on."""
        number = state["number"]
        returned = state["outcome"] == "returned"
        state["again"] = [number - 1, number][number == 1 :] if returned else []

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.open.pop(self.leg, None)
        withdrawn = self.outcome == "withdrawn"
        aggregate.states[self.number - 1] = flow.WITHDRAWN if withdrawn else flow.DONE
        for number in self.again:
            aggregate.states[number - 1] = flow.PENDING


class LegsWithdrawn(Aggregate.Event):
    """Legs that never opened are needed no more."""

    TOPIC: ClassVar[str] = "routing.itinerary.legs-withdrawn"
    numbers: list[int]

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        for number in self.numbers:
            aggregate.states[number - 1] = flow.WITHDRAWN


class LegRehomed(Aggregate.Event):
    """An open leg went to the agency that succeeds the one that had it; its due time stays."""

    TOPIC: ClassVar[str] = "routing.itinerary.leg-rehomed"
    leg: str
    number: int
    code: str
    agency: str
    from_agency: str
    due_at: str | None
    reasons: list[dict[str, str]]
    plan: str
    basis: str

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        index = self.number - 1
        aggregate.legs[index] = {**aggregate.legs[index], "agency": self.agency}
        aggregate.open[self.leg] = {**aggregate.open[self.leg], "agency": self.agency}
        for pause, begun in aggregate.pauses.items():
            if begun["leg"] == self.leg:
                aggregate.pauses[pause] = {**begun, "agency": self.agency}


class Moved(Aggregate.Event):
    """The dossier goes on by another version of its process, by decision."""

    TOPIC: ClassVar[str] = "routing.itinerary.moved"
    code: str
    process: str
    from_version: int
    version: int
    model: str | None
    trial: bool
    basis: str
    legs: list[dict[str, Any]]
    states: list[str]
    tries: list[int]
    back_to: list[int]
    opened: dict[str, dict[str, Any]]
    """Of each open leg, by its id: its `number`, `from_number` and `back_to` here, and what the numbers mean
    now that its agency was told when it opened (`renumbered`)."""

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.process = self.process
        aggregate.process_version = self.version
        aggregate.trial = self.trial
        aggregate.legs = list(self.legs)
        aggregate.states = list(self.states)
        aggregate.tries = list(self.tries)
        aggregate.back_to = list(self.back_to)
        aggregate.open = {leg: {**one, **self.opened[leg]} for leg, one in aggregate.open.items()}


class Completed(Aggregate.Event):
    """Every leg is passed."""

    TOPIC: ClassVar[str] = "routing.itinerary.completed"
    code: str

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.ended = True


class ReturnedToDesk(Aggregate.Event):
    """An agency sent the dossier back to the desk."""

    TOPIC: ClassVar[str] = "routing.itinerary.returned-to-desk"
    code: str
    agency: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.at_desk = True


class Withdrawn(Aggregate.Event):
    """The way ends before its last leg."""

    TOPIC: ClassVar[str] = "routing.itinerary.withdrawn"
    code: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.ended = True
        aggregate.pauses = {}


ALL = (
    Planned,
    LegOpened,
    LegClosed,
    LegsWithdrawn,
    LegRehomed,
    Moved,
    Completed,
    ReturnedToDesk,
    Withdrawn,
)
for _event in ALL:
    get_topic(_event)  # The library finds by itself only events that stand inside their aggregate.
