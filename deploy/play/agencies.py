"""The agencies of a play: people before their worklists, and systems before their queues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from deploy.play.client import DoorError
from deploy.play.doors import BATCH, Clients, batches, refused
from deploy.play.own_systems import DONE_BEFORE, HandOver, OwnSystems
from deploy.play.wave import Command, Found, Task, Wave
from shared.clock import Clock, to_text

_PAGE = 1000
_LOOK_UP_AFTER = 5.0
"""Seconds without anything to do after which routing is asked where the dossiers are."""
_MARGIN = 0.9
"""An own system says only what lies within this part of the tolerance: time passes on the way."""
_AGAIN = frozenset({"temporarily-unavailable", "unknown-leg", "leg-suspended"})
"""Refusals that pass: others know earlier than processing that a leg is open, or goes on."""
_MOST_COMMANDS = 3
"""The most commands of a task."""

Job = tuple[Task, HandOver | None]


class Agencies:
    """Finds legs that lie before agencies, and does with them what is planned."""

    def __init__(
        self,
        clients: Clients,
        connected: Sequence[str],
        tolerance: timedelta,
        clock: Clock,
        *,
        resuming: bool = False,
    ) -> None:
        self.systems = OwnSystems("")
        self.commanded = 0
        self.by_broker = 0
        self.looked_up = 0
        self._clients = clients
        self._connected = frozenset(connected)
        self._believed = tolerance * _MARGIN
        self._clock = clock
        self._resuming = resuming
        self._read: dict[str, HandOver] = {}
        """Hand-overs by the leg, as far as their step is still to come."""
        self._by_historian: set[str] = set()
        """Legs of which routing told: over the broker a command is carried out or refused once, and these
        may come too early."""

    def act(self, wave: Wave, idle: float) -> bool:
        """Do what can be done now; return whether there was anything.

        After some idle time routing is asked: in a play that goes on after a kill, legs are done already
        and hand-overs read already, so worklists and queues would show nothing.
        """
        self._read_queues(wave)
        self._read_worklists(wave)
        acted = self._carry_out(wave)
        if acted or not (self._resuming or idle > _LOOK_UP_AFTER):
            return acted
        self._resuming = self._look_up(wave)
        return self._resuming

    def _read_queues(self, wave: Wave) -> None:
        for hand_over in self.systems.read():
            found = hand_over.found
            # One of another wave is left from before a kill: that wave asks routing.
            if wave.knows(found.dossier):
                self._read[found.leg] = hand_over
                wave.find(found)
                if any(task.found.leg == found.leg for task in wave.tasks([found.dossier])):
                    continue
            hand_over.settle()

    def _read_worklists(self, wave: Wave) -> None:
        for agency in sorted(wave.agencies() - self._connected):
            for row in self._works(agency):
                dossier, leg = str(row["dossier_id"]), str(row["leg_id"])
                wave.find(Found(dossier, leg, row["number"], row["agency"], row["attempt"]))

    def _works(self, agency: str) -> Iterable[dict[str, Any]]:
        query: dict[str, str | int] = {"agency": agency, "limit": _PAGE}
        while True:
            works = self._clients.processing.get("/v1/worklist", **query)["works"]
            yield from works
            if len(works) < _PAGE:
                return
            query["after"] = str(works[-1]["leg_id"])

    def _carry_out(self, wave: Wave) -> bool:
        jobs = [(task, self._read.get(task.found.leg)) for task in wave.tasks()]
        own = [job for job in jobs if self._says_it_itself(job[0])]
        if own:
            self.systems.command(own)
            said = sum(len(task.commands) for task, _ in own)
            self.by_broker += said
            self.commanded += said
        done = own + self._through_http([job for job in jobs if not self._says_it_itself(job[0])])
        for task, hand_over in done:
            wave.done(task.found.dossier)
            if hand_over:
                hand_over.settle()
                self._read.pop(task.found.leg, None)
        return bool(done)

    def _says_it_itself(self, task: Task) -> bool:
        """Tell whether an own system would be believed all that it says."""
        if not task.own or task.found.agency not in self.systems.ends:
            return False
        if task.found.leg in self._by_historian:
            return False
        if self.systems.historian:
            return True
        believed_from = to_text(self._clock.now() - self._believed)
        return all(command.time >= believed_from for command in task.commands)

    def _through_http(self, jobs: Sequence[Job]) -> list[Job]:
        """Carry out jobs as historian; return those that are done."""
        done: list[Job] = []
        for part in batches(list(jobs), BATCH // _MOST_COMMANDS):
            lines = [(job, _line(job[0].found, each)) for job in part for each in job[0].commands]
            answers = self._clients.processing.lines("/v1/batches", [line for _, line in lines])
            again = {
                id(job)
                for (job, _), answer in zip(lines, answers, strict=True)
                if refused(answer, _AGAIN | DONE_BEFORE) and answer["problem"]["code"] in _AGAIN
            }
            done += [job for job in part if id(job) not in again]
            self.commanded += len(lines)
        return done

    def _look_up(self, wave: Wave) -> bool:
        """Ask routing where the dossiers are; do what is found; return whether anything was."""
        before = dict.fromkeys(wave.missing())
        for dossier in wave.waiting:
            try:
                itinerary = self._clients.routing.get(f"/v1/itineraries/{dossier}")
            except DoorError as error:
                if error.code != "not-found":
                    raise
                continue
            tries = {leg["number"]: leg["tries"] for leg in itinerary["legs"]}
            opened = [
                Found(dossier, one["leg"], one["number"], one["agency"], tries[one["number"]])
                for one in itinerary["open_legs"]
            ]
            wave.stands(dossier, opened, tries, ended=itinerary["ended"])
            for found in opened:
                wave.find(found)
                self._by_historian.add(found.leg)
            self.looked_up += len(wave.tasks([dossier]))
        self._carry_out(wave)
        return dict.fromkeys(wave.missing()) != before


def _line(found: Found, command: Command) -> dict[str, Any]:
    return {
        "key": command.key,
        "command": command.name,
        "agency": command.agency,
        "data": {"leg": found.leg, **command.data},
        "happened_at": command.time,
    }
