"""The register of agencies and procedures as the ledger tells it, and as a plan would have made it.

Who is competent for what is not told by any event: it is learnt from who was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deploy.simulation.trying import try_plan
from services.routing.rules.reorganisation import changes_of
from services.routing.rules.structure import Registry, holds

Facts = Mapping[str, Any]
_REGISTERED = "lienthong.routing.agency-registered"
_ENDED = "lienthong.routing.agency-ended"
_PROCEDURE = "lienthong.intake.procedure-published"


class Register:
    """Agencies, their ends, and editions of procedures."""

    def __init__(self) -> None:
        self._agencies: dict[str, dict[str, tuple[int, Facts]]] = {}
        self._ends: dict[str, Facts] = {}
        self._editions: dict[str, dict[int, Facts]] = {}

    def take(self, document: Mapping[str, Any]) -> bool:
        """Take in a document of the register; return whether it was one."""
        kind, data = document["type"], document.get("data") or {}
        if kind == _REGISTERED:
            position = int(document.get("sourceposition") or 0)
            versions = self._agencies.setdefault(data["agency"], {})
            if position >= versions.get(data["valid_from"], (0, {}))[0]:
                versions[data["valid_from"]] = (position, data)
        elif kind == _ENDED:
            self._ends[data["agency"]] = data
        elif kind == _PROCEDURE:
            self._editions.setdefault(data["procedure"], {})[data["version"]] = data
        else:
            return False
        return True

    def names(self) -> dict[str, Mapping[str, str]]:
        """Return what agencies are called."""
        return {agency: max(versions.items())[1][1]["name"] for agency, versions in self._agencies.items()}

    def cutoff(self, procedure: str, received_at: str) -> str | None:
        """Return the cutoff of a procedure that held then (UTC text)."""
        editions = self._editions.get(procedure, {}).values()
        begun = [one for one in editions if one["valid_from"] <= received_at]
        latest = max(begun, key=lambda one: (one["valid_from"], one["version"]), default=None)
        return latest.get("cutoff") if latest else None

    def as_recorded(self, competences: Iterable[Facts]) -> Registry:
        """Return the register as it was."""
        return Registry.of(self._recorded(), self._ends.values(), competences)

    def under(self, plan: Facts, competences: Iterable[Facts]) -> Registry:
        """Return the register as a plan would have made it.

        Raises RefusedError with what routing's register refuses of the plan.
        """
        try_plan(plan, self._recorded(), self._ends.values())
        agencies = [*self._recorded(), *plan["agencies"]]
        ends = dict(self._ends)
        for change in changes_of(plan):
            if change.ends:
                ends[change.agency] = {
                    "agency": change.agency,
                    "ended_at": plan["from"],
                    "change": change.change,
                    "successors": list(change.successors),
                    "basis": plan["basis"],
                }
        # Who an agency's parent is decides nothing about ways: a new parent changes no itinerary.
        rows = [*_until(competences, plan["competences"]), *plan["competences"]]
        return Registry.of(agencies, ends.values(), rows)

    def _recorded(self) -> list[Facts]:
        return [facts for versions in self._agencies.values() for _, facts in versions.values()]


def _until(learnt: Iterable[Facts], planned: Iterable[Facts]) -> Iterable[Facts]:
    """Give what was learnt, ending where a plan says otherwise."""
    rows = list(planned)
    for one in learnt:
        others = [
            row["valid_from"]
            for row in rows
            if row["procedure"] == one["procedure"] and holds(row.get("area"), one.get("area") or "")
        ]
        ends = [*others, *([one["valid_to"]] if one.get("valid_to") else [])]
        valid_to = min(ends, default=None)
        if valid_to is None or valid_to > one["valid_from"]:
            yield {**one, "valid_to": valid_to}


def new_ends(recorded: Registry, alternative: Registry) -> dict[str, Facts]:
    """Return how agencies end under the alternative that did not end so."""
    return {
        agency: end
        for agency, end in alternative.ends.items()
        if agency not in recorded.ends or _rule(recorded.ends[agency]) != _rule(end)
    }


def _rule(end: Facts) -> tuple[Any, ...]:
    successors = [(one["agency"], tuple(one.get("areas") or ())) for one in end["successors"]]
    return end["ended_at"], sorted(successors)
