"""routing's use cases: register agencies, publish processes, and lead each dossier from leg to leg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from eventsourcing.persistence import ApplicationRecorder

from services.routing.domain.itinerary import Itinerary
from services.routing.domain.reference import Agency, Process, agency_key, process_key
from services.routing.rules.planning import plan
from services.routing.rules.structure import Registry
from services.routing.rules.versions import version_in_force
from shared.acts import Act
from shared.clock import to_text
from shared.errors import NotYetKnownError
from shared.event_sourcing import Application
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.due import due_at
from shared.working_time.terms import Term


class Directory(Protocol):
    """What routing looks up besides aggregates."""

    def registry(self) -> Registry:
        """Return the register of agencies."""
        ...

    def versions(self, procedure: str) -> Sequence[Mapping[str, Any]]:
        """Return every version of the procedure's process."""
        ...

    def put_agency(self, facts: Mapping[str, Any]) -> None:
        """Keep an agency's facts for looking up."""
        ...

    def put_process(self, definition: Mapping[str, Any]) -> None:
        """Keep a version of a process for looking up."""
        ...


class Routing(Application):
    """The process manager between agencies."""

    name = "routing"

    def __init__(
        self, recorder: ApplicationRecorder, directory: Directory, calendar: WorkingCalendar
    ) -> None:
        super().__init__(recorder)
        self.directory = directory
        self.calendar = calendar

    def register_agency(self, facts: dict[str, Any], act: Act) -> None:
        """Register an agency, or what changed of it."""
        known = cast("Agency | None", self.find_afresh(agency_key(facts["agency"])))
        if known is None:
            self.add(Agency.register(facts, act.on(root=agency_key(facts["agency"]))))
        else:
            known.describe(facts, act.on(root=known.id))
        self.directory.put_agency(facts)

    def publish_process(self, definition: dict[str, Any], act: Act) -> None:
        """Publish a version of a process."""
        known = cast("Process | None", self.find_afresh(process_key(definition["process"])))
        if known is None:
            self.add(Process.publish(definition, act.on(root=process_key(definition["process"]))))
        else:
            known.revise(definition, act.on(root=known.id))
        self.directory.put_process(definition)

    def start(self, received: Mapping[str, Any], act: Act) -> None:
        """Plan the way of a received dossier and open its first leg; a second time changes nothing.

        Raises NotYetKnownError while its process, or an agency of its way, is not known.
        """
        if self.find(act.root) is not None:
            return
        versions = self.directory.versions(received["procedure"])
        definition = version_in_force(versions, to_text(act.happened_at))
        if definition is None:
            raise NotYetKnownError(f"process-for/{received['procedure']}")
        legs = plan(definition, received["desk"], received.get("area"), self.directory.registry())
        itinerary = Itinerary.plan(
            act,
            code=received["code"],
            procedure=received["procedure"],
            desk=received["desk"],
            process=definition["process"],
            version=definition["version"],
            legs=legs,
        )
        self.add(itinerary)
        self._open(itinerary, 1, act)

    def leg_completed(self, leg: str, act: Act) -> None:
        """Go on to the next leg, or end the itinerary."""
        itinerary = self._itinerary(act)
        itinerary.close(leg, "completed", act)
        if itinerary.number < len(itinerary.legs):
            self._open(itinerary, itinerary.number + 1, act)
        else:
            itinerary.complete(act)

    def leg_returned(self, leg: str, reason: str, act: Act) -> None:
        """Go back to the leg before, or to the desk."""
        itinerary = self._itinerary(act)
        itinerary.close(leg, "returned", act)
        if itinerary.number > 1:
            self._open(itinerary, itinerary.number - 1, act, note=reason)
        else:
            itinerary.return_to_desk(reason, act)

    def send_on(self, note: str, act: Act) -> None:
        """Open the first leg again for a dossier that the desk sends on."""
        itinerary = self._itinerary(act)
        itinerary.check_at_desk()
        self._open(itinerary, 1, act, note=note)

    def _itinerary(self, act: Act) -> Itinerary:
        itinerary = cast("Itinerary | None", self.find(act.root))
        if itinerary is None:
            raise NotYetKnownError(f"itinerary/{act.root}")
        return itinerary

    def _open(self, itinerary: Itinerary, number: int, act: Act, note: str | None = None) -> None:
        term = itinerary.leg_plan(number)["term"]
        due = due_at(act.happened_at, Term.parse(term), self.calendar).at if term else None
        itinerary.open(number, act, due_at=to_text(due) if due else None, note=note)
