"""How agencies' systems are served, and what operators do about hand-overs that nobody answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from services.processing.domain.serving import Serving, Way, serving_key
from services.processing.ports import Agencies, ParkedLot, Ways
from services.processing.problems import NOT_PARKED, UNKNOWN_AGENCY
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Application


class Servings:
    """Records every decision with who and why, in the unit of work that carries it out."""

    def __init__(self, application: Application, agencies: Agencies, ways: Ways, parked: ParkedLot) -> None:
        self._application = application
        self._agencies = agencies
        self._ways = ways
        self._parked = parked

    def settle(self, agency: str, way: Way, reason: str, act: Act) -> dict[str, Any]:
        """Serve an agency so from now on. Raises RefusedError with `unknown-agency`."""
        if self._agencies.get(agency) is None:
            raise RefusedError(UNKNOWN_AGENCY, agency=agency)
        before = self._ways.of(agency)
        if self._serving(agency, act).settle(way, reason, act.on(root=serving_key(agency))):
            self._ways.keep(agency, way, {"now": act.recorded_at} if way.way != before.way else None)
        return {"agency": agency, **asdict(way)}

    def retry(self, message: str, reason: str, act: Act) -> dict[str, Any]:
        """Send a parked hand-over again. Raises RefusedError with `not-parked`."""
        found = self._parked.retry(message, act.recorded_at)
        if found is None:
            raise RefusedError(NOT_PARKED, message=message)
        agency, act = found[0], _about(act, found)
        self._serving(agency, act).retry(message, reason, act)
        return {"message": message, "agency": agency, "state": "sent"}

    def set_aside(self, message: str, reason: str, act: Act) -> dict[str, Any]:
        """Settle a parked hand-over by hand: what waits behind it goes on. Raises RefusedError as `retry`."""
        found = self._parked.set_aside(message, act.causation or act.actor.principal)
        if found is None:
            raise RefusedError(NOT_PARKED, message=message)
        agency, act = found[0], _about(act, found)
        self._serving(agency, act).set_aside(message, reason, act)
        return {"message": message, "agency": agency, "state": "answered"}

    def resume(self, agency: str, reason: str, act: Act) -> dict[str, Any]:
        """Try a paused agency's queue again at once; one that is not paused stays as it is."""
        if self._agencies.get(agency) is None:
            raise RefusedError(UNKNOWN_AGENCY, agency=agency)
        resumed = self._parked.resume(agency)
        if resumed:
            self._serving(agency, act).resume(reason, act.on(root=serving_key(agency)))
        return {"agency": agency, "resumed": resumed}

    def _serving(self, agency: str, act: Act) -> Serving:
        found = cast("Serving | None", self._application.find_afresh(serving_key(agency)))
        if found is None:
            found = Serving.of(agency, act)
            self._application.add(found)
        return found


def _about(act: Act, found: tuple[str, UUID, UUID]) -> Act:
    return act.on(root=found[1], leg=found[2])
