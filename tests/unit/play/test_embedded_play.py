"""A plan played through the doors of the real services, embedded in a process of their own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.play.plan import plan
from deploy.play.scenario import Scenario, scaled

PROGRAM = Path(__file__).with_name("embedded_play.py")
ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.end_to_end


def run(name: str, scale: float, *, wave: int, kill_every: int = 0) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", str(PROGRAM), name, str(scale), str(wave), str(kill_every)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=110,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def expected_works(scenario: Scenario, scale: float) -> dict[str, int]:
    """Return how many legs stand how, by the plan alone."""
    works: dict[str, int] = {}
    for dossier in plan(scenario, scale):
        for leg in dossier.legs:
            by = "queue" if leg.agency in scenario.connected else "worklist"
            untouched = "acknowledged" if by == "queue" else "handed-over"
            state = "completed" if leg.completed_at else "accepted" if leg.accepted_at else untouched
            works[f"{by} {state}"] = works.get(f"{by} {state}", 0) + 1
            if not leg.completed_at:
                break
    return works


@pytest.mark.parametrize(
    ("name", "scale", "kill_every"),
    [("quang-nam-2019", 0.005, 0), ("lien-thong", 0.2, 0), ("lien-thong", 0.2, 25)],
)
def test_the_services_come_to_the_figures_of_the_plan_even_when_the_player_is_killed(
    quang_nam: Scenario, lien_thong: Scenario, name: str, scale: float, kill_every: int
) -> None:
    scenario = quang_nam if name == "quang-nam-2019" else lien_thong
    figures = scaled(scenario.figures, scale)

    held = run(name, scale, wave=20, kill_every=kill_every)

    handed_back = sum(dossier.handed_back_at is not None for dossier in plan(scenario, scale))
    verdicts = held["verdicts"]
    assert held["kills"] >= 2 if kill_every else held["kills"] == 0
    assert sum(verdicts.values()) == held["codes"] == figures.received
    assert verdicts.get("early", 0) + verdicts.get("on_time", 0) == figures.early_or_on_time
    assert verdicts.get("late", 0) == figures.late
    assert verdicts.get("none", 0) == figures.no_verdict
    assert verdicts.get("None", 0) == held["statuses"].get("4", 0) == figures.pending
    assert held["statuses"].get("10", 0) == handed_back
    assert held["works"] == expected_works(scenario, scale)
    assert (held["overdue"], held["unanswered"], held["parked"]) == (0, 0, 0)
    assert kill_every or held["played"]["looked_up"] == 0
