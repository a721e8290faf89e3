"""Entered figures: by the unit itself, checked and locked by whoever is above it."""

from __future__ import annotations

from typing import Any, cast

from services.processing.domain.entered import EnteredFigure, Matter, Said
from services.processing.ports import Agencies
from services.processing.problems import FIGURE_PERIOD_INVALID, NO_FIGURE, NOT_YOUR_FIGURE, UNKNOWN_AGENCY
from shared.acts import Act
from shared.clock import VIETNAM
from shared.errors import RefusedError
from shared.event_sourcing import Application

_HIGHEST = 20
"""More levels than any province has."""


class EnteredFigures:
    """Records figures that no dossier yields; what is made of them, statistics says.

    `for_any` says that the caller acts for the whole province; else for its own agency.
    """

    def __init__(self, application: Application, agencies: Agencies) -> None:
        self._application = application
        self._agencies = agencies

    def enter(self, matter: Matter, said: Said, act: Act, *, for_any: bool) -> dict[str, Any]:
        """Enter a figure; the same again changes nothing.

        Raises RefusedError: `unknown-agency`, `not-your-figure`, `figure-period-invalid`, `figure-already-entered`.
        """
        self._check_own(matter, act, for_any=for_any)
        if not matter.first <= matter.last <= act.happened_at.astimezone(VIETNAM).date().isoformat():
            raise RefusedError(FIGURE_PERIOD_INVALID, first=matter.first, last=matter.last)
        figure = self._found(matter)
        if figure is None:
            agency = self._agencies.get(matter.agency)
            if agency is None or not agency.is_in_being(act.happened_at):
                raise RefusedError(UNKNOWN_AGENCY, agency=matter.agency)
            figure = EnteredFigure.enter(matter, said, act)
            self._application.add(figure)
        else:
            figure.enter_again(said)
        return figure.standing()

    def correct(
        self, matter: Matter, said: Said, reason: str, act: Act, *, for_any: bool, unlocks: bool
    ) -> dict[str, Any]:
        """Correct a figure. Raises RefusedError: `no-entered-figure`, `not-your-figure`, `figure-is-locked`."""
        self._check_own(matter, act, for_any=for_any)
        figure = self._figure(matter)
        figure.correct(said, reason, act, unlocks=unlocks)
        return figure.standing()

    def check(self, matter: Matter, act: Act, *, for_any: bool) -> dict[str, Any]:
        """Confirm a figure of a unit below. Raises RefusedError: `not-your-figure`, and those of the figure."""
        self._check_above(matter, act, for_any=for_any)
        figure = self._figure(matter)
        figure.check(act)
        return figure.standing()

    def lock(self, matter: Matter, act: Act, *, for_any: bool) -> dict[str, Any]:
        """Close a figure of a unit below. Raises RefusedError as `check`."""
        self._check_above(matter, act, for_any=for_any)
        figure = self._figure(matter)
        figure.lock(act)
        return figure.standing()

    def standing(self, matter: Matter) -> dict[str, Any]:
        """Return how a figure stands. Raises RefusedError with `no-entered-figure`."""
        return self._figure(matter).standing()

    def _check_own(self, matter: Matter, act: Act, *, for_any: bool) -> None:
        if not for_any and act.actor.agency != matter.agency:
            raise RefusedError(NOT_YOUR_FIGURE, agency=matter.agency, by=act.actor.subject)

    def _check_above(self, matter: Matter, act: Act, *, for_any: bool) -> None:
        if not for_any and act.actor.agency not in self._above(matter.agency):
            raise RefusedError(NOT_YOUR_FIGURE, agency=matter.agency, by=act.actor.subject)

    def _above(self, agency_id: str) -> set[str]:
        found: set[str] = set()
        agency = self._agencies.get(agency_id)
        while agency is not None and agency.parent is not None and len(found) < _HIGHEST:
            found.add(agency.parent)
            agency = self._agencies.get(agency.parent)
        return found

    def _figure(self, matter: Matter) -> EnteredFigure:
        figure = self._found(matter)
        if figure is None:
            raise RefusedError(
                NO_FIGURE, figure=matter.figure, agency=matter.agency, first=matter.first, last=matter.last
            )
        return figure

    def _found(self, matter: Matter) -> EnteredFigure | None:
        return cast("EnteredFigure | None", self._application.find_afresh(matter.key))
