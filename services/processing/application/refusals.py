"""Keeping what agencies tried and were refused, as facts about dossiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from services.processing.domain import Work
from services.processing.domain.refused_act import RefusedAct
from services.processing.problems import INVALID_DATA
from shared.acts import HISTORIAN, Act, Actor
from shared.clock import Clock
from shared.errors import INVALID, RefusedError
from shared.event_sourcing import Application

_NOT_UNDERSTOOD = frozenset({INVALID.code, INVALID_DATA.code})
"""Refusals of what is no act yet."""


@dataclass(frozen=True, slots=True)
class RefusedActs:
    """Notes refusals, inside the unit of work in which they came about."""

    application: Application
    clock: Clock

    def note(
        self, command: str, leg: UUID | None, actor: Actor, causation: str, refused: RefusedError
    ) -> None:
        """Note that an agency's command on a leg was refused, once.

        Of no leg that we know there is nothing to note, nor of what a historian brings from elsewhere:
        it says nothing of how people work here.
        """
        if leg is None or refused.problem.code in _NOT_UNDERSTOOD or actor.role == HISTORIAN:
            return
        key = RefusedAct.key(causation)
        work = cast("Work | None", self.application.find(leg))
        if work is None or self.application.find(key) is not None:
            return
        now = self.clock.now()
        act = Act(actor, now, now, now, root=UUID(work.root), leg=leg, causation=causation)
        self.application.add(RefusedAct.of(key, command, refused.problem.code, act))
