"""Whatever agencies send, in whatever order: the rules of turn hold, and replaying gives the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.processing.publisher import TRANSLATIONS
from shared.contracts import registry
from shared.contracts.envelope import Message, schema_uri
from shared.errors import RefusedError
from tests.builders.processing import DUE, LAND, MORNING, TAX, act_at, leg_id, leg_opened
from tests.unit.processing.conftest import Desk

LEGS = st.integers(1, 3)
AGENCIES = st.sampled_from([LAND, TAX])
OWNER = {1: LAND, 2: TAX, 3: LAND}


class Histories(RuleBasedStateMachine):
    """Three legs of one dossier, and two agencies that send what comes to their mind."""

    @initialize()
    def begin(self) -> None:
        self.desk = Desk()
        self.clock = MORNING
        # The model: what each leg has gone through, by the rules as a person would say them.
        self.opened: set[int] = set()
        self.acknowledged: set[int] = set()
        self.accepted: set[int] = set()
        self.closed: set[int] = set()
        self.overdue: set[int] = set()

    @rule(number=LEGS)
    def open_leg(self, number: int) -> None:
        new = self.desk.when("open_work", leg_opened(OWNER[number], number), act_at(self._tick()))
        assert len(new) == (number not in self.opened)
        self.opened.add(number)

    @rule(number=LEGS, agency=AGENCIES)
    def acknowledge(self, number: int, agency: str) -> None:
        code, new = self._send("acknowledge_message", number, agency, {})
        assert code == self._stranger(number, agency)
        if code is None:
            assert len(new) == (number not in self.acknowledged | self.closed)
            if number not in self.closed:
                self.acknowledged.add(number)

    @rule(number=LEGS, agency=AGENCIES)
    def accept(self, number: int, agency: str) -> None:
        code, _ = self._send("accept_leg", number, agency, {"officer": "B"})
        expected = self._over(number, agency)
        if expected is None and number in self.accepted:
            expected = "leg-already-accepted"
        assert code == expected
        if code is None:
            self.accepted.add(number)

    @rule(number=LEGS, agency=AGENCIES)
    def record(self, number: int, agency: str) -> None:
        code, _ = self._send("record_work", number, agency, {"step": "Kiểm tra"})
        assert code == self._not_accepted(number, agency)

    @rule(number=LEGS, agency=AGENCIES)
    def complete(self, number: int, agency: str) -> None:
        code, _ = self._send("complete_leg", number, agency, {})
        assert code == self._not_accepted(number, agency)
        if code is None:
            self.closed.add(number)

    @rule(number=LEGS, agency=AGENCIES)
    def give_back(self, number: int, agency: str) -> None:
        code, _ = self._send("return_leg", number, agency, {"reason": "Thiếu giấy tờ"})
        assert code == self._over(number, agency)
        if code is None:
            self.closed.add(number)

    @rule(number=LEGS, version=st.integers(1, 2))
    def term_passes(self, number: int, version: int) -> None:
        new = self.desk.when("mark_overdue", leg_id(number), version, act_at(DUE))
        running = number in self.opened - self.closed - self.overdue
        assert len(new) == (running and version == 1)
        if new:
            self.overdue.add(number)

    @invariant()
    def replaying_gives_the_state_that_ran_live(self) -> None:
        if not hasattr(self, "desk"):
            return
        other = self.desk.another()
        for number in (1, 2, 3):
            assert self.desk.application.find(leg_id(number)) == other.find(leg_id(number))
        self.desk.application.close_unit()

    @invariant()
    def every_event_may_be_made_public(self) -> None:
        if not hasattr(self, "desk"):
            return
        for number in self.opened:
            for event in self.desk.events(leg_id(number)):
                message_type, data_of = TRANSLATIONS[type(event)]
                uri = schema_uri(message_type, 1)
                registry.load(Message("1", "/s", message_type, "", "", uri, data_of(event)))

    @invariant()
    def a_term_is_pending_exactly_while_its_leg_is_open(self) -> None:
        if hasattr(self, "desk"):
            assert set(self.desk.written.deadlines) == {leg_id(n) for n in self.opened - self.closed}

    def _tick(self) -> Any:
        self.clock += timedelta(minutes=1)
        return self.clock

    def _send(self, method: str, number: int, agency: str, fields: dict[str, Any]) -> Any:
        try:
            return None, self.desk.when(method, leg_id(number), fields, act_at(self._tick(), agency=agency))
        except RefusedError as refused:
            return refused.code, []

    def _stranger(self, number: int, agency: str) -> str | None:
        if number not in self.opened:
            return "unknown-leg"
        return None if agency == OWNER[number] else "not-your-leg"

    def _over(self, number: int, agency: str) -> str | None:
        if number in self.closed:
            return self._stranger(number, agency) or "leg-already-closed"
        return self._stranger(number, agency)

    def _not_accepted(self, number: int, agency: str) -> str | None:
        code = self._over(number, agency)
        return code or (None if number in self.accepted else "out-of-turn")


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
