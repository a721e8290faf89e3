"""Finding dossiers and procedures, and changing a dossier, whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID, uuid4

from eventsourcing.persistence import ApplicationRecorder

from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import Procedure, procedure_id
from services.intake.ports import Outside
from services.intake.rules.roles import check_role, is_bound
from services.intake.rules.succession import follow
from shared.acts import Act
from shared.clock import to_text
from shared.errors import NOT_FOUND, RefusedError
from shared.event_sourcing import Application
from shared.working_time.calendars import Calendars


class Dossiers(Application):
    """What all use cases of the one-stop desk stand on."""

    def __init__(
        self, recorder: ApplicationRecorder, outside: Outside, new_id: Callable[[], UUID] = uuid4
    ) -> None:
        super().__init__(recorder)
        self._codes = outside.codes
        self._desks = outside.desks
        self._lookups = outside.lookups
        self._people = outside.people
        self.calendars = Calendars(outside.calendar)
        self._new_id = new_id

    def dossier(self, dossier_id: UUID) -> Dossier:
        """Return the dossier as it is stored, whichever process wrote last. Refuses with `not-found`."""
        if dossier_id not in self._unit:
            self._kept.pop(dossier_id, None)
        return self._dossier(dossier_id)

    def continuing_desk(self, dossier: Dossier, at: datetime) -> str:
        """Return the desk that goes on with the dossier at `at`: its own while that exists."""
        return follow(dossier.desk, dossier.area, to_text(at), self._desks.ending)

    def check_at_desk(self, action: str, dossier: Dossier, act: Act) -> None:
        """Refuse who may not do that at the desk, or is bound to one that does not go on with the dossier."""
        # Only those who are bound to a desk make it worth to ask which one goes on.
        bound = is_bound(act.actor)
        check_role(action, act.actor, self.continuing_desk(dossier, act.happened_at) if bound else None)

    def _dossier(self, dossier_id: UUID) -> Dossier:
        dossier = self.find(dossier_id)
        if not isinstance(dossier, Dossier):
            raise RefusedError(NOT_FOUND, what=f"dossier/{dossier_id}")
        return dossier

    def _change(self, dossier_id: UUID, command: Callable[[Dossier], None]) -> Dossier:
        dossier = self._dossier(dossier_id)
        before = dossier.status
        try:
            command(dossier)
        except RefusedError:
            # A conflict would tell of another process's change when saving; a refusal saves nothing.
            if not self._outdated(dossier):
                raise
            return self._change(dossier_id, command)
        if dossier.status != before:
            self._lookups.change(dossier.id, dossier.code, int(dossier.status))
        return dossier

    def _outdated(self, dossier: Dossier) -> bool:
        if self._kept.get(dossier.id) is not dossier or dossier.pending_events:
            return False
        del self._kept[dossier.id], self._unit[dossier.id]
        return self._dossier(dossier.id).version != dossier.version

    def _procedures(self, codes: Collection[str]) -> dict[str, Procedure]:
        # Other processes may have published since; dossiers of ours conflict then, procedures would not.
        ids = {code: procedure_id(code) for code in codes}
        for aggregate_id in ids.values():
            self._kept.pop(aggregate_id, None)
        self.prefetch(ids.values())
        found = {code: self._unit.get(aggregate_id) for code, aggregate_id in ids.items()}
        return {code: procedure for code, procedure in found.items() if isinstance(procedure, Procedure)}
