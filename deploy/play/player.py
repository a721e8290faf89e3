"""Plays a plan through the doors, wave by wave; started again after a kill, it goes on without doubles."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from deploy.play.acts import WHOLE, Part, PlannedDossier
from deploy.play.agencies import Agencies
from deploy.play.client import Client
from deploy.play.doors import Clients, Doors, Patience, PlayError, batches, refused, some
from deploy.play.scenario import Scenario
from deploy.play.wave import Wave
from shared.clock import Clock, SystemClock

Progress = Callable[[int, int], None]
"""Is told how many dossiers are done, of how many."""

WAVE = 1000
TOLERANCE = timedelta(hours=24)
"""How far back processing believes an agency's own system, unless it was told otherwise."""

_NOT_HEARD_YET = frozenset({"unknown-desk", "unknown-area", "temporarily-unavailable"})
_NOT_RESOLVED_YET = frozenset({"wrong-status", "temporarily-unavailable"})
_NOT_ASKED_YET = frozenset({"no-open-pause", "wrong-status", "temporarily-unavailable"})


@dataclass(frozen=True, slots=True)
class Played:
    """What was done."""

    submitted: int
    commanded: int
    """Commands of agencies, through either door."""
    by_broker: int
    """Those of them that went over the broker."""
    handed_back: int
    by_applicants: int
    """What applicants did after filing: papers brought, money paid, dossiers withdrawn."""
    looked_up: int
    """Legs found by asking routing where their dossiers are: none in a play that was not interrupted."""


def load_reference(doors: Doors, scenario: Scenario) -> None:
    """Put the scenario's agencies, processes and procedures; what is known already changes nothing.

    Raises DoorError.
    """
    for url, value in (
        (doors.routing_url, scenario.routes),
        (doors.intake_url, {"procedures": scenario.procedures}),
    ):
        client = Client(url, doors.administrator_token)
        try:
            client.put("/v1/reference", value, _content_key(scenario, value))
        finally:
            client.close()


def play(
    doors: Doors,
    scenario: Scenario,
    dossiers: Sequence[PlannedDossier],
    *,
    part: Part = WHOLE,
    progress: Progress = lambda _done, _total: None,
    wave: int = WAVE,
    patience: float = 120.0,
    tolerance: timedelta = TOLERANCE,
    clock: Clock | None = None,
) -> Played:
    """Play a plan to its end; the reference must be loaded.

    Of a `part` with `until`, only what happens before that moment is played; then one with `since`
    goes on, perhaps after agencies have ended.

    Results are handed back while the next wave is under way, so at most two waves are in memory
    beside the plan. `patience` is how many seconds nothing may happen; `tolerance` is how far back
    the services believe an agency's own system: what lies further back is said by the historian.
    Raises PlayError, naming dossiers and what they wait for, and DoorError.
    """
    concerned = [dossier for dossier in dossiers if _concerns(part, dossier)]
    player = _Player(
        doors,
        scenario,
        Patience(patience),
        tolerance=tolerance,
        clock=clock or SystemClock(),
        progress=lambda done: progress(done, len(concerned)),
        part=part,
    )
    try:
        player.open(concerned)
        before: Wave | None = None
        for together in batches(concerned, wave):
            current = Wave(together, scenario.connected, part)
            player.submit(current)
            player.work(current)
            player.hand_back(before)
            before = current
        player.hand_back(before)
        return player.played()
    finally:
        player.close()


