"""Targets of figures: set and changed by decision."""

from __future__ import annotations

from typing import Any, cast

from services.processing.domain.target import Aim, Mark, Target
from services.processing.ports import Agencies
from services.processing.problems import NO_TARGET, UNKNOWN_AGENCY
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Application


class Targets:
    """Records targets; what was reached, statistics says."""

    def __init__(self, application: Application, agencies: Agencies) -> None:
        self._application = application
        self._agencies = agencies

    def set(self, aim: Aim, mark: Mark, act: Act) -> dict[str, Any]:
        """Record what a figure is to reach from now on.

        Raises RefusedError with `unknown-agency` for an agency that is not, or no longer, in being.
        """
        target = self._found(aim)
        if target is None:
            self._check(aim, act)
            target = Target.set(aim, mark, act)
            self._application.add(target)
        else:
            target.change(mark, act)
        return target.standing()

    def standing(self, aim: Aim) -> dict[str, Any]:
        """Return how a target stands. Raises RefusedError with `no-target`."""
        target = self._found(aim)
        if target is None:
            raise RefusedError(NO_TARGET, indicator=aim.indicator, year=aim.year)
        return target.standing()

    def _check(self, aim: Aim, act: Act) -> None:
        if aim.scope == "agency":
            known = self._agencies.get(aim.of or "")
            if known is None or not known.is_in_being(act.happened_at):
                raise RefusedError(UNKNOWN_AGENCY, agency=aim.of)

    def _found(self, aim: Aim) -> Target | None:
        return cast("Target | None", self._application.find_afresh(aim.key))
