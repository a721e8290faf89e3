"""The province of the ten routes: its register and processes, under the real rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
import yaml
from eventsourcing.popo import POPOApplicationRecorder

from deploy.play.scenario import FOLDER
from services.routing.application.routing import Routing, facts_of
from services.routing.rules.planning import plan
from services.routing.rules.structure import Registry
from services.routing.rules.versions import version_in_force
from services.routing.schemas import read_reference
from shared.clock import to_text
from shared.working_time.vietnam import vietnam_calendar
from tests.routes.appointments import Appointments
from tests.routes.dossiers import Dossier, Leg
from tests.routes.ways import Way

CALENDAR = vietnam_calendar()


def scenario_data(part: str) -> Any:
    """Return a part of the scenario's reference data as it is written."""
    return yaml.safe_load((FOLDER / "lien-thong" / f"{part}.yaml").read_text("utf-8"))


def read_province() -> Province:
    """Return the province whose reference data the scenario holds."""
    parts = ("agencies", "processes", "competences")
    reference = read_reference(orjson.dumps({part: scenario_data(part) for part in parts}))
    return Province(reference, Appointments(scenario_data("procedures"), CALENDAR))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided about a dossier's way at its reception."""

    rows: Sequence[Mapping[str, Any]]

    @property
    def legs(self) -> list[tuple[str, str, str]]:
        """Name, agency and direction of the legs that the dossier passes."""
        return [(row["id"], row["agency"], row["direction"]) for row in self.rows if not row["skipped"]]

    @property
    def skipped(self) -> dict[str, tuple[str, str]]:
        """Why it does not pass the others, in English and Vietnamese."""
        return {row["id"]: (row["skipped"], row["skipped_vi"]) for row in self.rows if row["skipped"]}

    @property
    def after(self) -> dict[str, list[int]]:
        """The numbers of the legs before each."""
        return {row["id"]: row["after"] for row in self.rows}

    @property
    def pauses(self) -> dict[str, str]:
        """The legs that stop the clock."""
        return {row["id"]: row["pause"] for row in self.rows if row["pause"]}

    @property
    def reasons(self) -> dict[str, str]:
        """Why each leg's agency was chosen."""
        return {row["id"]: row["reason"] for row in self.rows}


class _Directory:
    """The register and the processes as the files state them."""

    def __init__(self, reference: Mapping[str, Any]) -> None:
        self._registry = Registry.of(reference["agencies"], competences=reference["competences"])
        self._processes = reference["processes"]

    def registry(self) -> Registry:
        return self._registry

    def versions(self, procedure: str) -> list[Mapping[str, Any]]:
        return [version for version in self._processes if version["procedure"] == procedure]


class Province:
    """The reference data, and the services' rules over them."""

    def __init__(self, reference: Mapping[str, Any], appointments: Appointments) -> None:
        self._reference = reference
        self.directory = _Directory(reference)
        self._appointments = appointments

    def with_process(self, definition: Mapping[str, Any]) -> Province:
        """Return the province with one process more."""
        processes = [*self._reference["processes"], definition]
        return Province({**self._reference, "processes": processes}, self._appointments)

    def plan(self, dossier: Dossier) -> Plan:
        """Return how the rules plan the dossier's way."""
        received_at = to_text(dossier.received_at)
        structure = self.directory.registry().at(received_at)
        versions = self.directory.versions(dossier.procedure)
        definition = version_in_force(versions, received_at, dossier.desk, structure)
        assert definition is not None
        facts = facts_of(received(dossier))
        return Plan(plan(definition, dossier.desk, dossier.area, structure, facts))

    def due(
        self,
        dossier: Dossier,
        pauses: Sequence[tuple[str, str]] = (),
        extensions: Sequence[Mapping[str, str]] = (),
    ) -> str | None:
        """Return when the desk promises the result, after what stood still and what the law added."""
        return self._appointments.due(dossier, pauses, extensions)

    def receive(self, dossier: Dossier, opens: Sequence[Leg]) -> Way:
        """Receive the dossier: its first legs open."""
        way = Way(Routing(POPOApplicationRecorder(), cast("Any", self.directory), CALENDAR))
        way.happens("intake.dossier-received", dossier.received, received(dossier), opens=opens)
        return way


def received(dossier: Dossier) -> dict[str, Any]:
    """Return what intake says of a received dossier."""
    return {
        "code": "H47.71.3101-250425-0001",
        "procedure": dossier.procedure,
        "desk": dossier.desk,
        "channel": dossier.channel,
        "applicant_kind": dossier.applicant_kind,
        "area": dossier.area,
        "limit": None,
        "due_at": None,
        "facts": dict(dossier.facts),
        "applicant_agency": dossier.applicant_agency,
        "remote": dossier.remote,
    }
