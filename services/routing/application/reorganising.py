"""Carrying a reorganisation out: the register first, then every dossier on its way, batch by batch.

Each batch is a unit of work of its own, and re-homing an open leg twice changes nothing the second
time: so whoever dies half-way begins again from the start and comes to the same end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from services.routing.application.moving import on_their_way
from services.routing.application.register import Register
from services.routing.application.routing import Routing
from services.routing.domain import flow
from services.routing.domain.itinerary import Itinerary
from services.routing.domain.reorganisation import Reorganisation, reorganisation_key
from services.routing.problems import PLAN_NOT_FINISHED, PLAN_NOT_YET_EFFECTIVE, PLAN_UNKNOWN
from services.routing.rules.lint import gaps
from services.routing.rules.reorganisation import Change, changes_of
from services.routing.rules.structure import Structure, smallest_areas
from services.routing.rules.versions import version_in_force
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError

AgencyCounts = dict[str, Counter[str]]


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
        self._register.register_agencies(plan["agencies"], act)
        for change in changes_of(plan):
            self._enter(change, plan, act)
        for competence in plan["competences"]:
            self._register.put_competence(competence, act)
        for definition in plan["processes"]:
            self._register.publish_process(definition, act)
        return True

    def rehome(self, name: str, after: UUID | None, limit: int, act: Act) -> dict[str, Any]:
        """Re-home the open legs of up to `limit` dossiers on their way, behind `after` in order of id.

        Return how many dossiers and legs, by agency and successor, and `next`: where to go on, None
        at the end. Raises RefusedError: `plan-unknown`, `plan-already-applied`,
        `plan-not-yet-effective`.
        """
        plan = self._plan(name)
        _check_effective(plan, act)
        at = max(to_text(act.happened_at), plan["from"])
        structure = self._routing.directory.registry().at(at)
        counts: Counter[tuple[str, str]] = Counter()
        itineraries, further = on_their_way(self._routing, after, limit)
        dossiers = 0
        for itinerary in itineraries:
            moved = self._rehome(itinerary, structure, plan, act)
            dossiers += bool(moved)
            counts.update(moved)
        return {
            "examined": len(itineraries),
            "dossiers": dossiers,
            "legs": [
                {"agency": agency, "successor": successor, "legs": legs}
                for (agency, successor), legs in sorted(counts.items())
            ],
            "next": str(further) if further else None,
        }

    def preview(self, plan: dict[str, Any], after: UUID | None, limit: int, act: Act) -> dict[str, Any]:
        """Return what would become of each agency, and of up to `limit` dossiers on their way.

        Enters the plan into the register to see that it can be: the caller takes the unit back.
        Raises what `begin` raises.
        """
        before = self._routing.directory.registry().at(plan["from"])
        processes = list(self._routing.directory.processes())
        self.begin(plan, act)
        rows = {change.agency: _effect(change, before, plan) for change in changes_of(plan)}
        for agency, row in rows.items():
            row["processes"] = _naming(agency, processes)
        counts: AgencyCounts = {agency: Counter() for agency in rows}
        itineraries, further = on_their_way(self._routing, after, limit)
        for itinerary in itineraries:
            _count(itinerary, counts)
        return {
            "examined": len(itineraries),
            "by_agency": [
                {"agency": agency, **rows[agency], **{name: counts[agency][name] for name in COUNTED}}
                for agency in sorted(rows)
            ],
            "uncovered": [] if after else self._uncovered(before, rows, plan["from"]),
            "next": str(further) if further else None,
        }

    def _uncovered(self, before: Structure, ended: Iterable[str], at: str) -> list[dict[str, Any]]:
        """Return the legs of processes that lead dossiers which find no agency any more once these have ended."""
        directory = self._routing.directory
        structure = directory.registry().at(at)
        ended_in = [area for agency in ended if (area := before.agency(agency).get("area"))]
        of_agencies = (one["area"] for one in before.alive() if one.get("area"))
        areas = smallest_areas(of_agencies, ended_in) if ended_in else []
        found = []
        for procedure in sorted({one["procedure"] for _, many in directory.processes() for one in many}):
            definition = version_in_force(directory.versions(procedure), at)
            if definition is None:
                continue
            known = set(gaps(definition, before, areas))
            by_leg: dict[tuple[str, str], list[str]] = {}
            for leg, missing, area in gaps(definition, structure, areas):
                if (leg, missing, area) not in known:
                    by_leg.setdefault((leg, missing), []).append(area)
            of_version = {"process": definition["process"], "version": definition["version"]}
            found += [
                {**of_version, "leg": leg, "missing": missing, "areas": lacking}
                for (leg, missing), lacking in by_leg.items()
            ]
        return found

    def finish(self, name: str, counts: dict[str, Any], act: Act) -> None:
        """Note the end.

        Raises RefusedError: `plan-unknown`, `plan-already-applied`, `plan-not-yet-effective`, or
        `plan-not-finished` while open legs are left behind.
        """
        plan = self._plan(name)
        _check_effective(plan, act)
        structure = self._routing.directory.registry().at(max(to_text(act.happened_at), plan["from"]))
        left, after, more = 0, None, True
        while more:
            itineraries, after = on_their_way(self._routing, after, _PAGE)
            more = after is not None
            left += sum(structure.ended(one["agency"]) for it in itineraries for one in it.open.values())
            self._routing.doubt()  # only looked at: a province's dossiers need not be in memory at once
        if left:
            raise RefusedError(PLAN_NOT_FINISHED, plan=name, left=left)
        cast("Reorganisation", self._routing.find_afresh(reorganisation_key(name))).finish(counts, act)

    def _enter(self, change: Change, plan: Mapping[str, Any], act: Act) -> None:
        if change.ends:
            self._register.end_agency(
                change.agency, plan["from"], change.change, list(change.successors), plan["basis"], act
            )
        else:
            facts = self._routing.directory.registry().at(plan["from"]).agency(change.agency)
            self._register.register_agency(
                {**facts, "parent": change.parent, "valid_from": plan["from"]}, act
            )

    def _plan(self, name: str) -> dict[str, Any]:
        known = cast("Reorganisation | None", self._routing.find_afresh(reorganisation_key(name)))
        if known is None:
            raise RefusedError(PLAN_UNKNOWN, plan=name)
        known.check_unfinished()
        return known.plan

    def _rehome(
        self, itinerary: Itinerary, structure: Structure, plan: Mapping[str, Any], act: Act
    ) -> list[tuple[str, str]]:
        moved = []
        for leg, one in list(itinerary.open.items()):
            if not structure.ended(one["agency"]):
                continue
            agency, reasons = structure.current(one["agency"], itinerary.area)
            itinerary.rehome(
                leg,
                agency["agency"],
                act.on(root=itinerary.id),
                reasons=reasons,
                plan=plan["plan"],
                basis=plan["basis"],
            )
            moved.append((one["agency"], agency["agency"]))
        return moved


_PAGE = 1000
COUNTED = ("dossiers", "open_legs", "with_due_time", "legs_to_come", "received_here")


def _check_effective(plan: Mapping[str, Any], act: Act) -> None:
    """Refuse what cannot be done before the plan's agencies have ended: until then legs still open there."""
    if max(to_text(act.recorded_at), to_text(act.happened_at)) < plan["from"]:
        raise RefusedError(PLAN_NOT_YET_EFFECTIVE, plan=plan["plan"], effective=plan["from"])


