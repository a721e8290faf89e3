"""Playing a scenario in the middle of which agencies end, and drawing the balance."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from deploy.balance import Reconciliation
from deploy.demo import report_figures, settle
from deploy.play.acts import Part
from deploy.play.plan import plan
from deploy.play.player import load_reference, play
from deploy.play.scenario import Figures, Scenario, ScenarioError, scaled
from deploy.reach import Reached
from deploy.reconciliation import reconcile
from deploy.recorded import recorded
from deploy.reorganisation import Outcome, carry_out
from services.routing.rules.reorganisation import changes_of
from shared.clock import from_text, to_text
from shared.messaging.broker import Broker

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reorganised:
    """What came of it."""

    scenario: Scenario
    outcome: Outcome
    """What was re-homed, as routing counted it while it did it."""
    balance: Reconciliation
    """What happened, counted from the ledger afterwards."""
    expected: Figures
    """The scenario's figures, at the scale that was played."""
    found: Figures
    events: int
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether before is after, and every figure comes out."""
        return self.balance.holds and self.expected == self.found

    def as_json(self) -> dict[str, Any]:
        """Return the balance for machines."""
        return {**self.balance.as_json(), "events": self.events, "seconds": round(self.seconds, 2)}


def run(
    reached: Reached, broker: Broker, scenario: Scenario, scale: float, progress: Progress
) -> Reorganised:
    """Play a scenario up to its reorganisation, carry that out, play the rest, and draw the balance.

    Raises ScenarioError, PlayError, DoorError or NotSettledError.
    """
    wanted = scenario.reorganisation
    if wanted is None:
        raise ScenarioError(f"{scenario.name}: there is no plan of a reorganisation")
    started = time.monotonic()
    doors = reached.doors(broker)
    dossiers = plan(scenario, scale)
    with closing(reached.client("statistics")) as statistics:
        before = statistics.get("/health")["ledger"]
        load_reference(doors, scenario)
        moment = from_text(wanted["from"])
        play(doors, scenario, dossiers, part=Part(until=moment), progress=progress)
        settle(reached)
        with closing(reached.client("routing", "historian")) as routing:
            outcome = carry_out(routing, wanted, happened_at=wanted["from"])
        settle(reached)
        after = replace(scenario, agencies=[*scenario.agencies, *wanted["agencies"]])
        rest = Part(since=moment, successors=successors_of(wanted))
        play(doors, after, dossiers, part=rest, progress=progress)
        ledger = settle(reached)
        balance = reconcile(recorded(statistics, before), to_text(moment))
        found = report_figures(statistics, scenario)
    seconds = time.monotonic() - started
    expected = scaled(scenario.figures, scale)
    return Reorganised(scenario, outcome, balance, expected, found, ledger - before, seconds)


def successors_of(wanted: dict[str, Any]) -> dict[str, list[str]]:
    """Return who may go on with the legs of each agency that a plan ends."""
    return {
        change.agency: [str(successor["agency"]) for successor in change.successors]
        for change in changes_of(wanted)
        if change.ends
    }
