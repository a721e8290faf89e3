"""A small plan of a scenario, played through the four services, comes to its figures and can be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from deploy.names import SERVICES
from deploy.play.plan import PlannedDossier, plan
from deploy.play.scenario import Scenario, scaled
from shared.acts import HISTORIAN, Actor
from tests.consistency.invariants import canonical, check_all, histories
from tests.consistency.people import People
from tests.consistency.province import Province, province

pytestmark = pytest.mark.consistency

SCALE = 0.1
ARCHIVIST = Actor(HISTORIAN, "archive")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> Iterator[Province]:
    """A province in which the plan was played by a historian, wave by wave of legs, in one life."""
    with province(tmp_path_factory.mktemp("played")) as ours:
        people = People(ours, scenario)
        people.register_agencies()
        people.publish_procedures()
        for procedure in scenario.procedures:
            people.publish_process(procedure["procedure"])
        ours.rest()
        dossiers = plan(scenario, SCALE)
        ours.clock.set(max(it.received_at for it in dossiers).replace(year=2026))
        play(people, dossiers)
        yield ours


def play(people: People, dossiers: list[PlannedDossier]) -> None:
    ids: dict[int, UUID] = {}
    for it in dossiers:
        filed = people.submit(it.filing, it.channel, actor=ARCHIVIST, at=it.received_at)
        ids[it.number] = UUID(filed["dossier"])
    for number in range(max(len(it.legs) for it in dossiers)):
        people.province.rest()
        for it in dossiers:
            leg = it.legs[number] if number < len(it.legs) else None
            if leg is None or leg.accepted_at is None:
                continue
            sql = "SELECT leg_id FROM work WHERE dossier_id = :dossier AND number = :number"
            [(leg_id,)] = people.province.ask("processing", sql, dossier=ids[it.number], number=number + 1)
            people.command("accept-leg", leg_id, leg.agency, actor=ARCHIVIST, at=leg.accepted_at)
            if leg.completed_at:
                people.command("complete-leg", leg_id, leg.agency, actor=ARCHIVIST, at=leg.completed_at)
    people.province.rest()
    for it in dossiers:
        if it.handed_back_at:
            people.at_desk("hand-back", ids[it.number], actor=ARCHIVIST, at=it.handed_back_at)
    people.province.rest()


def test_the_figures_are_those_of_the_plan(played: Province, scenario: Scenario) -> None:
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
    assert verdicts.count("early") + verdicts.count("on_time") == figures.early_or_on_time
    assert len(verdicts) == figures.resolved


@pytest.mark.parametrize("name", SERVICES)
def test_replayed_state_equals_live_state_byte_for_byte(played: Province, name: str) -> None:
    application = played.runtimes[name].application
    ids = list(histories(played, name))
    live = {aggregate_id: canonical(application._kept[aggregate_id]) for aggregate_id in ids}
    played.restart(name)
    replayed = played.runtimes[name].application.repository
    assert live
    assert {aggregate_id: canonical(replayed.get(aggregate_id)) for aggregate_id in ids} == live


def test_everything_holds_that_must_hold_at_rest(played: Province) -> None:
    check_all(played)
