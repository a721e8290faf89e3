"""Which agencies a dossier passes: pure functions, same inputs, same itinerary, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.errors import NotYetKnownError

RANK = {"province": 0, "district": 1, "commune": 2}
RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class Registry:
    """The register of agencies, as facts by id."""

    agencies: Mapping[str, Mapping[str, Any]]

    def agency(self, agency: str) -> Mapping[str, Any]:
        """Return an agency's facts. Raises NotYetKnownError."""
        facts = self.agencies.get(agency)
        if facts is None:
            raise NotYetKnownError(f"agency/{agency}")
        return facts

    def responsible(self, kind: str, level: str, area: str) -> Mapping[str, Any]:
        """Return the agency of a kind and level whose area holds `area`.

        Areas are written from the whole to the part, such as `QNA.TK.AX`; the longest area wins.
        Raises NotYetKnownError naming what is missing.
        """
        candidates = [
            facts
            for facts in self.agencies.values()
            if facts["kind"] == kind and facts["level"] == level and holds(facts.get("area"), area)
        ]
        if not candidates:
            raise NotYetKnownError(f"agency-of/{kind}/{level}")
        return max(candidates, key=lambda facts: (len(facts.get("area") or ""), facts["agency"]))


def holds(whole: str | None, part: str) -> bool:
    """Return whether the area `part` lies in the area `whole`; no area means everywhere."""
    return not whole or part == whole or part.startswith(f"{whole}.")


def version_in_force(versions: Sequence[Mapping[str, Any]], received_at: str) -> Mapping[str, Any] | None:
    """Return the version in force when the dossier was received: it keeps that one to its end."""
    begun = [version for version in versions if version["valid_from"] <= received_at]
    return max(begun, key=lambda version: (version["valid_from"], version["version"]), default=None)


def direction(from_agency: Mapping[str, Any], to_agency: Mapping[str, Any]) -> str:
    """Return how a hand-over goes: up, down, to a peer, or inside one agency."""
    if from_agency["agency"] == to_agency["agency"]:
        return "inside"
    difference = RANK[to_agency["level"]] - RANK[from_agency["level"]]
    if difference == 0:
        return "peer"
    return "up" if difference < 0 else "down"


def plan(
    definition: Mapping[str, Any],
    desk: str,
    area: str | None,
    registry: Registry,
) -> list[dict[str, Any]]:
    """Return the planned legs of a dossier received at `desk`, about `area` (else the desk's own).

    Raises NotYetKnownError when an agency that the process names is not in the register.
    """
    receiver = registry.agency(desk)
    place = area or receiver.get("area") or ""
    before, legs = receiver, []
    for number, leg in enumerate(definition["legs"], start=1):
        agency, reason = _choose(leg["agency"], receiver, place, registry)
        legs.append(
            {
                "number": number,
                "name": leg["name"],
                "agency": agency["agency"],
                "direction": direction(before, agency),
                "term": leg["term"],
                "reason": reason,
            },
        )
        before = agency
    return legs


def _choose(
    choice: Any,
    receiver: Mapping[str, Any],
    area: str,
    registry: Registry,
) -> tuple[Mapping[str, Any], str]:
    if choice == RECEIVER:
        return receiver, "the receiving desk"
    if "id" in choice:
        return registry.agency(choice["id"]), "named by the process"
    kind, level = choice["kind"], choice["level"]
    agency = registry.responsible(kind, level, area)
    return agency, f"{kind} at {level} level for {area or 'everywhere'}"
