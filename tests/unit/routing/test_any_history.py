"""Whatever agencies do in whatever order, an itinerary stays whole and replays to the same state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.routing.domain import flow
from tests.builders.routing import (
    AGENCIES,
    DEPARTMENT,
    DISTRICT,
    DOSSIER,
    NOW,
    POLICE,
    UP_AND_ACROSS,
    act_at,
    leg,
    process,
    received,
)
from tests.unit.routing.conftest import Office

CONSULT = {**leg({"id": POLICE}), "consult": [{"id": POLICE}, {"id": DISTRICT}, {"id": DEPARTMENT}]}
ROUTES = [
    UP_AND_ACROSS,
    [leg("receiver"), CONSULT, {**leg("receiver"), "join": "2"}, leg("receiver")],
    [
        {**leg("receiver"), "id": "a"},
        {
            **leg({"id": POLICE}),
            "id": "b",
            "after": ["a"],
            "return_extends": {"amount": "1", "unit": "month"},
        },
        {**leg({"id": DISTRICT}), "id": "c", "after": ["a"]},
        {**leg("receiver"), "id": "d", "after": ["b", "c"], "pause": "payment"},
        {**leg({"id": DEPARTMENT}), "id": "e", "after": ["c"]},
        {**leg("receiver"), "id": "f", "after": ["d", "e"], "join": "any"},
    ],
]
ANYTHING = st.integers(0, 10**6)


class Journeys(RuleBasedStateMachine):
    """One dossier; agencies and applicant do anything, in turn and out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self.opened: list[str] = []
        self.now = NOW

    @initialize(legs=st.sampled_from(ROUTES))
    def begin(self, legs: list[dict[str, Any]]) -> None:
        """It is received under one of several routes."""
        self.office.when("publish_process", process(legs, 2, "2019-02-01"), act_at())
        self._do("start", received())

    def _do(self, method: str, *arguments: Any) -> list[Any]:
        self.now += timedelta(hours=3)
        head, tail = arguments[:3], arguments[3:]
        events = self.office.when(method, *head, act_at(self.now), *tail)
        self.opened += [event.leg for event in events if type(event).__name__ == "LegOpened"]
        return events

    def _itinerary(self) -> Any:
        return self.office.itinerary()

    def _some_leg(self, choice: int) -> str:
        legs: list[str] = sorted(self._itinerary().open)
        return legs[choice % len(legs)]

    @precondition(lambda self: self._itinerary().open)
    @rule(choice=ANYTHING, outcome=st.sampled_from(["completed", "consented", "elapsed"]))
    def end(self, choice: int, outcome: str) -> None:
        """An agency does its part."""
        self._do("leg_ended", self._some_leg(choice), outcome)

    @precondition(lambda self: self._itinerary().open)
    @rule(choice=ANYTHING, to=st.one_of(st.none(), st.integers(0, 7)))
    def send_back(self, choice: int, to: int | None) -> None:
        """An agency returns the dossier: to whoever handed it over, or to any number at all."""
        self.now += timedelta(hours=3)
        events = self.office.when("leg_returned", self._some_leg(choice), "lý do", act_at(self.now), to)
        self.opened += [event.leg for event in events if type(event).__name__ == "LegOpened"]

    @precondition(lambda self: self._itinerary().open)
    @rule(choice=ANYTHING)
    def take_back(self, choice: int) -> None:
        """Whoever handed it over recalls it."""
        self._do("leg_recalled", self._some_leg(choice), "lý do")

    @precondition(lambda self: self._itinerary().open)
    @rule(choice=ANYTHING, agency=st.sampled_from([facts["agency"] for facts in AGENCIES]))
    def transfer(self, choice: int, agency: str) -> None:
        """An agency is not competent."""
        self._do("leg_transferred", self._some_leg(choice), agency, "lý do")

    @precondition(lambda self: self._itinerary().open)
    @rule(choice=ANYTHING)
    def ask(self, choice: int) -> None:
        """An agency needs something of the applicant."""
        self._do("pause", self._some_leg(choice), "supplement", "lý do")

    @precondition(lambda self: self._itinerary().pauses)
    @rule(choice=ANYTHING)
    def answer(self, choice: int) -> None:
        """The applicant does what was asked."""
        pauses = sorted(self._itinerary().pauses)
        self._do("resume", pauses[choice % len(pauses)])

    @precondition(lambda self: self._itinerary().at_desk)
    @rule()
    def send_on(self) -> None:
        """The desk sends it on."""
        self._do("send_on", "x")

    @precondition(lambda self: self.opened)
    @rule(choice=ANYTHING)
    def speak_too_late(self, choice: int) -> None:
        """A leg that is over ends once more: nothing is recorded."""
        closed = [leg for leg in self.opened if leg not in self._itinerary().open]
        if closed:
            late = closed[choice % len(closed)]
            assert self._do("leg_ended", late, "completed") == []
            assert self._do("leg_returned", late, "lý do") == []

    @invariant()
    def replaying_gives_the_state_that_ran_live(self) -> None:
        """Another process, from the log alone, sees the same."""
        assert self.office.another().find(DOSSIER) == self._itinerary()

    @invariant()
    def no_two_legs_share_an_id(self) -> None:
        """Each attempt at each leg is its own."""
        assert len(set(self.opened)) == len(self.opened)

    @invariant()
    def it_is_somewhere(self) -> None:
        """With agencies, at the desk, or done; and open legs are those whose state says so."""
        itinerary = self._itinerary()
        if itinerary is None:
            return
        assert bool(itinerary.open) != (itinerary.ended or itinerary.at_desk)
        by_state = [n for n, state in enumerate(itinerary.states, start=1) if state == flow.OPEN]
        assert sorted(one["number"] for one in itinerary.open.values()) == by_state
        assert itinerary.ended == flow.is_through(itinerary.states)
        assert {pause["leg"] for pause in itinerary.pauses.values()} <= set(itinerary.open)


TestJourneys = Journeys.TestCase
TestJourneys.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
