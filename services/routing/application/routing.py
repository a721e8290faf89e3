"""routing's use cases on dossiers: plan the way of each, and lead it from leg to leg."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from eventsourcing.persistence import ApplicationRecorder

from services.routing.application.counting import Counting
from services.routing.application.ports import Directory
from services.routing.domain import flow
from services.routing.domain.flow import DESK
from services.routing.domain.itinerary import Itinerary
from services.routing.domain.renumbering import sent_back
from services.routing.rules.planning import direction, plan
from services.routing.rules.structure import Structure
from services.routing.rules.versions import version_in_force
from shared.acts import Act
from shared.clock import to_text
from shared.errors import NotYetKnownError
from shared.event_sourcing import Application
from shared.working_time.calendar import WorkingCalendar

BUILT_IN_FACTS = ("channel", "applicant_kind", "applicant_agency", "remote")
"""What a reception says that conditions may look at, beside the facts declared."""


class Routing(Application):
    """The process manager between agencies."""

    name = "routing"

    def __init__(
        self, recorder: ApplicationRecorder, directory: Directory, calendar: WorkingCalendar
    ) -> None:
        super().__init__(recorder)
        self.directory = directory
        self.counting = Counting(calendar)

    def start(self, received: Mapping[str, Any], act: Act) -> None:
        """Plan the way of a received dossier and open its first legs; a second time changes nothing.

        Raises NotYetKnownError while its process, or an agency of its way, is not known.
        """
        if self.find(act.root) is not None:
            return
        at = to_text(act.happened_at)
        desk, area = received["desk"], received.get("area")
        structure = self._structure(act)
        definition = version_in_force(self.directory.versions(received["procedure"]), at, desk, structure)
        if definition is None:
            raise NotYetKnownError(f"process-for/{received['procedure']}")
        facts = facts_of(received)
        itinerary = Itinerary.plan(
            act,
            code=received["code"],
            procedure=received["procedure"],
            desk=desk,
            area=area or structure.agency(desk).get("area"),
            facts=facts,
            process=definition["process"],
            version=definition["version"],
            model=definition.get("model"),
            trial=bool(definition.get("trial")),
            cutoff=definition.get("cutoff"),
            legs=self._legs(definition, desk, area, facts, act),
        )
        self.add(itinerary)
        self.go_on(itinerary, act, cutoff=definition.get("cutoff"))

    def leg_ended(self, leg: str, outcome: str, act: Act) -> None:
        """Go on from a leg whose agency, term or applicant ended it; what came too late changes nothing.

        Raises RefusedError with `not-the-open-leg` for what never was a leg of the dossier.
        """
        itinerary = self._itinerary(act)
        if self._came_too_late(itinerary, leg):
            return
        if leg in itinerary.open:
            self._end_pauses(itinerary, leg, act)
        number = itinerary.close(leg, outcome, act)
        self.go_on(itinerary, act, from_number=number)

    def leg_returned(self, leg: str, reason: str, act: Act, to: int | None = None) -> None:
        """Go back to the leg that handed over, to the earlier leg `to`, or to the desk."""
        self._go_back(leg, "returned", reason, to, act)

    def leg_recalled(self, leg: str, reason: str, act: Act) -> None:
        """Go back to the leg that handed over, since its agency wants the dossier back."""
        itinerary = self._itinerary(act)
        was = itinerary.open.get(leg)
        if was is None or not sent_back(was):
            self._go_back(leg, "recalled", reason, None, act)
            return
        # It had been sent back: what is recalled is the return, so it goes forward again.
        self._end_pauses(itinerary, leg, act)
        number = itinerary.close(leg, "recalled", act)
        self.go_on(itinerary, act, from_number=number, note=reason)

    def leg_transferred(self, leg: str, to: str, reason: str, act: Act) -> None:
        """Open the same leg at the agency that is competent; its due time stays.

        Raises NotYetKnownError while no word of that agency has come.
        """
        itinerary = self._itinerary(act)
        if self._came_too_late(itinerary, leg):
            return
        structure = self._structure_now(act)
        agency, reasons = structure.serving(to, itinerary.area)
        if leg in itinerary.open:
            self._end_pauses(itinerary, leg, act)
        was = itinerary.open.get(leg, {})
        number = itinerary.close(leg, "transferred", act)
        itinerary.open_leg(
            number,
            act,
            agency=agency["agency"],
            direction=direction(structure.agency(was["agency"]), agency),
            due_at=was["due_at"],
            counting=was["counting"],
            from_number=was["from_number"],
            reasons=reasons,
            note=reason,
        )

    def pause(self, leg: str, kind: str, reason: str, act: Act) -> None:
        """Stop the clock while the applicant completes papers or pays, as the leg's agency asked."""
        itinerary = self._itinerary(act)
        if not self._came_too_late(itinerary, leg):
            itinerary.pause(leg, kind, reason, act)

    def resume(self, pause: str, act: Act) -> None:
        """Go on after the applicant did what was asked; a pause that is over already changes nothing."""
        itinerary = self._itinerary(act)
        begun = itinerary.pauses.get(pause)
        if begun is None:
            return
        leg = itinerary.open[begun["leg"]]
        if leg["pause"]:
            self.leg_ended(begun["leg"], "completed", act)
        else:
            self._end_pause(itinerary, pause, act)

    def send_on(self, note: str, act: Act) -> None:
        """Open the first legs again for a dossier that the desk sends on."""
        itinerary = self._itinerary(act)
        itinerary.check_at_desk()
        self.go_on(itinerary, act, note=note)

    def withdraw(self, reason: str, act: Act) -> None:
        """End the way of a dossier that its applicant withdrew, or that the desk stopped."""
        itinerary = self._itinerary(act)
        if itinerary.ended:
            return
        for leg in list(itinerary.open):
            self._end_pauses(itinerary, leg, act)
        itinerary.withdraw(reason, act)

    def _go_back(self, leg: str, outcome: str, reason: str, to: int | None, act: Act) -> None:
        itinerary = self._itinerary(act)
        if self._came_too_late(itinerary, leg):
            return
        was = itinerary.open.get(leg)
        if was is None:
            itinerary.close(leg, outcome, act)
            return
        self._end_pauses(itinerary, leg, act)
        number = was["number"]
        # A move to another version may have renumbered what the hand-over named, or have left it out.
        if to and "renumbered" in was:
            to = was["renumbered"].get(str(to))
        possible = to is not None and (to == DESK or to in flow.before(itinerary.legs, number))
        target = to if to is not None and possible else was["back_to"]
        again = flow.redone(itinerary.legs, itinerary.states, number, target)
        itinerary.close(leg, outcome, act, again)
        interrupted = [one["number"] for one in itinerary.open.values() if one["number"] in again]
        for opened in [opened for opened, one in itinerary.open.items() if one["number"] in again]:
            self._end_pauses(itinerary, opened, act)
        itinerary.withdraw_legs(interrupted, act, again)
        if target == DESK:
            itinerary.return_to_desk(was["agency"], reason, act)
            return
        extends = itinerary.leg_plan(target)["return_extends"]
        if extends and outcome == "returned":
            itinerary.extend(extends, reason, act)
        self.go_on(itinerary, act, from_number=number, note=reason)

    def go_on(
        self,
        itinerary: Itinerary,
        act: Act,
        *,
        from_number: int = DESK,
        note: str | None = None,
        cutoff: str | None = None,
    ) -> None:
        """Open what is ready and withdraw what is needed no more, or end the itinerary."""
        following = itinerary.following()
        for opened in [key for key, one in itinerary.open.items() if one["number"] in following.withdrawing]:
            self._end_pauses(itinerary, opened, act)
        itinerary.withdraw_legs(following.withdrawing, act)
        structure = self._structure_now(act)
        for number in following.opening:
            self._open(itinerary, number, structure, act, from_number=from_number, note=note, cutoff=cutoff)
        if flow.is_through(itinerary.states):
            itinerary.complete(act)

    def _open(
        self,
        itinerary: Itinerary,
        number: int,
        structure: Structure,
        act: Act,
        *,
        from_number: int,
        note: str | None,
        cutoff: str | None,
    ) -> None:
        plan = itinerary.leg_plan(number)
        planned = itinerary.leg_plan(plan["same_as"])["agency"] if plan["same_as"] else plan["agency"]
        agency, reasons = structure.current(planned, itinerary.area)
        before = itinerary.leg_plan(from_number)["agency"] if from_number else itinerary.desk
        counting = self.counting.beginning(agency, act.happened_at, cutoff)
        itinerary.open_leg(
            number,
            act,
            agency=agency["agency"],
            direction=direction(structure.agency(before), agency),
            due_at=self.counting.due(plan["term"], counting),
            counting=counting,
            from_number=from_number,
            reasons=reasons,
            note=note,
        )

    def _end_pauses(self, itinerary: Itinerary, leg: str, act: Act) -> None:
        for pause in [key for key, begun in itinerary.pauses.items() if begun["leg"] == leg]:
            self._end_pause(itinerary, pause, act)

    def _end_pause(self, itinerary: Itinerary, pause: str, act: Act) -> None:
        leg = itinerary.open[itinerary.pauses[pause]["leg"]]
        itinerary.resume(pause, act, due_at=self.counting.due_after(leg, itinerary.waited(pause, act)))

    def _came_too_late(self, itinerary: Itinerary, leg: str) -> bool:
        """Tell whether a leg that was open once ended otherwise meanwhile: nothing went wrong, nothing is due."""
        return leg not in itinerary.open and itinerary.was_opened(leg)

    def _legs(
        self, definition: Mapping[str, Any], desk: str, area: str | None, facts: Mapping[str, Any], act: Act
    ) -> list[dict[str, Any]]:
        """Plan among the agencies of the dossier's time; those that begin after it take part from their day."""
        try:
            return plan(definition, desk, area, self._structure(act), facts)
        except NotYetKnownError:
            return plan(definition, desk, area, self._structure_now(act), facts)

    def _structure(self, act: Act) -> Structure:
        return self.directory.registry().at(to_text(act.happened_at))

    def _structure_now(self, act: Act) -> Structure:
        """Return the structure in which a leg opens: word that comes late opens none at an ended agency.

        What a historian tells happened in the structure of its time.
        """
        at = act.happened_at if act.historical else max(act.happened_at, act.recorded_at)
        return self.directory.registry().at(to_text(at))

    def _itinerary(self, act: Act) -> Itinerary:
        itinerary = cast("Itinerary | None", self.find(act.root))
        if itinerary is None:
            raise NotYetKnownError(f"itinerary/{act.root}")
        return itinerary


def facts_of(received: Mapping[str, Any]) -> dict[str, Any]:
    """Return what conditions may look at of a received dossier."""
    built_in = {name: received[name] for name in BUILT_IN_FACTS if received.get(name) is not None}
    return {**(received.get("facts") or {}), **built_in}
