"""Playing a scenario in which a province has everybody use the system, urges who does not, and takes reports.

Its source prints no figures: it is judged by behaviours, each held against what the doors answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from deploy.behaviours import Behaviours
from deploy.demo import settle
from deploy.play.plan import plan
from deploy.play.player import load_reference, play
from deploy.play.scenario import Scenario, ScenarioError, wave
from deploy.reach import Reached
from deploy.urging_judged import IN_APRIL, judged
from deploy.urging_office import Office
from shared.messaging.broker import Broker

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Urged:
    """What came of a play."""

    scenario: Scenario
    behaviours: Behaviours
    unanswered: Sequence[Mapping[str, Any]]
    """What was late and not answered in April, as the report lists it."""
    events: int
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether every behaviour holds."""
        return not self.behaviours.failing

    def as_json(self) -> dict[str, Any]:
        """Return the behaviours for machines."""
        return {
            "behaviours": self.behaviours.as_json(),
            "unanswered": [
                {name: one[name] for name in ("agency", "reference", "due_on", "days_late")}
                for one in self.unanswered
            ],
            "events": self.events,
            "seconds": round(self.seconds, 2),
        }


def run(reached: Reached, broker: Broker, scenario: Scenario, scale: float, progress: Progress) -> Urged:
    """Play the waves, issue the tasks and the reminder, answer them, and judge each behaviour.

    Raises ScenarioError, PlayError, DoorError or NotSettledError.
    """
    said = scenario.urging
    if said is None:
        raise ScenarioError(f"{scenario.name} urges nobody")
    started = time.monotonic()
    doors = reached.doors(broker)
    with (
        closing(reached.client("statistics")) as statistics,
        closing(reached.client("processing", "historian")) as processing,
    ):
        before = statistics.get("/health")["ledger"]
        load_reference(doors, scenario)
        settle(reached)
        office = Office(scenario, said, processing, statistics)
        tasks = {task["key"]: office.issue_task(task) for task in said["tasks"]}
        for number, one in enumerate(said["waves"]):
            if number == 1:
                settle(reached)
                office.urge()
            part = wave(scenario, one)
            play(doors, part, plan(part, scale), progress=progress)
        office.answer_all(tasks)
        ledger = settle(reached)
        behaviours = Behaviours(judged(office, tasks))
        late = office.unanswered(IN_APRIL)
    return Urged(scenario, behaviours, late, ledger - before, time.monotonic() - started)
