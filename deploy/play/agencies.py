"""The agencies of a play: people before their worklists, and systems before their queues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from deploy.play.client import DoorError
from deploy.play.doors import BATCH, Clients, batches, refused
from deploy.play.own_systems import DONE_BEFORE, HandOver, OwnSystems
from deploy.play.wave import Found, Task, Wave
from shared.clock import Clock, to_text

_PAGE = 1000
_LOOK_UP_AFTER = 5.0
"""Seconds without anything to do after which routing is asked where the dossiers are."""
_MARGIN = 0.9
"""An own system says only what lies within this part of the tolerance: time passes on the way."""
_AGAIN = frozenset({"temporarily-unavailable", "unknown-leg"})
"""Refusals that pass: routing knows a leg a moment earlier than processing."""

Job = tuple[Task, HandOver | None]


class Agencies:
    """Finds legs that lie before agencies, and does with them what is planned."""

    def __init__(
        self, clients: Clients, connected: Sequence[str], tolerance: timedelta, clock: Clock
    ) -> None:
        self.systems = OwnSystems("")
        self.commanded = 0
        self.by_broker = 0
        self.looked_up = 0
        self._clients = clients
        self._connected = frozenset(connected)
        self._believed = tolerance * _MARGIN
        self._clock = clock
        self._resuming = False

    def act(self, wave: Wave, idle: float) -> bool:
        """Do what can be done now; return whether there was anything.

        After some idle time routing is asked: in a play that goes on after a kill, legs are done already
        and hand-overs read already, so worklists and queues would show nothing.
        """
        jobs = self._from_queues(wave) + self._from_worklists(wave)
        acted = self._carry_out(jobs, wave)
        if acted or not (self._resuming or idle > _LOOK_UP_AFTER):
            return acted
        self._resuming = self._look_up(wave)
        return self._resuming

    def _from_queues(self, wave: Wave) -> list[Job]:
        jobs: list[Job] = []
        for hand_over in self.systems.read():
            task = wave.task(hand_over.found)
            if task is None:  # of another wave, left from before a kill: that wave asks routing
                hand_over.settle()
            else:
                jobs.append((task, hand_over))
        return jobs

    def _from_worklists(self, wave: Wave) -> list[Job]:
        found = [
            Found(str(row["dossier_id"]), str(row["leg_id"]), row["number"], row["agency"])
            for agency in sorted(wave.agencies() - self._connected)
            for row in self._works(agency)
        ]
        return [(task, None) for task in map(wave.task, found) if task]

    def _works(self, agency: str) -> Iterable[dict[str, Any]]:
        query: dict[str, str | int] = {"agency": agency, "limit": _PAGE}
        while True:
            works = self._clients.processing.get("/v1/worklist", **query)["works"]
            yield from works
            if len(works) < _PAGE:
                return
            query["after"] = str(works[-1]["leg_id"])

    def _carry_out(self, jobs: Sequence[Job], wave: Wave) -> bool:
        own = [job for job in jobs if self._says_it_itself(job[0])]
        if own:
            self.systems.command(own)
            said = sum(len(task.commands) for task, _ in own)
            self.by_broker += said
            self.commanded += said
        said_by_historian = [job for job in jobs if not self._says_it_itself(job[0])]
        done = own + self._through_http(said_by_historian)
        for task, hand_over in done:
            wave.done(task.found)
            if hand_over:
                hand_over.settle()
        return bool(done)

    def _says_it_itself(self, task: Task) -> bool:
        """Tell whether an own system would be believed all that it says."""
        if task.found.agency not in self.systems.ends:
            return False
        if self.systems.historian:
            return True
        believed_from = to_text(self._clock.now() - self._believed)
        return all(time >= believed_from for _, _, time in task.commands)

    def _through_http(self, jobs: Sequence[Job]) -> list[Job]:
        """Carry out jobs as historian; return those that are done."""
        done: list[Job] = []
        for part in batches(list(jobs), BATCH // 3):  # a leg has three commands at most
            lines = [(job, _line(job[0].found, *each)) for job in part for each in job[0].commands]
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
        jobs: list[Job] = []
        for dossier in wave.waiting:
            try:
                itinerary = self._clients.routing.get(f"/v1/itineraries/{dossier}")
            except DoorError as error:
                if error.code != "not-found":
                    raise
                continue
            number = itinerary["number"]
            wave.past(dossier, number - 1)
            if itinerary["open_leg"]:
                agency = itinerary["legs"][number - 1]["agency"]
                task = wave.task(Found(dossier, itinerary["open_leg"], number, agency))
                jobs += [(task, None)] if task else []
        self.looked_up += len(jobs)
        # Not over the broker: a command is carried out or refused once, and these may come too early.
        for task, _ in self._through_http(jobs):
            wave.done(task.found)
        return dict.fromkeys(wave.missing()) != before


def _line(found: Found, command: str, key: str, time: str) -> dict[str, Any]:
    return {
        "key": key,
        "command": command,
        "agency": found.agency,
        "data": {"leg": found.leg},
        "happened_at": time,
    }
