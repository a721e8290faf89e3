"""Whatever happens on routes that are graphs, while agencies end: four services agree on where everything is.

Beside the faults of `machine`: legs side by side, consultations, conditions, pauses, transfers, recalls,
returns to any leg, withdrawals, moves to another version and a reorganisation that is interrupted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from deploy.play.scenario import Scenario
from shared.clock import from_text
from shared.errors import RefusedError
from tests.consistency import agreement
from tests.consistency.conftest import begun
from tests.consistency.graphs import (
    BUILDING,
    DISTRICT,
    LAND,
    MERGED,
    MONEY,
    NOBODY,
    POLICE,
    REORGANISED_FROM,
    graphs,
)
from tests.consistency.machine import NUMBERS, Histories, profile
from tests.consistency.officials import Officials
from tests.consistency.people import People
from tests.consistency.province import Province

pytestmark = [pytest.mark.consistency, pytest.mark.timeout(3600)]

AGENCIES = st.sampled_from([BUILDING, LAND, MONEY, DISTRICT, POLICE, MERGED, NOBODY])
ENDINGS = st.sampled_from(
    [
        "finish",
        "finish",
        "finish",
        "transfer-leg",
        "return-leg",
        "recall-leg",
        "request-supplement",
        "request-payment",
        "silence",
    ]
)
ANSWERS = st.sampled_from(["fulfil", "fulfil", "fulfil", "send-on", "move", ""])
LEGS = st.one_of(st.none(), st.sampled_from(range(6)))


@dataclass(frozen=True, slots=True)
class Day:
    """What is said on a day: of each open leg in turn, then about each dossier in turn."""

    endings: list[str]
    to: int | None
    other: str
    answers: list[str]
    given_up: tuple[int, str] | None
    minutes: int


DAYS = st.builds(
    Day,
    st.lists(ENDINGS, min_size=5, max_size=7),
    LEGS,
    AGENCIES,
    st.lists(ANSWERS, min_size=5, max_size=7),
    st.sampled_from([None, None, None, (0, "withdraw"), (1, "stop"), (2, "withdraw"), (3, "stop")]),
    st.sampled_from([300, 301, 600, 1501, 3000]),
)


class GraphHistories(Histories):
    """A province whose routes are graphs."""

    people: Officials

    def people_of(self, province: Province) -> People:
        return Officials(province, self.scenario)

    def check(self) -> None:
        agreement.check_all(self.province)

    def come_to_rest(self) -> None:
        super().come_to_rest()
        if self.plan_is_begun():
            self.province.clock.set(max(self.province.clock.now(), from_text(REORGANISED_FROM)))
            with suppress(RefusedError):
                self.people.begin_the_plan()
            self.rehome_all()
            self.province.rest()
            self.rehome_all()
            with suppress(RefusedError):
                self.people.finish_the_plan()
            super().come_to_rest()

    def plan_is_begun(self) -> bool:
        return bool(self.province.ask("routing", "SELECT name FROM directory WHERE kind = 'end'"))

    def rehome_all(self) -> None:
        """Carry the plan out in small batches; a plan that is finished has nothing left."""
        after: UUID | None = None
        with suppress(RefusedError):
            while after := self.people.rehome(after, 2):
                pass

    def finish(self, leg: UUID, agency: str, *, by_broker: bool) -> None:
        sql = "SELECT kind FROM work WHERE leg_id = :leg"
        [(kind,)] = self.province.ask("processing", sql, leg=leg)
        self.say("give-opinion" if kind == "opinion" else "complete-leg", leg, agency, by_broker=by_broker)

    def answer_what_was_asked(self) -> None:
        for dossier in filter(self.people.asked, self.province.dossiers):
            self.answer(dossier, "fulfil")

    def answer(self, dossier: UUID, action: str) -> None:
        asked = self.people.asked(dossier)
        with suppress(RefusedError):
            self.people.at_desk(action, dossier, pause=asked[0] if asked else None)

    @initialize(kinds=st.lists(NUMBERS, min_size=3, max_size=6), days=st.lists(DAYS, max_size=5))
    def begin(self, kinds: list[int], days: list[Day]) -> None:
        for kind in kinds:
            self.submit(kind, "direct")
        self.several_days(days)

    @rule(days=st.lists(DAYS, min_size=1, max_size=4))
    def several_days(self, days: list[Day]) -> None:
        for day in days:
            self.a_day_on_which_anything_is_said(day)

    def a_day_on_which_anything_is_said(self, day: Day) -> None:
        self.let_everything_go_on()
        for number, (leg, agency) in enumerate(self.legs("closed = false")):
            ending = day.endings[number % len(day.endings)]
            if ending not in {"recall-leg", "silence"}:
                self.say("accept-leg", leg, agency, by_broker=bool(number % 2))
            self.end(ending, leg, agency, to=day.to, other=day.other, by_broker=bool(number % 2))
        self.let_everything_go_on()
        for number, dossier in enumerate(self.province.dossiers):
            act = day.answers[number % len(day.answers)]
            if act == "move":
                self.move_a_dossier(number, 1 + day.minutes % 2)
            elif act != "fulfil" or self.people.asked(dossier):
                self.answer(dossier, act or "receive")
        for number, act in [day.given_up] if day.given_up else []:
            self.answer(self.province.dossiers[number % len(self.province.dossiers)], act)
        self.time_passes(day.minutes)

    @rule(number=NUMBERS, ending=ENDINGS, to=LEGS, other=AGENCIES, by_broker=st.booleans())
    def end_any_leg(self, number: int, ending: str, to: int | None, other: str, *, by_broker: bool) -> None:
        """In turn or out of turn: the leg may be over, suspended, or not accepted."""
        if leg := self.leg(number, "TRUE"):
            self.end(ending, *leg, to=to, other=other, by_broker=by_broker)

    @rule(number=NUMBERS, command=st.sampled_from(["accept-leg", "complete-leg"]), agency=AGENCIES)
    def speak_of_another_s_leg(self, number: int, command: str, agency: str) -> None:
        if leg := self.leg(number, "TRUE"):
            self.say(command, leg[0], agency, by_broker=bool(number % 2))

    def end(
        self, ending: str, leg: UUID, agency: str, *, to: int | None, other: str, by_broker: bool
    ) -> None:
        if ending == "finish":
            self.finish(leg, agency, by_broker=by_broker)
            return
        if ending == "silence":
            return
        fields: dict[str, Any] = {}
        if ending == "recall-leg":
            sql = "SELECT from_agency FROM work WHERE leg_id = :leg"
            [(agency,)] = self.province.ask("processing", sql, leg=leg)
        elif ending == "transfer-leg":
            fields = {"to": other}
        elif ending == "return-leg":
            fields = {"to": to}
        self.say(ending, leg, agency, by_broker=by_broker, **fields)

    @precondition(lambda self: self.province.dossiers)
    @rule(number=NUMBERS, action=st.sampled_from(["fulfil", "fulfil", "fulfil", "withdraw", "stop"]))
    def answer_or_give_up(self, number: int, action: str) -> None:
        dossiers = self.province.dossiers
        self.answer(dossiers[number % len(dossiers)], action)

    @precondition(lambda self: self.province.dossiers)
    @rule(number=NUMBERS, version=st.sampled_from([1, 2]))
    def move_a_dossier(self, number: int, version: int) -> None:
        dossiers = self.province.dossiers
        with suppress(RefusedError):
            self.people.move(dossiers[number % len(dossiers)], "lien-thong.side", version)

    @rule()
    def begin_the_plan(self) -> None:
        with suppress(RefusedError):
            self.people.begin_the_plan()

    @rule(limit=st.sampled_from([1, 2, 5]), dies=st.booleans())
    def rehome_a_batch(self, limit: int, *, dies: bool) -> None:
        with suppress(RefusedError):
            self.people.rehome(None, limit)
        if dies:
            self.province.restart("routing")

    @rule()
    def carry_the_plan_out(self) -> None:
        self.rehome_all()
        with suppress(RefusedError):
            self.people.finish_the_plan()


@pytest.fixture(scope="session")
def scenario(scenario: Scenario) -> Scenario:
    return graphs(scenario)


@pytest.fixture(scope="session")
def graph_beginning(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> Callable[[Path], None]:
    return begun(tmp_path_factory.mktemp("graphs"), scenario)


def test_four_services_agree_whatever_happens_on_graphs(
    scenario: Scenario, graph_beginning: Callable[[Path], None]
) -> None:
    GraphHistories.scenario, GraphHistories.beginning = scenario, staticmethod(graph_beginning)
    run_state_machine_as_test(GraphHistories, settings=profile(30))
