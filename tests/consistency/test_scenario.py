"""A small plan of a scenario, played through the four services, comes to its figures and can be replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from deploy.names import SERVICES
from deploy.play import acts
from deploy.play.acts import WHOLE, Act, PlannedDossier, Step, Turn
from deploy.play.plan import plan
from deploy.play.scenario import Scenario, load, scaled
from services.intake.api import submit_many
from services.intake.application import Filing
from services.intake.schemas import read_submission
from services.routing.domain.itinerary import leg_key
from shared.acts import HISTORIAN, Actor
from shared.clock import from_text
from shared.persistence.grouping import GroupCommit
from tests.consistency import invariants
from tests.consistency.invariants import canonical, histories
from tests.consistency.people import People
from tests.consistency.province import Province, province

pytestmark = pytest.mark.consistency

SCALE = 0.3
ARCHIVIST = Actor(HISTORIAN, "archive")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("lien-thong")


@pytest.fixture(scope="module")
def dossiers(scenario: Scenario) -> list[PlannedDossier]:
    return plan(scenario, SCALE)


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, scenario: Scenario, dossiers: list[PlannedDossier]
) -> Iterator[Province]:
    """A province in which the plan was played by a historian, step by step, in one life."""
    with province(tmp_path_factory.mktemp("played")) as ours:
        people = People(ours, scenario)
        people.register_agencies()
        people.publish_procedures()
        for procedure in scenario.procedures:
            people.publish_process(procedure["procedure"])
        ours.rest()
        ours.clock.set(max(it.received_at for it in dossiers).replace(year=2026))
        play(people, dossiers)
        yield ours


def play(people: People, dossiers: list[PlannedDossier]) -> None:
    steps = {submit(people, it): (it, steps_of(it)) for it in dossiers}
    while any(left for _, left in steps.values()):
        people.province.rest()
        for dossier, (it, left) in steps.items():
            if left:
                do(people, dossier, it, left.pop(0))
    people.province.rest()
    for dossier, (it, _) in steps.items():
        if it.handed_back_at:
            people.at_desk("hand-back", dossier, actor=ARCHIVIST, at=it.handed_back_at)
    people.province.rest()


def submit(people: People, dossier: PlannedDossier) -> UUID:
    runtime = people.province.runtimes["intake"]
    application: Any = runtime.application
    group = GroupCommit(runtime.unit, people.province.clock, submit_many(application))
    filed = read_submission(dossier.submission)
    act = people.act(ARCHIVIST, dossier.received_at)
    return UUID(people._request("intake", group, Filing(filed.submission, act, filed.accept))["dossier"])


def steps_of(dossier: PlannedDossier) -> list[Step]:
    """Return its steps, with a word at the end of each public notice: nothing rings by itself here."""
    steps = [step for step in WHOLE.steps(dossier) if step.acts]
    notices = [turn for turn in dossier.turns if turn.outcome == "elapsed" and turn.closed_at]
    steps += [Step(turn, (acts.silence(turn.closed_at),)) for turn in notices if turn.closed_at]
    return sorted(steps, key=lambda step: step.acts[-1].at)


def do(people: People, dossier: UUID, planned: PlannedDossier, step: Step) -> None:
    for act in step.acts:
        if act.command in acts.AT_THE_DESK:
            people.at_desk(act.command, dossier, actor=ARCHIVIST, at=act.at)
        else:
            command(people, dossier, planned, step.turn, act)


def command(people: People, dossier: UUID, planned: PlannedDossier, turn: Turn, act: Act) -> None:
    agency = turn.agency if act.by is None else agency_of(planned, act.by)
    leg = leg_key(dossier, turn.number, turn.attempt)
    runtime = people.province.runtimes["processing"]
    application: Any = runtime.application
    group = GroupCommit(runtime.unit, people.province.clock)
    told = people.act(Actor(HISTORIAN, "archive", agency), act.at)
    data = {"leg": str(leg), **act.data}
    people._request("processing", group, lambda: application.execute(act.command, data, told, agency))


def agency_of(planned: PlannedDossier, number: int) -> str:
    return next(turn.agency for turn in planned.turns if turn.number == number)


def test_the_figures_are_those_of_the_plan(
    played: Province, scenario: Scenario, dossiers: list[PlannedDossier]
) -> None:
    figures = scaled(scenario.figures, SCALE)
    resolved = [
        event
        for history in histories(played, "intake").values()
        for event in history
        if type(event).__name__ == "Resolved"
    ]
    verdicts = [event.verdict for event in resolved]
    assert len(played.dossiers) == figures.received
    assert verdicts.count("late") == figures.late
    withdrawn = sum(dossier.withdrawn for dossier in dossiers)
    assert verdicts.count("early") + verdicts.count("on_time") + withdrawn == figures.early_or_on_time
    assert len(verdicts) + withdrawn == figures.resolved


def test_every_leg_was_opened_where_and_when_it_was_planned_and_ended_so(
    played: Province, dossiers: list[PlannedDossier]
) -> None:
    ways = histories(played, "routing")
    for dossier, planned in zip(played.dossiers, dossiers, strict=True):
        opened = {
            (event.number, event.attempt): (event.agency, from_text(event.act["happened_at"]), event.leg)
            for event in ways[dossier]
            if type(event).__name__ == "LegOpened"
        }
        ended = {event.leg: event.outcome for event in ways[dossier] if type(event).__name__ == "LegClosed"}
        found = {place: (agency, at, ended.get(leg)) for place, (agency, at, leg) in opened.items()}
        assert found == {
            (turn.number, turn.attempt): (turn.agency, turn.opened_at, turn.outcome) for turn in planned.turns
        }


@pytest.mark.parametrize("name", SERVICES)
def test_replayed_state_equals_live_state_byte_for_byte(played: Province, name: str) -> None:
    application = played.runtimes[name].application
    ids = list(histories(played, name))
    live = {aggregate_id: canonical(application._kept[aggregate_id]) for aggregate_id in ids}
    played.restart(name)
    replayed = played.runtimes[name].application.repository
    assert live
    assert {aggregate_id: canonical(replayed.get(aggregate_id)) for aggregate_id in ids} == live


@pytest.mark.parametrize(
    "check",
    [
        invariants.check_nothing_is_left_over,
        invariants.check_each_leg_was_handed_over_once,
        invariants.check_the_ledger_holds_every_event_once_and_in_order,
        invariants.check_the_figures,
        invariants.check_replayed_equals_live,
        invariants.check_a_rebuilt_read_model_is_the_same,
    ],
)
def test_everything_holds_that_must_hold_at_rest(played: Province, check: Callable[[Province], None]) -> None:
    check(played)