class _Player:
    def __init__(
        self,
        doors: Doors,
        scenario: Scenario,
        patience: Patience,
        *,
        tolerance: timedelta,
        clock: Clock,
        progress: Callable[[int], None],
        part: Part,
    ) -> None:
        self._doors = doors
        self._progress = progress
        self._finished = 0
        self._connected = scenario.connected
        self._patience = patience
        self._clients = Clients(doors)
        self._part = part
        # Legs that were open before `since` were told of before.
        resuming = part.since is not None
        self._agencies = Agencies(self._clients, self._connected, tolerance, clock, resuming=resuming)
        self._submitted = self._handed_back = self._by_applicants = 0

    def open(self, dossiers: Sequence[PlannedDossier]) -> None:
        """Let the connected agencies that the plan passes read their queues."""
        passed = {turn.agency for dossier in dossiers for turn in dossier.turns}
        passed = passed.union(*(self._part.successors.get(agency, ()) for agency in passed))
        used = [agency for agency in self._connected if agency in passed]
        if used:
            self._agencies.systems.play = dossiers[0].play
            self._agencies.systems.connect(self._doors, used, self._patience)

    def submit(self, wave: Wave) -> None:
        """File every dossier of the wave; wait while intake has not heard of its desk."""
        open_dossiers = list(wave.dossiers)
        self._patience.renew()
        while open_dossiers:
            again = []
            for part in batches(open_dossiers):
                lines = [{"key": it.key("submit"), "action": "submit", "data": it.submission} for it in part]
                answers = self._clients.intake.lines("/v1/batches", lines)
                for dossier, answer in zip(part, answers, strict=True):
                    if refused(answer, _NOT_HEARD_YET):
                        again.append(dossier)
                        continue
                    self._submitted += 1
                    self._patience.renew()
                    wave.submitted(dossier, answer["answer"]["dossier"])
            open_dossiers = again
            if again:
                self._patience.pause(lambda: f"{len(again)} submissions, intake knows no such desk")  # noqa: B023

    def work(self, wave: Wave) -> None:
        """Let agencies and applicants act until everything planned for the wave is done."""
        self._patience.renew()
        while wave.waiting:
            by_applicants = self._at_the_desk(wave)
            if self._agencies.act(wave, self._patience.waited) or by_applicants:
                self._patience.renew()
            else:
                self._patience.pause(lambda: f"{len(wave.waiting)} dossiers: {some(wave.missing())}")
            self._progress(self._finished + len(wave.dossiers) - len(wave.waiting))
        self._finished += len(wave.dossiers)
        self._progress(self._finished)

    def _at_the_desk(self, wave: Wave) -> bool:
        """Let applicants do what they can do now; return whether there was anything that could be done."""
        done = 0
        for part in batches(wave.desk_tasks()):
            answers = self._clients.intake.lines("/v1/batches", [task.line for task in part])
            for task, answer in zip(part, answers, strict=True):
                if not refused(answer, _NOT_ASKED_YET):
                    wave.done(task.dossier)
                    done += 1
        self._by_applicants += done
        return done > 0

    def hand_back(self, wave: Wave | None) -> None:
        """Hand every result over that is to be collected, as soon as intake has it."""
        waiting = [it for it in wave.dossiers if self._part.holds(it.handed_back_at)] if wave else []
        self._patience.renew()
        while waiting and wave:
            again = []
            for part in batches(waiting):
                answers = self._clients.intake.lines("/v1/batches", [_hand_back(it, wave) for it in part])
                for dossier, answer in zip(part, answers, strict=True):
                    if refused(answer, _NOT_RESOLVED_YET):
                        again.append(dossier)
                    else:
                        self._handed_back += 1
                        self._patience.renew()
            waiting = again
            if again:
                names = [f"{it.key('')}({wave.ids[it.number]})" for it in again]
                self._patience.pause(lambda: f"{len(names)} dossiers are not resolved: {some(names)}")  # noqa: B023

    def played(self) -> Played:
        """Return what was done."""
        agencies = self._agencies
        return Played(
            self._submitted,
            agencies.commanded,
            agencies.by_broker,
            self._handed_back,
            self._by_applicants,
            agencies.looked_up,
        )

    def close(self) -> None:
        """Let go of everything."""
        self._agencies.systems.close()
        self._clients.close()


def _concerns(part: Part, dossier: PlannedDossier) -> bool:
    """Tell whether anything happens to a dossier in a part of the play."""
    times = (dossier.received_at, dossier.handed_back_at)
    return any(map(part.holds, times)) or bool(part.steps(dossier))


def _hand_back(dossier: PlannedDossier, wave: Wave) -> dict[str, Any]:
    if dossier.handed_back_at is None:
        raise PlayError(f"{dossier.key('hand-back')} is not planned")
    return {
        "key": dossier.key("hand-back"),
        "action": "hand-back",
        "dossier": wave.ids[dossier.number],
        "data": {"manner": dossier.manner, "happened_at": dossier.handed_back_at.isoformat()},
    }


def _content_key(scenario: Scenario, value: Any) -> str:
    digest = hashlib.sha256(orjson.dumps(value)).hexdigest()
    return f"{scenario.name}/reference/{digest[:32]}"
