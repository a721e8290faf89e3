"""Playing scenarios through the services and holding what comes out against the source."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from deploy.play.acts import PlannedDossier
from deploy.play.client import Client
from deploy.play.doors import Doors
from deploy.play.plan import plan
from deploy.play.player import load_reference, play
from deploy.play.scenario import Figures, Scenario, scaled
from deploy.printed import Inconsistency, inconsistencies
from deploy.reach import Reached
from shared.messaging.broker import Broker

SETTLE_SECONDS = 120.0

Progress = Callable[[int, int], None]


class NotSettledError(Exception):
    """Statistics did not catch up with the services in time."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a scenario came to."""

    scenario: Scenario
    expected: Figures
    """The source's figures, at the scale that was played."""
    found: Figures
    events: int
    seconds: float
    example: str | None
    """The code of a dossier that shows most of what can happen."""
    districts_on_system: list[int] | None = None
    """Districts that work in the system, of how many; None where the source does not say."""

    @property
    def exact(self) -> bool:
        """Whether every figure is the source's."""
        printed = self.scenario.printed
        return self.expected == self.found and (
            printed is None or printed["districts_on_system"] == self.districts_on_system
        )

    def inconsistencies(self) -> list[Inconsistency]:
        """Return what of its source's print does not fit, and by how much."""
        return inconsistencies(self.scenario.printed, self.scenario.figures) if self.scenario.printed else []

    def as_json(self) -> dict[str, Any]:
        """Return the figures for machines."""
        told: dict[str, Any] = {**asdict(self.found)}
        if self.scenario.printed:
            told["districts_on_system"] = self.districts_on_system
            told["printed"] = self.scenario.printed
            told["inconsistencies"] = self.inconsistencies()
        return {**told, "events": self.events, "seconds": round(self.seconds, 2)}

    def rows(self) -> list[tuple[str, int, int, int]]:
        """Return name of the figure, in the source, at this scale, here."""
        return [
            (
                figure.name,
                getattr(self.scenario.figures, figure.name),
                getattr(self.expected, figure.name),
                getattr(self.found, figure.name),
            )
            for figure in fields(Figures)
        ]


def run(reached: Reached, broker: Broker, scenario: Scenario, scale: float, progress: Progress) -> Result:
    """Play a scenario and return what statistics then reports.

    Raises PlayError, DoorError or NotSettledError.
    """
    started = time.monotonic()
    doors = reached.doors(broker)
    dossiers = plan(scenario, scale)
    statistics = reached.client("statistics")
    before = statistics.get("/health")["ledger"]
    played_before = report_figures(statistics, scenario)
    load_reference(doors, scenario)
    play(doors, scenario, dossiers, progress=progress)
    if scenario.districts:
        play(doors, scenario.districts, plan(scenario.districts), progress=lambda _done, _of: None)
    events = settle(reached) - before
    found = report_figures(statistics, scenario)
    expected = scaled(scenario.figures, scale)
    if found != expected:  # another size of it was played here before: what came now is the difference
        found = _less(found, played_before)
    example = code_of(doors, showing_most(scenario, dossiers))
    using = districts_on_system(statistics, scenario) if scenario.districts else None
    return Result(scenario, expected, found, events, time.monotonic() - started, example, using)


def _less(figures: Figures, before: Figures) -> Figures:
    return Figures(**{name: count - getattr(before, name) for name, count in asdict(figures).items()})


def settle(reached: Reached) -> int:
    """Wait until statistics has every event of the services; return how many entries its ledger has."""
    clients = {name: reached.client(name) for name in ("intake", "routing", "processing", "statistics")}
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        health = {name: client.get("/health") for name, client in clients.items()}
        ledger = int(health["statistics"]["ledger"])
        events = sum(health[name]["events"] for name in clients)
        if ledger == events:
            return ledger
        if time.monotonic() > deadline:
            msg = f"statistics has {ledger} of {events} events after {SETTLE_SECONDS:.0f} s"
            raise NotSettledError(msg)
        time.sleep(0.1)  # noqa: TID251 - other processes have nothing to wait on


def report_figures(statistics: Client, scenario: Scenario) -> Figures:
    """Return the scenario's figures as statistics reports them for its own desks."""
    desks = {filing.desk for filing in scenario.mix.filings}
    period = {"from": scenario.first.isoformat(), "to": scenario.last.isoformat(), "by": "agency"}
    rows = [
        row for row in statistics.get("/v1/reports/resolution", **period)["rows"] if row["agency"] in desks
    ]

    def total(*keys: str) -> int:
        return sum(row[key] for row in rows for key in keys)

    return Figures(
        received=total("received_in_period"),
        resolved=total("resolved_total"),
        early_or_on_time=total("resolved_early", "resolved_on_time"),
        late=total("resolved_late"),
        no_verdict=total("resolved_no_verdict"),
        pending=total("in_progress_total"),
    )


def districts_on_system(statistics: Client, scenario: Scenario) -> list[int]:
    """Return how many of the scenario's districts work in the system, and of how many."""
    period = {"from": scenario.first.isoformat(), "to": scenario.last.isoformat()}
    own = {agency["agency"] for agency in scenario.agencies if agency["level"] == "district"}
    rows = [row for row in statistics.get("/v1/reports/adoption", **period)["rows"] if row["unit"] in own]
    return [sum(row["uses"] for row in rows), len(rows)]


def showing_most(scenario: Scenario, dossiers: list[PlannedDossier]) -> PlannedDossier | None:
    """Return a resolved dossier that shows most: levels passed, ways in which legs end, turns side by side."""
    level = {agency["agency"]: agency["level"] for agency in scenario.agencies}

    def shown(dossier: PlannedDossier) -> tuple[int, int]:
        turns = dossier.turns
        levels = {level[agency] for agency in (dossier.filing.desk, *(turn.agency for turn in turns))}
        kinds = {act.name or act.command for turn in turns for act in turn.acts}
        outcomes = {turn.outcome for turn in turns}
        side_by_side = any(turn.beside for turn in turns)
        return 2 * len(levels) + len(kinds) + len(outcomes) + side_by_side, len(turns)

    resolved = [dossier for dossier in dossiers if dossier.handed_back_at]
    return max(resolved, key=shown, default=None)


def code_of(doors: Doors, dossier: PlannedDossier | None) -> str | None:
    """Return the code that intake gave a dossier: sent again, a submission gets the same answer."""
    if dossier is None:
        return None
    client = Client(doors.intake_url, doors.historian_token)
    line = {"key": dossier.key("submit"), "action": "submit", "data": dossier.submission}
    (answer,) = client.lines("/v1/batches", [line])
    code: str = answer["answer"]["code"]
    return code