def _effect(change: Change, before: Structure, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change means for an agency and its queue."""
    new = {facts["agency"]: facts for facts in plan["agencies"]}

    def queue(agency: str) -> str:
        connected = new[agency]["connected"] if agency in new else before.agency(agency)["connected"]
        return f"agency.{agency}" if connected else "worklist"

    successors = [str(successor["agency"]) for successor in change.successors]
    return {
        "change": change.change,
        "successors": [_named(successor) for successor in change.successors]
        or ([f"parent {change.parent}"] if change.parent else []),
        "queue": _arrow(queue(change.agency), [queue(one) for one in successors]),
        "account": f"agency.{change.agency}" if change.ends and queue(change.agency) != "worklist" else None,
    }


def _arrow(queue: str, successors: list[str]) -> str:
    to = ", ".join(dict.fromkeys(successors))
    return queue if not to or to == queue else f"{queue} → {to}"


def _named(successor: Mapping[str, Any]) -> str:
    areas = successor.get("areas")
    return f"{successor['agency']} ({', '.join(areas)})" if areas else str(successor["agency"])


def _naming(agency: str, processes: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]) -> list[str]:
    """Return the versions of processes in which the agency stands by name."""
    return [
        f"{process} {version['version']}"
        for process, versions in processes
        for version in versions
        if any(
            choice == {"id": agency}
            for leg in version["legs"]
            for choice in leg.get("consult") or [leg.get("agency")]
        )
    ]


def _count(itinerary: Itinerary, counts: AgencyCounts) -> None:
    """Count what lies before the agencies that end: open legs, their due times, legs to come, desks."""
    seen = set()
    for one in itinerary.open.values():
        if one["agency"] in counts:
            counts[one["agency"]]["open_legs"] += 1
            counts[one["agency"]]["with_due_time"] += one["due_at"] is not None
            seen.add(one["agency"])
    for leg, state in zip(itinerary.legs, itinerary.states, strict=True):
        if state == flow.PENDING and leg["agency"] in counts:
            counts[leg["agency"]]["legs_to_come"] += 1
            seen.add(leg["agency"])
    if itinerary.desk in counts:
        counts[itinerary.desk]["received_here"] += 1
        seen.add(itinerary.desk)
    for agency in seen:
        counts[agency]["dossiers"] += 1
