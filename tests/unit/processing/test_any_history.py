"""Whatever is sent, in whatever order: it is recorded or refused by the rules, and replaying gives the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.processing.publisher import TRANSLATIONS
from shared.clock import to_text
from shared.contracts import registry
from shared.contracts.envelope import Message, schema_uri
from shared.errors import RefusedError
from tests.builders.processing import (
    DESK,
    DUE,
    LAND,
    LATE,
    MORNING,
    SUCCESSOR,
    TAX,
    act_at,
    leg_id,
    leg_opened,
)
from tests.unit.processing.conftest import Desk

WHOSE_TURN_IT_IS = "whose turn it is"
AGENCIES = st.sampled_from([*[WHOSE_TURN_IT_IS] * 6, LAND, TAX, DESK])
SUCCESSORS = st.sampled_from([LAND, TAX, SUCCESSOR])
LEGS = st.integers(1, 4)
KINDS: dict[int, dict[str, Any]] = {
    1: {"agency": LAND},
    2: {"agency": TAX},
    3: {"agency": LAND, "kind": "opinion", "at_term": "consent"},
    4: {"agency": LAND, "at_term": "elapse", "pause": "posting"},
}
LAPSE = {"consent": "consented", "elapse": "elapsed"}


@dataclass
class Leg:
    """The model: what a leg has gone through, by the rules as a person would say them."""

    agency: str
    kind: str = "work"
    at_term: str = "overdue"
    pause: str | None = None
    late: datetime = LATE
    term: int = 1
    acknowledged: bool = False
    accepted_by: str | None = None
    overdue: bool = False
    suspended: str | None = None
    outcome: str | None = None

    def ended(self, now: datetime) -> str | None:
        """How it has ended by now, noticed or not."""
        if self.outcome or self.suspended or self.at_term == "overdue" or now < self.late:
            return self.outcome
        return LAPSE[self.at_term]

    def going_on(self, agency: str, now: datetime) -> str | None:
        if agency != self.agency:
            return "not-your-leg"
        if self.ended(now):
            return "leg-already-closed"
        return "leg-suspended" if self.suspended else None

    def accepted(self, agency: str, now: datetime, *, work: bool = False) -> str | None:
        if code := self.going_on(agency, now):
            return code
        if work and self.kind == "opinion":
            return "opinion-needed"
        return None if self.accepted_by else "out-of-turn"

    def asks(self, agency: str, now: datetime) -> str | None:
        return self.accepted(agency, now, work=True) or ("leg-suspended" if self.pause else None)

    def opinion(self, agency: str, now: datetime) -> str | None:
        if agency != self.agency:
            return "not-your-leg"
        if self.kind != "opinion":
            return "not-an-opinion-leg"
        said = {"completed": "opinion-already-given", "consented": "opinion-after-term"}
        return said.get(self.ended(now) or "") or self.going_on(agency, now)

    def recall(self, agency: str, now: datetime) -> str | None:
        if agency != DESK:
            return "not-yours-to-recall"
        if self.ended(now):
            return "leg-already-closed"
        return "leg-already-accepted" if self.accepted_by else None


class Histories(RuleBasedStateMachine):
    """Four legs of one dossier, and agencies that send what comes to their mind."""

    @initialize(accepted=st.sets(LEGS))
    def begin(self, accepted: set[int]) -> None:
        self.desk = Desk()
        self.clock = MORNING
        self.legs: dict[int, Leg] = {}
        for number in accepted:
            self.open_leg(number)
            self.accept(number, WHOSE_TURN_IT_IS)

    @rule(number=LEGS)
    def open_leg(self, number: int) -> None:
        opened = leg_opened(number=number, **KINDS[number])
        new = self.desk.when("open_work", opened, act_at(MORNING))
        assert len(new) == (number not in self.legs)
        self.legs.setdefault(number, Leg(**KINDS[number]))

    @precondition(lambda self: self.legs and self.clock < LATE)
    @rule()
    def the_terms_pass_unnoticed(self) -> None:
        self.clock = LATE

    @rule(number=LEGS, agency=AGENCIES)
    def acknowledge(self, number: int, agency: str) -> None:
        agency = self._who(number, agency)
        expected = self._expected(number, lambda leg: None if leg.agency == agency else "not-your-leg")
        new = self._send("acknowledge-message", number, agency, {}, expected)
        if expected is None:
            leg = self.legs[number]
            ended = leg.ended(self.clock)
            assert len(new) == (ended != leg.outcome or not (leg.acknowledged or ended))
            leg.acknowledged |= not ended
            leg.outcome = ended

    @rule(number=LEGS, agency=AGENCIES)
    def accept(self, number: int, agency: str) -> None:
        agency = self._who(number, agency)

        def rules(leg: Leg) -> str | None:
            taken = leg.accepted_by == leg.agency
            return leg.going_on(agency, self.clock) or ("leg-already-accepted" if taken else None)

        expected = self._expected(number, rules)
        self._send("accept-leg", number, agency, {"officer": "B"}, expected)
        if expected is None:
            self.legs[number].accepted_by = agency

    @rule(number=LEGS, agency=AGENCIES)
    def record(self, number: int, agency: str) -> None:
        agency = self._who(number, agency)
        expected = self._expected(number, lambda leg: leg.accepted(agency, self.clock))
        self._send("record-work", number, agency, {"step": "Kiểm tra"}, expected)

    @rule(number=LEGS, agency=AGENCIES)
    def complete(self, number: int, agency: str) -> None:
        agency = self._who(number, agency)
        expected = self._expected(number, lambda leg: leg.accepted(agency, self.clock, work=True))
        self._end("complete-leg", number, agency, {}, expected, "completed")

    @rule(number=LEGS, agency=AGENCIES, opinion=st.sampled_from(["agree", "disagree", "neither"]))
    def give_opinion(self, number: int, agency: str, opinion: str) -> None:
        agency = self._who(number, agency)
        expected = self._expected(number, lambda leg: leg.opinion(agency, self.clock))
        self._end("give-opinion", number, agency, {"opinion": opinion}, expected, "completed")

    @rule(number=LEGS, agency=AGENCIES, to=st.sampled_from([None, 0, 1, 2, 9]))
    def give_back(self, number: int, agency: str, to: int | None) -> None:
        agency = self._who(number, agency)

        def rules(leg: Leg) -> str | None:
            return leg.going_on(agency, self.clock) or (None if to in (None, 0) else "return-not-earlier")

        expected = self._expected(number, rules)
        self._end("return-leg", number, agency, {"reason": "Thiếu", "to": to}, expected, "returned")

    @rule(number=LEGS, agency=AGENCIES, to=st.sampled_from([LAND, TAX, "so-nao-do"]))
    def transfer(self, number: int, agency: str, to: str) -> None:
        agency = self._who(number, agency)

        def rules(leg: Leg) -> str | None:
            wrong = (
                "transfer-to-itself" if to == leg.agency else "unknown-agency" if to == "so-nao-do" else None
            )
            return leg.going_on(agency, self.clock) or wrong

        expected = self._expected(number, rules)
        self._end("transfer-leg", number, agency, {"to": to, "reason": "Nhầm"}, expected, "transferred")

    @rule(number=LEGS, agency=AGENCIES)
    def recall(self, number: int, agency: str) -> None:
        agency = self._who(number, agency)
        expected = self._expected(number, lambda leg: leg.recall(agency, self.clock))
        self._end("recall-leg", number, agency, {"reason": "Nhầm"}, expected, "recalled")

    @rule(number=LEGS, agency=AGENCIES, kind=st.sampled_from(["supplement", "payment"]))
    def wait_for_the_applicant(self, number: int, agency: str, kind: str) -> None:
        agency = self._who(number, agency)
        expected = self._expected(number, lambda leg: leg.asks(agency, self.clock))
        self._send(f"request-{kind}", number, agency, {"reason": "Thiếu bản vẽ"}, expected)
        if expected is None:
            self.legs[number].suspended = kind

    @rule(number=LEGS, kind=st.sampled_from(["supplement", "payment", "posting"]))
    def resume(self, number: int, kind: str) -> None:
        late = self.clock + timedelta(days=1)
        due_at = to_text(late - timedelta(minutes=1))
        resumed = {"leg": str(leg_id(number)), "kind": kind, "due_at": due_at}
        new = self.desk.when("resume_work", resumed, act_at(self._tick()))
        leg = self.legs.get(number)
        assert len(new) == (leg is not None and not leg.outcome and leg.suspended == kind)
        if leg and new:
            leg.suspended, leg.late, leg.term = None, late, leg.term + 1

    @rule(number=LEGS)
    def withdraw(self, number: int) -> None:
        new = self.desk.when("withdraw_work", str(leg_id(number)), act_at(self._tick()))
        leg = self.legs.get(number)
        assert len(new) == (leg is not None and not leg.outcome)
        if leg and new:
            leg.outcome = "withdrawn"

    @rule(number=LEGS, agency=SUCCESSORS)
    def rehome(self, number: int, agency: str) -> None:
        rehomed = {"leg": str(leg_id(number)), "agency": agency, "basis": "NQ 01"}
        new = self.desk.when("rehome_work", rehomed, act_at(self._tick()))
        leg = self.legs.get(number)
        assert len(new) == (leg is not None and not leg.outcome and leg.agency != agency)
        if leg and new:
            leg.agency, leg.acknowledged = agency, False

    @rule(number=LEGS, version=st.integers(1, 3))
    def term_is_noticed(self, number: int, version: int) -> None:
        new = self.desk.when("end_term", leg_id(number), version, act_at(max(self.clock, DUE)))
        leg = self.legs.get(number)
        over = leg is None or leg.outcome or leg.suspended or leg.overdue or leg.term != version
        assert bool(new) == (not over)
        if leg and new:
            leg.overdue = leg.at_term == "overdue"
            leg.outcome = LAPSE.get(leg.at_term)

    @invariant()
    def replaying_gives_the_state_that_ran_live(self) -> None:
        if not hasattr(self, "desk"):
            return
        other = self.desk.another()
        for number, leg in self.legs.items():
            work: Any = self.desk.application.find(leg_id(number))
            assert work == other.find(leg_id(number))
            assert (work.agency, work.outcome, work.suspended) == (leg.agency, leg.outcome, leg.suspended)
        self.desk.application.close_unit()

    @invariant()
    def every_event_may_be_made_public(self) -> None:
        if not hasattr(self, "desk"):
            return
        for number in self.legs:
            for event in self.desk.events(leg_id(number)):
                message_type, data_of = TRANSLATIONS[type(event)]
                uri = schema_uri(message_type, 1)
                registry.load(Message("1", "/s", message_type, "", "", uri, data_of(event)))

    @invariant()
    def a_term_runs_exactly_while_its_leg_goes_on(self) -> None:
        if hasattr(self, "desk"):
            running = {leg_id(n) for n, leg in self.legs.items() if not (leg.outcome or leg.suspended)}
            deadlines = self.desk.written.deadlines
            assert set(deadlines) == running
            assert {deadlines[leg_id(n)][1:] for n in self.legs if leg_id(n) in running} == {
                (leg.term, leg.late) for n, leg in self.legs.items() if leg_id(n) in running
            }

    def _who(self, number: int, agency: str) -> str:
        if agency != WHOSE_TURN_IT_IS:
            return agency
        return self.legs[number].agency if number in self.legs else LAND

    def _tick(self) -> datetime:
        self.clock += timedelta(minutes=1)
        return self.clock

    def _expected(self, number: int, rules: Any) -> str | None:
        """Say how a command should be answered that is sent next."""
        self._tick()
        code: str | None = rules(self.legs[number]) if number in self.legs else "unknown-leg"
        return code

    def _send(
        self, command: str, number: int, agency: str, fields: dict[str, Any], expected: Any
    ) -> list[str]:
        code, new = None, []
        try:
            new = self.desk.command(command, leg_id(number), fields, act_at(self.clock, agency=agency))
        except RefusedError as refused:
            code = refused.code
        assert code == expected, command
        return new

    def _end(self, command: str, number: int, agency: str, fields: Any, expected: Any, outcome: str) -> None:
        self._send(command, number, agency, fields, expected)
        if expected is None:
            self.legs[number].outcome = outcome


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
