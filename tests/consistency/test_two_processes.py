"""Two processes of one service: what one of them kept in memory never stands against what the other wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from deploy.composition.parts import Runtime
from deploy.play.scenario import Scenario
from services.routing.api import itinerary_of
from tests.consistency.invariants import events
from tests.consistency.people import People
from tests.consistency.province import Province, province

pytestmark = pytest.mark.consistency


@pytest.fixture
def people(tmp_path: Path, scenario: Scenario, beginning: Callable[[Path], None]) -> Iterator[People]:
    beginning(tmp_path)
    with province(tmp_path) as ours:
        people = People(ours, scenario)
        ours.rest()
        yield people


def another_routing(ours: Province) -> Runtime:
    """Let a second process of routing take over; return the first, which still runs."""
    first = ours.runtimes["routing"]
    ours.restart("routing")
    return first


def test_a_register_that_is_put_back_is_put_back_although_the_process_never_saw_the_change(
    people: People, scenario: Scenario
) -> None:
    ours, original = people.province, scenario.agencies[0]
    people._put_reference({"agencies": [original], "processes": []})
    second = another_routing(ours)
    new_name = {"name": {"vi": "Tên mới", "en": "New name"}, "valid_from": "2018-01-01T00:00:00+07:00"}
    changed = {**original, **new_name}
    restored = {**original, "valid_from": "2018-02-01T00:00:00+07:00"}
    people._put_reference({"agencies": [changed], "processes": []})
    ours.runtimes["routing"] = second
    people._put_reference({"agencies": [restored], "processes": []})
    named: list[Any] = [
        event.facts["name"]
        for event in events(ours, "routing")
        if getattr(event, "facts", {}).get("agency") == original["agency"]
    ]
    assert named == [original["name"], changed["name"], original["name"]]


def test_a_dossier_s_way_is_shown_as_it_is_whichever_process_wrote_last(
    people: People, scenario: Scenario
) -> None:
    ours = people.province
    filed = people.submit(scenario.mix.filings[0], "direct")
    ours.rest()
    first = another_routing(ours)
    [(leg, agency)] = ours.ask("processing", "SELECT leg_id, agency FROM work")
    people.command("accept-leg", leg, agency)
    people.command("complete-leg", leg, agency)
    ours.rest()
    shown = [shown_by(runtime, UUID(filed["dossier"])) for runtime in (first, ours.runtimes["routing"])]
    assert shown[0] == shown[1]
    assert [one["number"] for one in shown[0]["open_legs"]] == [2]


def shown_by(runtime: Runtime, dossier: UUID) -> dict[str, Any]:
    application: Any = runtime.application
    with runtime.unit.begin():
        return itinerary_of(application, str(dossier))
