"""Those who decide on the structure of the state: what a reorganisation and a move need beside daily work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson

from services.routing.api.finishing import finish
from services.routing.api.reference import references_of
from services.routing.api.reorganisations import _successions
from services.routing.application.moving import Moving
from services.routing.application.register import Register
from services.routing.application.reorganising import Reorganising
from services.routing.schemas import read_begin
from tests.consistency.graphs import PLAN
from tests.consistency.people import ADMINISTRATOR, People


class Officials(People):
    """Everybody, and the administrators of the province."""

    def begin_the_plan(self) -> None:
        """Enter the plan; a second time it goes on. Raises RefusedError."""
        plan = read_begin(orjson.dumps({"plan": PLAN}))["plan"]
        self._reorganise(lambda it: it.begin(plan, self.act(ADMINISTRATOR)))
        self.province.runtimes["routing"].handler.release([*references_of(plan), *_successions(plan)])

    def rehome(self, after: UUID | None, limit: int) -> UUID | None:
        """Re-home a batch and return where the next one begins. Raises RefusedError."""
        done = self._reorganise(lambda it: it.rehome("hai-cap", after, limit, self.act(ADMINISTRATOR)))
        return UUID(done["next"]) if done["next"] else None

    def finish_the_plan(self) -> None:
        """Note that nothing is left. Raises RefusedError."""
        unit = self.province.runtimes["routing"].unit
        finish(unit, self._reorganising(), "hai-cap", self.act(ADMINISTRATOR))

    def move(self, dossier: UUID, process: str, version: int) -> None:
        """Let a dossier go on by another version. Raises RefusedError."""
        runtime = self.province.runtimes["routing"]
        application: Any = runtime.application
        act = self.act(ADMINISTRATOR)
        runtime.unit.run(lambda _: Moving(application).move(dossier, process, version, "Quyết định", act))

    def asked(self, dossier: UUID) -> list[str]:
        """Return what the dossier's applicant has to answer."""
        application: Any = self.province.runtimes["intake"].application
        pauses = application.repository.get(dossier).pauses
        return [it["pause"] for it in pauses if it["to"] is None and it["kind"] != "posting"]

    def _reorganise(self, step: Callable[[Reorganising], Any]) -> Any:
        return self.province.runtimes["routing"].unit.run(lambda _: step(self._reorganising()))

    def _reorganising(self) -> Reorganising:
        application: Any = self.province.runtimes["routing"].application
        return Reorganising(application, Register(application, application.directory))
