"""Carrying a reorganisation out: the register first, then every dossier on its way, batch by batch.

Each batch is a unit of work of its own, and re-homing an open leg twice changes nothing the second
time: so whoever dies half-way begins again from the start and comes to the same end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from services.routing.application.register import Register
from services.routing.application.routing import Routing
from services.routing.application.under_way import on_their_way
from services.routing.domain.itinerary import Itinerary
from services.routing.domain.reorganisation import Reorganisation, reorganisation_key
from services.routing.problems import PLAN_NOT_YET_EFFECTIVE, PLAN_UNKNOWN
from services.routing.rules.reorganisation import Change, changes_of, ended_by, stays_or_comes
from services.routing.rules.structure import Structure
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError

PAGE = 1000
"""Dossiers looked at in one unit before a plan may end."""


class Reorganising:
    """Previews and carries out plans."""

    def __init__(self, routing: Routing, register: Register) -> None:
        self._routing = routing
        self._register = register

    def begin(self, plan: dict[str, Any], act: Act) -> bool:
        """Enter the plan and everything that it says of agencies, processes and competences, in one unit.

        Return whether it was new; one that was begun with the same content goes on. Raises
        RefusedError: `plan-already-applied`, `plan-differs`, or what the register refuses.
        """
        known = cast("Reorganisation | None", self._routing.find_afresh(reorganisation_key(plan["plan"])))
        if known is not None:
            known.check_goes_on(plan)
            return False
        self._routing.add(Reorganisation.begin_with(plan, act))
        enter(plan, self._register, act)
        return True

    def rehome(self, name: str, after: UUID | None, limit: int, act: Act) -> dict[str, Any]:
        """Re-home the open legs of up to `limit` dossiers on their way, behind `after` in order of id.

        Return how many dossiers and legs, by agency and successor, and `next`: where to go on, None
        at the end. Also after the plan is finished: what is told late may have come to agencies that it
        ended. Raises RefusedError: `plan-unknown`, `plan-not-yet-effective`.
        """
        reorganisation = self._known(name)
        structure, ended = self._structure(reorganisation, act), ended_by(reorganisation.plan)
        counts: Counter[tuple[str, str]] = Counter()
        itineraries, further = on_their_way(self._routing, after, limit)
        dossiers = 0
        for itinerary in itineraries:
            moved = [
                self._rehome(itinerary, leg, structure, reorganisation.plan, act)
                for leg in _left_behind(itinerary, ended)
            ]
            dossiers += bool(moved)
            counts.update(moved)
        legs = [
            {"agency": agency, "successor": successor, "legs": number}
            for (agency, successor), number in sorted(counts.items())
        ]
        if legs:
            reorganisation.note_rehomed(dossiers, legs, act)
        return {
            "examined": len(itineraries),
            "dossiers": dossiers,
            "legs": legs,
            "next": str(further) if further else None,
        }

    def left_behind(self, name: str, after: UUID | None, act: Act) -> tuple[int, UUID | None]:
        """Count the open legs that a page of dossiers still has at agencies which the plan ended.

        Return where to go on, too; None at the end. Raises RefusedError: `plan-unknown`,
        `plan-already-applied`, `plan-not-yet-effective`.
        """
        plan = self._unfinished(name, act).plan
        itineraries, further = on_their_way(self._routing, after, PAGE)
        ended = ended_by(plan)
        left = sum(len(_left_behind(itinerary, ended)) for itinerary in itineraries)
        self._routing.doubt()  # only looked at: a province's dossiers need not be in memory at once
        return left, further

    def note_finished(self, name: str, act: Act) -> dict[str, Any]:
        """Note the end, once nothing is left behind, and return how many were re-homed in all.

        Raises what `left_behind` raises.
        """
        reorganisation = self._unfinished(name, act)
        reorganisation.finish(act)
        return reorganisation.counts()

    def _known(self, name: str) -> Reorganisation:
        known = cast("Reorganisation | None", self._routing.find_afresh(reorganisation_key(name)))
        if known is None:
            raise RefusedError(PLAN_UNKNOWN, plan=name)
        return known

    def _unfinished(self, name: str, act: Act) -> Reorganisation:
        reorganisation = self._known(name)
        reorganisation.check_unfinished()
        _check_effective(reorganisation.plan, act)
        return reorganisation

    def _structure(self, reorganisation: Reorganisation, act: Act) -> Structure:
        """Return the structure once the plan's agencies have ended."""
        _check_effective(reorganisation.plan, act)
        at = max(to_text(act.happened_at), reorganisation.plan["from"])
        return self._routing.directory.registry().at(at)

    def _rehome(
        self, itinerary: Itinerary, leg: str, structure: Structure, plan: Mapping[str, Any], act: Act
    ) -> tuple[str, str]:
        """Give an open leg to the successor of its agency, and return both."""
        before = str(itinerary.open[leg]["agency"])
        agency, reasons = structure.current(before, itinerary.area)
        itinerary.rehome(
            leg,
            agency["agency"],
            act.on(root=itinerary.id),
            reasons=reasons,
            plan=plan["plan"],
            basis=plan["basis"],
        )
        return before, str(agency["agency"])


def enter(plan: Mapping[str, Any], register: Register, act: Act) -> None:
    """Enter everything that a plan says of agencies, competences and processes into a register.

    Raises RefusedError with what the register refuses.
    """
    register.register_agencies(plan["agencies"], act)
    for change in changes_of(plan):
        _enter(change, plan, register, act)
    # Only now: an agency may stand under another before the plan ends that one.
    register.check_parents(stays_or_comes(plan), plan["from"])
    for competence in plan["competences"]:
        register.put_competence(competence, act)
    for definition in plan["processes"]:
        register.publish_process(definition, act)


def _enter(change: Change, plan: Mapping[str, Any], register: Register, act: Act) -> None:
    if change.ends:
        register.end_agency(
            change.agency, plan["from"], change.change, list(change.successors), plan["basis"], act
        )
    else:
        register.move_under(change.agency, change.parent, plan["from"], act)


def _left_behind(itinerary: Itinerary, ended: frozenset[str]) -> list[str]:
    """Return the open legs at agencies that a plan has ended; those of other plans are theirs to move."""
    return [leg for leg, one in itinerary.open.items() if one["agency"] in ended]


def _check_effective(plan: Mapping[str, Any], act: Act) -> None:
    """Refuse what cannot be done before the plan's agencies have ended: until then legs still open there."""
    if max(to_text(act.recorded_at), to_text(act.happened_at)) < plan["from"]:
        raise RefusedError(PLAN_NOT_YET_EFFECTIVE, plan=plan["plan"], effective=plan["from"])
