"""Whatever agencies do in whatever order, an itinerary stays whole and replays to the same state."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.errors import RefusedError
from tests.builders.routing import DOSSIER, UP_AND_ACROSS, act_at, received
from tests.unit.routing.conftest import Office


class Journeys(RuleBasedStateMachine):
    """One dossier; agencies complete, return, and speak out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self.office.when("start", received(), act_at())
        self.opened: list[str] = [self._open()]

    def _open(self) -> str:
        return str(self.office.itinerary().open_leg)

    def _note(self) -> None:
        leg = self.office.itinerary().open_leg
        if leg and leg not in self.opened:
            self.opened.append(leg)

    @precondition(lambda self: self.office.itinerary().open_leg)
    @rule()
    def complete(self) -> None:
        """The open leg's agency does its part."""
        self.office.when("leg_completed", self._open(), act_at())
        self._note()

    @precondition(lambda self: self.office.itinerary().open_leg)
    @rule()
    def send_back(self) -> None:
        """The open leg's agency returns the dossier."""
        self.office.when("leg_returned", self._open(), "lý do", act_at())
        self._note()

    @precondition(lambda self: self.office.itinerary().number == 0)
    @rule()
    def send_on(self) -> None:
        """The desk sends it on."""
        self.office.when("send_on", "x", act_at())
        self._note()

    @rule(data=st.data())
    def speak_out_of_turn(self, data: st.DataObject) -> None:
        """A leg that is over ends once more: refused, and nothing is recorded."""
        closed = [leg for leg in self.opened if leg != self.office.itinerary().open_leg]
        if not closed:
            return
        leg = data.draw(st.sampled_from(closed))
        before = self.office.recorder.max_notification_id()
        with pytest.raises(RefusedError, match="not-the-open-leg"):
            self.office.when("leg_completed", leg, act_at())
        assert self.office.recorder.max_notification_id() == before

    @invariant()
    def replaying_gives_the_state_that_ran_live(self) -> None:
        """Another process, from the log alone, sees the same."""
        assert self.office.another().find(DOSSIER) == self.office.itinerary()

    @invariant()
    def no_two_legs_share_an_id(self) -> None:
        """Each attempt at each leg is its own."""
        assert len(set(self.opened)) == len(self.opened)

    @invariant()
    def it_is_somewhere(self) -> None:
        """With an agency, at the desk, or done."""
        itinerary = self.office.itinerary()
        done = itinerary.number == len(UP_AND_ACROSS) + 1
        assert bool(itinerary.open_leg) != (done or itinerary.number == 0)


TestJourneys = Journeys.TestCase
TestJourneys.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
