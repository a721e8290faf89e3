"""What a plan would do: to each agency, to what lies before it, and to processes that need it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.routing.application.reorganising import Reorganising
from services.routing.application.routing import Routing
from services.routing.application.under_way import on_their_way
from services.routing.domain import flow
from services.routing.domain.itinerary import Itinerary
from services.routing.rules.lint import gaps
from services.routing.rules.reorganisation import Change, changes_of
from services.routing.rules.structure import Structure, smallest_areas
from services.routing.rules.versions import version_in_force
from shared.acts import Act

AgencyCounts = dict[str, Counter[str]]
COUNTED = ("dossiers", "open_legs", "with_due_time", "legs_to_come", "received_here")


class Previewing:
    """Looks at plans before they are carried out."""

    def __init__(self, routing: Routing, reorganising: Reorganising) -> None:
        self._routing = routing
        self._reorganising = reorganising

    def preview(self, plan: dict[str, Any], after: UUID | None, limit: int, act: Act) -> dict[str, Any]:
        """Return what would become of each agency, and of up to `limit` dossiers on their way.

        Enters the plan into the register to see that it can be: the caller takes the unit back.
        Raises what `begin` raises.
        """
        before = self._routing.directory.registry().at(plan["from"])
        processes = list(self._routing.directory.processes())
        self._reorganising.begin(plan, act)
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
