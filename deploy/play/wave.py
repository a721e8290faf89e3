"""How far the dossiers of a wave have come, and what is to be done with a leg that an agency has before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.play.plan import PlannedDossier
from shared.clock import to_text


@dataclass(frozen=True, slots=True)
class Found:
    """A leg that lies before its agency."""

    dossier: str
    leg: str
    number: int
    agency: str


@dataclass(frozen=True, slots=True)
class Task:
    """What an agency does now on a leg."""

    found: Found
    commands: tuple[tuple[str, str, str], ...]
    """Command, idempotency key and time (UTC text), in order."""


class Wave:
    """Dossiers that were submitted together, by the ids that intake gave them."""

    def __init__(self, dossiers: Sequence[PlannedDossier], connected: Collection[str] = ()) -> None:
        self.dossiers = dossiers
        self._connected = connected
        self.ids: dict[int, str] = {}
        """Dossier ids by planned number."""
        self._planned: dict[str, PlannedDossier] = {}
        self._done: dict[str, int] = {}
        """How many legs are done of each dossier that has acts before it."""

    def submitted(self, dossier: PlannedDossier, dossier_id: str) -> None:
        """Note that intake knows the dossier under that id."""
        self.ids[dossier.number] = dossier_id
        self._planned[dossier_id] = dossier
        if self._acts(dossier, 0):
            self._done[dossier_id] = 0

    @property
    def waiting(self) -> list[str]:
        """The ids of dossiers that agencies still have something to do with."""
        return list(self._done)

    def agencies(self) -> set[str]:
        """Return the agencies whose turn is next."""
        return {self._planned[it].legs[done].agency for it, done in self._done.items()}

    def task(self, found: Found) -> Task | None:
        """Return what is to be done with a leg, or None when nothing is, now or at all."""
        if self._done.get(found.dossier) != found.number - 1:
            return None
        dossier = self._planned[found.dossier]
        leg = dossier.legs[found.number - 1]
        times = {"accept-leg": leg.accepted_at, "complete-leg": leg.completed_at}
        if leg.agency in self._connected:
            # An own system says at once that it has the hand-over.
            times = {"acknowledge-message": _opened_at(dossier, found.number), **times}
        commands = tuple(
            (command, dossier.key(f"{found.number}/{command}"), to_text(at))
            for command, at in times.items()
            if at
        )
        return Task(found, commands)

    def done(self, found: Found) -> None:
        """Note that everything planned for the leg was done, if it was the dossier's next."""
        if self._done.get(found.dossier) == found.number - 1:
            self.past(found.dossier, found.number)

    def past(self, dossier_id: str, legs: int) -> None:
        """Note that so many legs of a dossier are done, or acted on as far as planned."""
        if legs <= self._done.get(dossier_id, legs):
            return
        if self._acts(self._planned[dossier_id], legs):
            self._done[dossier_id] = legs
        else:
            del self._done[dossier_id]

    def missing(self) -> list[str]:
        """Return, for people, what each dossier waits for."""
        return [
            f"{self._planned[it].key('')}({it}) leg {done + 1} at {self._planned[it].legs[done].agency}"
            for it, done in self._done.items()
        ]

    def _acts(self, dossier: PlannedDossier, done: int) -> bool:
        """Tell whether something is to be done after that many legs; own systems note every hand-over."""
        if done == len(dossier.legs):
            return False
        leg = dossier.legs[done]
        comes = _opened_at(dossier, done + 1) is not None
        return leg.accepted_at is not None or (comes and leg.agency in self._connected)


def _opened_at(dossier: PlannedDossier, number: int) -> datetime | None:
    """Return when a leg is opened, if the dossier comes to it: when the one before is done."""
    return dossier.legs[number - 2].completed_at if number > 1 else dossier.received_at
