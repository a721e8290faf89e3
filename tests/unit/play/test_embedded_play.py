"""A plan played through the doors of the real services, embedded in a process of their own."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.play import acts
from deploy.play.acts import PlannedDossier, Turn
from deploy.play.plan import plan
from deploy.play.scenario import Scenario, load, scaled

PROGRAM = Path(__file__).with_name("embedded_play.py")
ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.end_to_end, pytest.mark.embedded]


def run(name: str, scale: float, *, wave: int, kill_every: int = 0, parts: int = 1) -> dict[str, Any]:
    numbers = [str(number) for number in (scale, wave, kill_every, parts)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(PROGRAM), name, *numbers],
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


def expected_works(scenario: Scenario, dossiers: Sequence[PlannedDossier]) -> dict[str, int]:
    """Return how many legs stand how, by the plan alone."""
    works: Counter[str] = Counter()
    for dossier in dossiers:
        for turn in dossier.turns:
            if not turn.applicants:
                by = "queue" if turn.agency in scenario.connected else "worklist"
                works[f"{by} {turn.outcome or state(turn, by)}"] += 1
    return works


def state(turn: Turn, by: str) -> str:
    """Return where the work of a turn stands that has not ended."""
    if turn.time_of(acts.SUPPLEMENT) and not turn.time_of(acts.FULFIL):
        return "suspended"
    if turn.time_of(acts.ACCEPT):
        return "accepted"
    return "acknowledged" if by == "queue" else "handed-over"


@pytest.mark.parametrize(
    ("name", "scale", "kill_every", "parts"),
    [
        ("quang-nam-2019", 0.005, 0, 1),
        ("lien-thong", 0.2, 0, 1),
        ("lien-thong", 0.2, 25, 1),
        ("lien-thong", 0.2, 15, 2),
    ],
)
def test_the_services_come_to_the_figures_of_the_plan_even_when_the_player_is_killed(
    name: str, scale: float, kill_every: int, parts: int
) -> None:
    scenario = load(name)
    figures = scaled(scenario.figures, scale)
    dossiers = plan(scenario, scale)

    held = run(name, scale, wave=30, kill_every=kill_every, parts=parts)

    withdrawn = sum(dossier.withdrawn for dossier in dossiers)
    verdicts, statuses = held["verdicts"], held["statuses"]
    assert held["kills"] >= 2 if kill_every else held["kills"] == 0
    assert sum(verdicts.values()) == held["codes"] == figures.received
    assert verdicts.get("early", 0) + verdicts.get("on_time", 0) + withdrawn == figures.early_or_on_time
    assert verdicts.get("late", 0) == figures.late
    assert verdicts.get("none", 0) == figures.no_verdict
    assert sum(statuses.get(status, 0) for status in "456") == figures.pending
    assert statuses.get("7", 0) == withdrawn
    assert statuses.get("10", 0) == sum(dossier.handed_back_at is not None for dossier in dossiers)
    assert held["works"] == expected_works(scenario, dossiers)
    assert (held["overdue"], held["unanswered"], held["parked"]) == (0, 0, 0)
    assert kill_every or held["played"][0]["looked_up"] == 0
