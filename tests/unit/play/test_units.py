"""Whole numbers for each unit, at any scale, and dossiers that make them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.play.scenario import Scenario, ScenarioError, load
from deploy.play.units import Count, counts, over_by_level, plan_units
from shared.clock import VIETNAM
from shared.working_time.vietnam import vietnam_calendar

KON_TUM = load("kon-tum-2023")
PRINTED = {"province": [10, 17], "district": [4, 10], "commune": [6, 102]}


def ratio(numbers: list[Count]) -> str:
    online, resolved = sum(one.online for one in numbers), sum(one.resolved for one in numbers)
    return str((Decimal(100 * online) / resolved).quantize(Decimal("0.01"), ROUND_HALF_UP))


@settings(max_examples=40, deadline=None)
@given(scale=st.floats(0.001, 1.5))
def test_the_printed_figures_come_out_at_any_scale(scale: float) -> None:
    assert KON_TUM.units
    numbers = counts(KON_TUM.units, scale)
    assert ratio(numbers) == "26.77"
    assert over_by_level(KON_TUM, numbers, at_cut_off=False) == PRINTED == KON_TUM.units.over
    for one in numbers:
        assert 0 <= one.online <= one.resolved
        assert 0 <= one.later_online <= one.later
        assert one.is_over == (one.share.reaches == "before")
        assert one.is_over_at_cut_off == (one.share.reaches is not None)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return KON_TUM


def test_the_plan_has_just_these_dossiers_in_office_hours(scenario: Scenario) -> None:
    assert scenario.units
    numbers = counts(scenario.units, 0.01)
    dossiers = plan_units(scenario, 0.01)
    until = scenario.units.counted_until
    found: Counter[tuple[str, bool, bool]] = Counter()
    calendar = vietnam_calendar()
    for dossier in dossiers:
        assert dossier.resolved_at
        assert dossier.handed_back_at
        assert dossier.received_at < dossier.resolved_at < dossier.handed_back_at
        day = dossier.resolved_at.astimezone(VIETNAM).date()
        assert calendar.is_working_day(day)
        assert date(2023, 1, 1) <= day <= scenario.last
        (turn,) = dossier.turns
        found[turn.agency, day > until, dossier.channel == "online"] += 1
    assert [dossier.number for dossier in dossiers] == list(range(1, len(dossiers) + 1))
    for one in numbers:
        unit = one.share.unit
        assert found[unit, False, True] == one.online
        assert found[unit, False, False] == one.resolved - one.online
        assert found[unit, True, True] == one.later_online
        assert found[unit, True, False] == one.later - one.later_online
    carried = [one for one in dossiers if one.received_at.astimezone(VIETNAM).date() <= until]
    assert len(carried) > sum(one.resolved for one in numbers), (
        "some are received before the count, resolved after"
    )
    assert plan_units(scenario, 0.01) == dossiers


def test_a_plan_that_contradicts_itself_is_refused(scenario: Scenario) -> None:
    assert scenario.units
    with pytest.raises(ScenarioError, match="below the target"):
        counts(replace(scenario.units, ratio="99.00"), 0.01)
    with pytest.raises(ScenarioError, match="does not say what each unit did"):
        plan_units(replace(scenario, units=None), 1)
