"""The end of a reorganisation: only when no open leg lies at an agency that it ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.routing.application.reorganising import Reorganising
from services.routing.problems import PLAN_NOT_FINISHED
from shared.acts import Act
from shared.errors import RefusedError
from shared.persistence.unit_of_work import UnitOfWork


def finish(unit: UnitOfWork, reorganising: Reorganising, plan: str, act: Act) -> dict[str, Any]:
    """Look through all dossiers on their way, note the end, and return how many were re-homed in all.

    Each page is a unit of its own, so that nobody waits for the whole look. What happens between the
    pages leaves nothing behind: the agencies have ended, so legs open at their successors. Only history
    told meanwhile, or later, may open one there; it takes another round of re-homing.

    Raises RefusedError: `plan-unknown`, `plan-already-applied`, `plan-not-yet-effective`, or
    `plan-not-finished` while open legs are left behind.
    """

    def look(behind: UUID | None) -> tuple[int, UUID | None]:
        return unit.run(lambda _: reorganising.left_behind(plan, behind, act))

    left, after = look(None)
    while after is not None:
        found, after = look(after)
        left += found
    if left:
        raise RefusedError(PLAN_NOT_FINISHED, plan=plan, left=left)
    return unit.run(lambda _: reorganising.note_finished(plan, act))
