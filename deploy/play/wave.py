"""How far the dossiers of a wave have come, and what is to be done next with the legs that are found."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.play.acts import PLAIN, WHOLE, Act, Part, PlannedDossier, Step, Turn
from shared.clock import to_text


@dataclass(frozen=True, slots=True)
class Found:
    """A leg that lies before an agency: the one planned, or its successor."""

    dossier: str
    leg: str
    number: int
    agency: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Command:
    """What an agency says about a leg."""

    name: str
    key: str
    time: str
    agency: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Task:
    """What is done now with a leg."""

    found: Found
    commands: tuple[Command, ...]
    own: bool = True
    """Whether the agency's own system may say it; else the historian does, who may say it twice."""


@dataclass(frozen=True, slots=True)
class DeskTask:
    """What an applicant does now, in the words of intake's door."""

    dossier: str
    line: Mapping[str, Any] = field(hash=False)


class Wave:
    """Dossiers that were submitted together, by the ids that intake gave them."""

    def __init__(
        self,
        dossiers: Sequence[PlannedDossier],
        connected: Collection[str] = (),
        part: Part = WHOLE,
    ) -> None:
        self.dossiers = dossiers
        self._connected = connected
        self._part = part
        self.ids: dict[int, str] = {}
        """Dossier ids by planned number."""
        self._planned: dict[str, PlannedDossier] = {}
        self._steps: dict[str, deque[Step]] = {}
        """What is still to be done, in order, with each dossier that waits for something."""
        self._found: dict[tuple[str, int, int], Found] = {}
        """Legs that lie before agencies, and wait for their step."""
        self._agencies: dict[tuple[str, int], str] = {}
        """Who had a leg."""

    def submitted(self, dossier: PlannedDossier, dossier_id: str) -> None:
        """Note that intake knows the dossier under that id."""
        self.ids[dossier.number] = dossier_id
        self._planned[dossier_id] = dossier
        steps = deque(step for step in self._part.steps(dossier) if self._is_told(step))
        if steps:
            self._steps[dossier_id] = steps

    @property
    def waiting(self) -> list[str]:
        """The ids of dossiers with which something is still to be done."""
        return list(self._steps)

    def agencies(self) -> set[str]:
        """Return the agencies before which the next legs lie, as far as those are not found yet."""
        wanted = {
            steps[0].turn.agency
            for dossier, steps in self._steps.items()
            if not steps[0].turn.applicants and _place(dossier, steps[0].turn) not in self._found
        }
        return wanted.union(*(self._part.successors.get(agency, ()) for agency in wanted))

    def knows(self, dossier: str) -> bool:
        """Return whether something is still to be done with a dossier."""
        return dossier in self._steps

    def find(self, found: Found) -> None:
        """Note that a leg lies before its agency."""
        if found.dossier in self._steps:
            self._found[found.dossier, found.number, found.attempt] = found

    def tasks(self, dossiers: Iterable[str] | None = None) -> list[Task]:
        """Return what agencies can do now: the next step of each dossier whose leg is found."""
        tasks = []
        for dossier in list(self._steps) if dossiers is None else dossiers:
            step = self._steps[dossier][0] if dossier in self._steps else None
            if step is not None and not step.at_the_desk:
                found = self._found.get(_place(dossier, step.turn))
                if found is not None:
                    tasks.append(self._task(dossier, step, found))
        return tasks

    def desk_tasks(self) -> list[DeskTask]:
        """Return what applicants can do now."""
        return [
            DeskTask(dossier, self._line(dossier, steps[0]))
            for dossier, steps in self._steps.items()
            if steps[0].at_the_desk and self._lies_ready(dossier, steps[0])
        ]

    def done(self, dossier: str) -> None:
        """Note that the next step of a dossier was done."""
        steps = self._steps.get(dossier)
        if steps is None:
            return
        turn = steps.popleft().turn
        if not any(step.turn is turn for step in steps):
            found = self._found.pop(_place(dossier, turn), None)
            if found is not None:
                self._agencies[dossier, turn.number] = found.agency
        if not steps:
            del self._steps[dossier]

    def stands(self, dossier: str, opened: Iterable[Found], tries: Mapping[int, int], *, ended: bool) -> None:
        """Note where a dossier stands, by routing: what is past is done.

        `tries` says how often each leg was opened.
        """
        places = {(found.number, found.attempt) for found in opened}
        while dossier in self._steps:
            turn = self._steps[dossier][0].turn
            comes = tries.get(turn.number, 0) < turn.attempt
            if (turn.number, turn.attempt) in places or (comes and not ended):
                return
            self.done(dossier)

    def missing(self) -> list[str]:
        """Return, for people, what each dossier waits for."""
        return [
            f"{self._planned[it].key('')}({it}) leg {steps[0].turn.number} at {steps[0].turn.agency}"
            for it, steps in self._steps.items()
        ]

    def _is_told(self, step: Step) -> bool:
        """Tell whether somebody does something; own systems take note of every hand-over."""
        return bool(step.acts) or not self._connected_one(step.turn).isdisjoint(self._connected)

    def _connected_one(self, turn: Turn) -> set[str]:
        return {turn.agency, *self._part.successors.get(turn.agency, ())}

    def _lies_ready(self, dossier: str, step: Step) -> bool:
        """Tell whether an applicant's act can be recorded: who withdraws does it when all is handed over."""
        return any(act.command == "fulfil" for act in step.acts) or _place(dossier, step.turn) in self._found

    def _task(self, dossier: str, step: Step, found: Found) -> Task:
        planned, turn = self._planned[dossier], step.turn
        told = list(step.acts)
        if step.begins and found.agency in self._connected:
            # An own system says at once that it has the hand-over.
            told.insert(0, Act("acknowledge-message", turn.opened_at))
        commands = [
            Command(act.command, planned.key_of(turn, act), to_text(act.at), self._who(found, act), act.data)
            for act in told
        ]
        usual = all(act.command in PLAIN and act.by is None and not act.name for act in turn.acts)
        return Task(found, tuple(commands), usual and turn.beside <= set(self._connected))

    def _who(self, found: Found, act: Act) -> str:
        if act.by is None:
            return found.agency
        had = self._agencies.get((found.dossier, act.by))
        turns = self._planned[found.dossier].turns
        return had or next(turn.agency for turn in turns if turn.number == act.by)

    def _line(self, dossier: str, step: Step) -> dict[str, Any]:
        (act,) = step.acts
        return {
            "key": self._planned[dossier].key_of(step.turn, act),
            "action": act.command,
            "dossier": dossier,
            "data": {**act.data, "happened_at": act.at.isoformat()},
        }


def _place(dossier: str, turn: Turn) -> tuple[str, int, int]:
    return dossier, turn.number, turn.attempt
