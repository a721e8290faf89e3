"""The way of one dossier between agencies: what may happen on it, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID, uuid5

from services.routing.domain import flow
from services.routing.domain.clock_events import Extended, Paused, Resumed
from services.routing.domain.flow import DESK
from services.routing.domain.itinerary_events import (
    Completed,
    LegClosed,
    LegOpened,
    LegRehomed,
    LegsWithdrawn,
    Moved,
    Planned,
    ReturnedToDesk,
    Withdrawn,
)
from services.routing.domain.renumbering import Heir, Renumbering
from services.routing.problems import LEG_NOT_IN_VERSION, NOT_AT_THE_DESK, NOT_THE_OPEN_LEG
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate


def leg_key(dossier: UUID, number: int, attempt: int) -> UUID:
    """Return the id of one attempt at one leg of a dossier."""
    return uuid5(dossier, f"leg/{number}/{attempt}")


class Itinerary(Aggregate):
    """The way of one dossier: which agencies, in which order, and where it is. Its id is the dossier's."""

    TOPIC: ClassVar[str] = "routing.itinerary"

    class Event(Aggregate.Event):
        """Base that the library asks for; the events stand in a module of their own."""

        TOPIC: ClassVar[str] = "routing.itinerary.event"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        code: str
        procedure: str
        desk: str
        area: str | None
        facts: dict[str, Any]
        process: str
        process_version: int
        trial: bool
        legs: list[dict[str, Any]]
        states: list[str]
        """The state of each leg, as `flow` names them."""
        tries: list[int]
        """How often each leg was opened."""
        back_to: list[int]
        """Where each leg goes back to when it is returned."""
        open: dict[str, dict[str, Any]]
        """The open legs by id."""
        pauses: dict[str, dict[str, Any]]
        """The pauses that are under way, by id."""
        pauses_begun: int
        at_desk: bool
        ended: bool

    @classmethod
    def plan(cls, act: Act, **planned: Any) -> Itinerary:
        """Decide the way of a dossier; `planned` holds the fields of the event."""
        return cls.begin(Planned, act.root, act, **planned)

    def leg_plan(self, number: int) -> dict[str, Any]:
        """Return the plan of the leg with that number, counted from 1."""
        return self.legs[number - 1]

    def was_opened(self, leg: str) -> bool:
        """Return whether that was ever a leg of this dossier."""
        return leg in self.open or any(
            str(leg_key(self.id, number, attempt)) == leg
            for number, tries in enumerate(self.tries, start=1)
            for attempt in range(1, tries + 1)
        )

    def following(self) -> flow.Following:
        """Return what opens next and what is needed no more; nothing while the dossier is at an end."""
        return flow.Following((), ()) if self.ended else flow.following(self.legs, self.states)

    def open_leg(
        self,
        number: int,
        act: Act,
        *,
        agency: str,
        direction: str,
        due_at: str | None,
        counting: Mapping[str, Any],
        from_number: int = DESK,
        reasons: Iterable[Mapping[str, str]] = (),
        note: str | None = None,
    ) -> None:
        """Make it an agency's turn; a leg that is a pause stops the dossier's clock."""
        plan = self.leg_plan(number)
        leg = leg_key(self.id, number, self.tries[number - 1] + 1)
        earlier = flow.before(self.legs, number)
        # Sent back to, a leg still goes back to where it first came from.
        forward = from_number == DESK or from_number in earlier
        self.record(
            LegOpened,
            act.on(leg=leg),
            leg=str(leg),
            number=number,
            of=len(self.legs),
            attempt=self.tries[number - 1] + 1,
            name=plan["name"],
            code=self.code,
            procedure=self.procedure,
            agency=agency,
            from_agency=self.leg_plan(from_number)["agency"] if from_number else self.desk,
            from_number=from_number,
            back_to=from_number if forward else self.back_to[number - 1],
            direction=direction,
            term=plan["term"],
            due_at=due_at,
            note=note,
            reasons=[dict(reason) for reason in reasons],
            kind=plan["kind"],
            at_term=plan["at_term"],
            pause=plan["pause"],
            counting=dict(counting),
            may_return_to=[self._earlier(one) for one in sorted(earlier) if self._state(one) == flow.DONE],
            skipped=[one for one in sorted(earlier) if self._state(one) == flow.SKIPPED],
        )
        if plan["pause"]:
            self.pause(str(leg), plan["pause"], plan["name"]["vi"], act)

    def close(self, leg: str, outcome: str, act: Act, again: Iterable[int] = ()) -> int:
        """End an open leg and return its number. Raises RefusedError with `not-the-open-leg`."""
        open_leg = self.open.get(leg)
        if open_leg is None:
            raise RefusedError(NOT_THE_OPEN_LEG, leg=leg, dossier=self.id)
        number = cast("int", open_leg["number"])
        self.record(
            LegClosed,
            act.on(leg=UUID(leg)),
            leg=leg,
            number=number,
            agency=open_leg["agency"],
            outcome=outcome,
            again=sorted(again),
        )
        return number

    def withdraw_legs(self, numbers: Iterable[int], act: Act, again: Iterable[int] = ()) -> None:
        """End legs that nobody needs now; those in `again` are gone through again later."""
        again = set(again)
        by_number = {open_leg["number"]: leg for leg, open_leg in self.open.items()}
        never_opened = []
        for number in numbers:
            if number in by_number:
                self.close(by_number[number], "withdrawn", act, again & {number})
            else:
                never_opened.append(number)
        if never_opened:
            self.record(LegsWithdrawn, act, numbers=never_opened)

    def rehome(
        self, leg: str, agency: str, act: Act, *, reasons: list[dict[str, str]], plan: str, basis: str
    ) -> None:
        """Let the agency that succeeds the open leg's agency go on with it."""
        open_leg = self.open[leg]
        self.record(
            LegRehomed,
            act.on(leg=UUID(leg)),
            leg=leg,
            number=open_leg["number"],
            code=self.code,
            agency=agency,
            from_agency=open_leg["agency"],
            due_at=open_leg["due_at"],
            reasons=reasons,
            plan=plan,
            basis=basis,
        )

    def pause(self, leg: str, kind: str, reason: str, act: Act) -> None:
        """Stop the dossier's clock while an open leg waits; a leg that waits already waits once."""
        if any(pause["leg"] == leg for pause in self.pauses.values()):
            return
        self.record(
            Paused,
            act.on(leg=UUID(leg)),
            code=self.code,
            pause=str(uuid5(self.id, f"pause/{self.pauses_begun + 1}")),
            kind=kind,
            leg=leg,
            agency=self.open[leg]["agency"],
            reason=reason,
        )

    def waited(self, pause: str, act: Act) -> list[list[str]]:
        """Return what the leg of a pause has waited, the pause included, as pairs of times.

        A leg that is itself a pause runs its own term while the dossier's clock stands still.
        """
        begun = self.pauses[pause]
        open_leg = self.open[begun["leg"]]
        earlier: list[list[str]] = open_leg["counting"]["pauses"]
        if open_leg["pause"]:
            return earlier
        return [*earlier, [begun["since"], max(begun["since"], to_text(act.happened_at))]]

    def resume(self, pause: str, act: Act, *, due_at: str | None) -> None:
        """End a pause that is under way."""
        begun = self.pauses[pause]
        self.record(
            Resumed,
            act.on(leg=UUID(begun["leg"])),
            code=self.code,
            pause=pause,
            kind=begun["kind"],
            leg=begun["leg"],
            agency=begun["agency"],
            due_at=due_at,
            pauses=self.waited(pause, act),
        )

    def extend(self, by: dict[str, str], reason: str, act: Act) -> None:
        """Give the dossier more time."""
        self.record(Extended, act, code=self.code, by=by, reason=reason)

    def move(
        self,
        definition: Mapping[str, Any],
        legs: list[dict[str, Any]],
        basis: str,
        act: Act,
        *,
        heir: Heir,
        trial: bool = False,
    ) -> None:
        """Go on by another version of the process: what is done there too stays done.

        Raises RefusedError with `leg-not-in-version` when an open leg does not stand in it.
        """
        renumbering = Renumbering(self.legs, legs, heir)
        for one in self.open.values():
            if one["number"] not in renumbering.number:
                raise RefusedError(
                    LEG_NOT_IN_VERSION,
                    dossier=self.code,
                    leg=self.leg_plan(one["number"])["id"],
                    process=definition["process"],
                    version=definition["version"],
                )
        self.record(
            Moved,
            act,
            code=self.code,
            process=definition["process"],
            from_version=self.process_version,
            version=definition["version"],
            model=definition.get("model"),
            trial=trial,
            basis=basis,
            legs=legs,
            states=renumbering.states(self.states),
            tries=renumbering.tries(self.tries),
            back_to=renumbering.back_to(self.back_to),
            opened=renumbering.opened(self.open),
        )

    def complete(self, act: Act) -> None:
        """Record that every leg is passed."""
        self.record(Completed, act, code=self.code)

    def return_to_desk(self, agency: str, reason: str, act: Act) -> None:
        """Record that the dossier lies at the desk again."""
        self.record(ReturnedToDesk, act, code=self.code, agency=agency, reason=reason)

    def check_at_desk(self) -> None:
        """Raise RefusedError with `not-at-the-desk` unless the dossier may be sent on from the desk."""
        if not self.at_desk or self.ended:
            raise RefusedError(NOT_AT_THE_DESK, dossier=self.id)

    def withdraw(self, reason: str, act: Act) -> None:
        """End the way before its last leg; once is enough."""
        if self.ended:
            return
        self.withdraw_legs([one["number"] for one in self.open.values()], act)
        self.record(Withdrawn, act, code=self.code, reason=reason)

    def _state(self, number: int) -> str:
        return self.states[number - 1]

    def _earlier(self, number: int) -> dict[str, Any]:
        plan = self.leg_plan(number)
        return {"number": number, "name": plan["name"], "agency": plan["agency"]}
