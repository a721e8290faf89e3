"""When the desk promises the result: intake's own rules over the scenario's procedures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.intake.domain.procedure import ProcedureVersion
from services.intake.rules.appointment import Case, explained, limit_of
from services.intake.schemas import read_procedure
from shared.clock import to_text
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.calendars import Calendars
from tests.routes.dossiers import Dossier, at, written


class Appointments:
    """Procedures, and the due dates that follow from them."""

    def __init__(self, procedures: Sequence[Mapping[str, Any]], calendar: WorkingCalendar) -> None:
        self._versions: dict[str, ProcedureVersion] = {}
        for procedure in procedures:
            code, content, _ = read_procedure(procedure)
            self._versions[code] = ProcedureVersion.of({**content, "procedure": code, "version": 1})
        self._calendars = Calendars(calendar)

    def due(
        self,
        dossier: Dossier,
        pauses: Sequence[tuple[str, str]],
        extensions: Sequence[Mapping[str, str]],
    ) -> str | None:
        """Return when the result is due, after what stood still and what was added."""
        version = self._versions[dossier.procedure]
        assert version.valid_from <= to_text(dossier.received_at)
        built_in = {
            "channel": dossier.channel,
            "applicant_kind": dossier.applicant_kind,
            "procedure": dossier.procedure,
            "area": dossier.area,
            "remote": dossier.remote,
        }
        waited = [
            {
                "pause": str(number),
                "kind": "supplement",
                "reason": "",
                "from": _text(begun),
                "to": _text(ended),
            }
            for number, (begun, ended) in enumerate(pauses)
        ]
        case = Case(
            dossier.received_at,
            limit_of(version, {**dossier.facts, **built_in}),
            version.cutoff,
            waited=waited,
            extensions=extensions,
        )
        due = explained(case, self._calendars)
        return written(due.at) if due else None


def _text(moment: str) -> str:
    return to_text(at(moment))
