"""The ways of a scenario's dossiers by routing's own rules, and their appointments by intake's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from deploy.play.scenario import Filing, Scenario
from services.intake.domain.procedure import ProcedureVersion
from services.intake.rules.appointment import Case, explained, limit_of
from services.intake.schemas import read_procedure
from services.routing.rules.planning import plan as plan_legs
from services.routing.rules.reorganisation import ended_by
from services.routing.rules.structure import Registry
from services.routing.rules.versions import version_in_force
from services.routing.schemas import read_reference
from shared.clock import to_text
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.calendars import Calendars
from shared.working_time.terms import Term, Unit
from shared.working_time.vietnam import vietnam_calendar

Leg = Mapping[str, Any]
Pause = tuple[datetime, datetime]


class Ways:
    """The legs that dossiers of a scenario pass, the papers that they hold, and when they are due."""

    def __init__(self, scenario: Scenario, calendar: WorkingCalendar | None = None) -> None:
        self.calendars = Calendars(calendar or vietnam_calendar())
        reference = read_reference(orjson.dumps(scenario.routes))
        self._processes: dict[str, list[dict[str, Any]]] = {}
        for process in reference["processes"]:
            self._processes.setdefault(process["procedure"], []).append(process)
        self.registry = Registry.of(reference["agencies"], competences=reference.get("competences", ()))
        self._remote = {it["area"] for it in scenario.agencies if it.get("remote") and it.get("area")}
        self._agencies = {it["agency"]: it for it in scenario.agencies}
        plan = scenario.reorganisation or {"changes": []}
        self._ending = ended_by(plan)
        self._versions: dict[str, ProcedureVersion] = {}
        for procedure in scenario.procedures:
            code, content, _ = read_procedure(procedure)
            self._versions[code] = ProcedureVersion.of({**content, "procedure": code, "version": 1})
        self._legs: dict[tuple[Filing, str, int, int], list[Leg]] = {}
        self._limits: dict[tuple[Filing, str], dict[str, str] | None] = {}

    def procedure(self, filing: Filing) -> ProcedureVersion:
        """Return the procedure that is filed."""
        return self._versions[filing.procedure]

    def components(self, filing: Filing) -> tuple[tuple[str, int], ...]:
        """Return the papers that the procedure asks for, with the copies of each."""
        return tuple((it.code, it.copies) for it in self.procedure(filing).components if it.required)

    def legs(self, filing: Filing, channel: str, received_at: datetime) -> list[Leg]:
        """Return the legs as routing would plan them. Raises NotYetKnownError."""
        at = to_text(received_at)
        structure = self.registry.at(at)
        version = version_in_force(self._processes[filing.procedure], at, filing.desk, structure)
        if version is None:
            raise LookupError(f"{filing.procedure}: no process is in force at {at}")
        known = (filing, channel, id(structure), version["version"])
        if known not in self._legs:
            facts = self._facts(filing, channel)
            self._legs[known] = list(plan_legs(version, filing.desk, filing.area, structure, facts))
        return self._legs[known]

    def cutoff(self, filing: Filing, received_at: datetime) -> str | None:
        """Return the time of day after which the first legs count from the next working day."""
        at = to_text(received_at)
        versions = self._processes[filing.procedure]
        version = version_in_force(versions, at, filing.desk, self.registry.at(at))
        return version.get("cutoff") if version else None

    def hours(self, agency: str) -> Sequence[Sequence[str]] | None:
        """Return an agency's office hours; None: the usual ones."""
        hours: Sequence[Sequence[str]] | None = self._agencies[agency].get("hours")
        return hours

    def unit(self, filing: Filing, channel: str) -> Unit | None:
        """Return the unit of the limit, or None where law states none."""
        limit = self._limit(filing, channel)
        return Term.parse(limit).unit if limit else None

    def due(
        self,
        filing: Filing,
        channel: str,
        received_at: datetime,
        pauses: Sequence[Pause] = (),
        extensions: Sequence[Mapping[str, str]] = (),
    ) -> datetime | None:
        """Return when the desk promises the result, with what stood still and what was added."""
        case = Case(
            received_at,
            self._limit(filing, channel),
            self.procedure(filing).cutoff,
            self.hours(filing.desk),
            [{"from": to_text(begun), "to": to_text(ended)} for begun, ended in pauses],
            extensions,
        )
        due = explained(case, self.calendars)
        return due.at if due else None

    def peers(self, agency: str, at: datetime) -> list[str]:
        """Return the other agencies of its kind and level at a moment; none where either is to end."""
        facts = self._agencies[agency]
        alive = self.registry.at(to_text(at)).alive()
        same = (facts["kind"], facts["level"])
        if agency in self._ending:
            return []
        others = [it["agency"] for it in alive if (it["kind"], it["level"]) == same]
        return [other for other in others if other != agency and other not in self._ending]

    def _limit(self, filing: Filing, channel: str) -> dict[str, str] | None:
        if (filing, channel) not in self._limits:
            facts = self._facts(filing, channel)
            self._limits[filing, channel] = limit_of(self.procedure(filing), facts)
        return self._limits[filing, channel]

    def _facts(self, filing: Filing, channel: str) -> dict[str, Any]:
        desk = self._agencies[filing.desk]
        return {
            **filing.facts,
            "channel": channel,
            "applicant_kind": filing.applicant,
            "applicant_agency": filing.applicant_agency,
            "procedure": filing.procedure,
            "area": filing.area or desk.get("area"),
            "remote": filing.area in self._remote if filing.area else bool(desk.get("remote")),
        }
