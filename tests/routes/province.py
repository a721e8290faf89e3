"""The province of the ten routes: its register and processes, led by the real rules and the real application.

A `Way` is a dossier under way. Each step says what happened and which legs must open by it, with agency, direction
and due time; that exactly those open, and exactly the expected ones are open afterwards, is checked at every step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
import yaml
from eventsourcing.popo import POPOApplicationRecorder

from deploy.play.scenario import FOLDER
from services.routing.application.routing import Routing, facts_of
from services.routing.consumer import handlers
from services.routing.domain import itinerary_events as events
from services.routing.domain.itinerary import Itinerary, leg_key
from services.routing.rules.planning import plan
from services.routing.rules.structure import Registry
from services.routing.rules.versions import version_in_force
from services.routing.schemas import read_reference
from shared.acts import SYSTEM, Act, Actor
from shared.clock import from_text, to_text
from shared.working_time.vietnam import vietnam_calendar
from tests.routes.appointments import Appointments
from tests.routes.dossiers import Dossier, Leg, at, written

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


class Way:
    """A dossier under way."""

    def __init__(self, routing: Routing) -> None:
        self._routing = routing
        self._handlers = handlers(routing)
        self._dossier = uuid4()
        self.open: set[tuple[str, str]] = set()
        """Name and agency of the legs that must be open."""

    def done(
        self,
        leg: str,
        moment: str,
        *,
        opens: Sequence[Leg] = (),
        waits: set[str] = frozenset(),  # type: ignore[assignment]
        completes: bool = False,
    ) -> None:
        """The leg's agency did its part."""
        self._ends("leg-completed", leg, None, moment, {}, opens)
        assert self._waiting() == waits
        assert any(isinstance(one, events.Completed) for one in self._new) is completes

    def opinion(
        self, leg: str, agency: str, moment: str, *, opens: Sequence[Leg], attempt: int | None = None
    ) -> None:
        """A consulted agency gave its opinion."""
        self._ends("opinion-given", leg, agency, moment, {}, opens, attempt)

    def lapsed(
        self,
        leg: str,
        moment: str,
        outcome: str,
        *,
        opens: Sequence[Leg],
        agency: str | None = None,
        attempt: int | None = None,
    ) -> None:
        """The leg's term ended it."""
        self._ends("leg-lapsed", leg, agency, moment, {"outcome": outcome}, opens, attempt)

    def returned(
        self,
        leg: str,
        moment: str,
        *,
        opens: Sequence[Leg],
        to: str | None = None,
        extends: Mapping[str, str] | None = None,
        at_desk: bool = False,
    ) -> None:
        """The leg's agency sent the dossier back, to whoever handed it over or to the earlier leg `to`."""
        number = self._number(to, None) if to else None
        self._ends("leg-returned", leg, None, moment, {"reason": "thiếu chữ ký", "to": number}, opens)
        assert [one.by for one in self._new if isinstance(one, events.Extended)] == [extends] * bool(extends)
        assert any(isinstance(one, events.ReturnedToDesk) for one in self._new) is at_desk

    def sent_on(self, moment: str, *, opens: Sequence[Leg]) -> None:
        """The desk sent it on its way again."""
        self.happens("intake.dossier-sent-on", moment, {"note": "đã bổ sung"}, opens=opens)

    def asks(self, kind: str, leg: str, moment: str) -> None:
        """The leg's agency needs papers or money from the applicant."""
        data = {"leg": self._id(leg, None, None), "reason": "thiếu giấy tờ"}
        self.happens(f"processing.{kind}-requested", moment, data, opens=[])
        assert kind in self._waiting()

    def answered(self, leg: str, moment: str, *, due: str) -> None:
        """The applicant brought what was asked for: the leg goes on, with a later due time."""
        self.happens("intake.dossier-resumed", moment, {"pause": self._pause_of(leg)}, opens=[])
        (resumed,) = [one for one in self._new if isinstance(one, events.Resumed)]
        assert _time(resumed.due_at) == due
        assert _time(self._itinerary.open[resumed.leg]["due_at"]) == due

    def fulfilled(
        self, leg: str, moment: str, *, opens: Sequence[Leg], waits: set[str] | None = None
    ) -> None:
        """The applicant did what a leg of the process waits for."""
        pause = self._pause_of(leg)
        self.open.remove((leg, self._open_plan(leg)["agency"]))
        self.happens("intake.dossier-resumed", moment, {"pause": pause}, opens=opens)
        assert self._waiting() == (waits or set())

    def happens(self, what: str, moment: str, data: Mapping[str, Any], *, opens: Sequence[Leg]) -> None:
        """Let routing hear of it; check which legs open by it, and which are open then."""
        before = len(self._history())
        self._handlers[f"lienthong.{what}"](cast("Any", None), dict(data), _act(moment, self._dossier))
        self._routing.flush()
        self._routing.close_unit()
        self._new = self._history()[before:]
        assert [self._shown(one) for one in self._new if isinstance(one, events.LegOpened)] == list(opens)
        self.open |= {(leg.id, leg.agency) for leg in opens}
        itinerary = self._itinerary
        assert self.open == {
            (itinerary.leg_plan(one["number"])["id"], one["agency"]) for one in itinerary.open.values()
        }

    def _ends(
        self,
        what: str,
        leg: str,
        agency: str | None,
        moment: str,
        data: Mapping[str, Any],
        opens: Sequence[Leg],
        attempt: int | None = None,
    ) -> None:
        leg_id = self._id(leg, agency, attempt)
        if attempt is None:
            self.open.remove((leg, agency or self._open_plan(leg)["agency"]))
        self.happens(f"processing.{what}", moment, {"leg": leg_id, **data}, opens=opens)

    @property
    def _itinerary(self) -> Itinerary:
        found = self._routing.find(self._dossier)
        assert isinstance(found, Itinerary)
        return found

    def _history(self) -> list[Any]:
        stored = self._routing.recorder.select_events(self._dossier)
        return [self._routing.mapper.to_domain_event(one) for one in stored]

    def _id(self, leg: str, agency: str | None, attempt: int | None) -> str:
        number = self._number(leg, agency)
        tries = attempt or self._itinerary.tries[number - 1]
        return str(leg_key(self._dossier, number, tries))

    def _number(self, leg: str, agency: str | None) -> int:
        numbers = [
            row["number"]
            for row in self._itinerary.legs
            if row["id"] == leg and agency in {None, row["agency"]}
        ]
        assert len(numbers) == 1, f"{leg} at {agency}: {numbers}"
        return cast("int", numbers[0])

    def _open_plan(self, leg: str) -> dict[str, Any]:
        return self._itinerary.leg_plan(self._number(leg, None))

    def _pause_of(self, leg: str) -> str:
        leg_id = self._id(leg, None, None)
        (pause,) = [key for key, begun in self._itinerary.pauses.items() if begun["leg"] == leg_id]
        return pause

    def _waiting(self) -> set[str]:
        return {begun["kind"] for begun in self._itinerary.pauses.values()}

    def _shown(self, opened: Any) -> Leg:
        name = self._itinerary.leg_plan(opened.number)["id"]
        return Leg(name, opened.agency, opened.direction, _time(opened.due_at), opened.attempt)


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


def _act(moment: str, dossier: UUID) -> Act:
    happened_at: datetime = at(moment).astimezone(UTC)
    return Act(Actor(SYSTEM, "routing"), happened_at, happened_at, happened_at, root=dossier)


def _time(text: str | None) -> str | None:
    return written(from_text(text)) if text else None
