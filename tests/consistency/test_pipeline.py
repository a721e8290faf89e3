"""Whatever happens in whatever order: nothing is lost, doubled or reordered, and every figure adds up.

Random histories of the four services with duplicates, redeliveries, crashes, failing commits, restarts
and a broker that forgets everything. LIENTHONG_HISTORIES sets how many are tried (for CI a few, always
the same); a large number tries others every time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test

from deploy.play.scenario import Scenario
from tests.consistency.machine import Histories, profile

pytestmark = [pytest.mark.consistency, pytest.mark.timeout(3600)]


def test_no_history_loses_doubles_or_reorders_anything(
    scenario: Scenario, beginning: Callable[[Path], None]
) -> None:
    Histories.scenario, Histories.beginning = scenario, staticmethod(beginning)
    run_state_machine_as_test(Histories, settings=profile(60))
