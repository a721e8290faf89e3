"""Which agencies a dossier passes, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.routing.rules.structure import Registry

RANK = {"province": 0, "district": 1, "commune": 2}
RECEIVER = "receiver"


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
