"""Which way a dossier would go, and why: a dry run of the very rules that lead real ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.routing.application.routing import Routing, facts_of
from services.routing.problems import NO_PROCESS
from services.routing.rules.planning import plan
from services.routing.rules.structure import Structure
from services.routing.rules.timetable import timetable
from services.routing.rules.versions import version_in_force
from shared.clock import to_text
from shared.errors import RefusedError


def explain(routing: Routing, dossier: Mapping[str, Any], received_at: datetime) -> dict[str, Any]:
    """Return the way of a dossier that would be received then, as if every leg took its whole term.

    Records nothing. Raises RefusedError with `no-process`, NotYetKnownError naming an agency or a
    competence that the register does not have.
    """
    at = to_text(received_at)
    desk, area = dossier["desk"], dossier.get("area")
    structure = routing.directory.registry().at(at)
    structure.agency(desk)
    versions = routing.directory.versions(dossier["procedure"])
    definition = version_in_force(versions, at, desk, structure)
    if definition is None:
        known = ", ".join(f"{one['process']} {one['version']}" for one in versions) or "—"
        raise RefusedError(NO_PROCESS, procedure=dossier["procedure"], desk=desk, at=at, known=known)
    facts = facts_of(dossier)
    legs = plan(definition, desk, area, structure, facts)
    return {
        "procedure": dossier["procedure"],
        "process": definition["process"],
        "version": definition["version"],
        "trial": bool(definition.get("trial")),
        "received_at": at,
        "desk": desk,
        "area": area or structure.agency(desk).get("area"),
        "facts": facts,
        "facts_not_asked": sorted(
            (dossier.get("facts") or {}).keys() - (definition.get("facts") or {}).keys()
        ),
        "legs": _counted(routing, definition, legs, structure, received_at),
    }


def _counted(
    routing: Routing,
    definition: Mapping[str, Any],
    legs: list[dict[str, Any]],
    structure: Structure,
    received_at: datetime,
) -> list[dict[str, Any]]:
    shown = {leg["number"]: {**leg, "agency_name": structure.agency(leg["agency"])["name"]} for leg in legs}

    def closes(leg: Mapping[str, Any], opened_at: datetime) -> datetime:
        cutoff = definition.get("cutoff") if opened_at == received_at else None
        counting = routing.counting.beginning(structure.agency(leg["agency"]), opened_at, cutoff)
        due = routing.counting.explained(leg["term"], counting)
        shown[leg["number"]] |= {
            "opens_at": to_text(opened_at),
            "due_at": to_text(due.at) if due else None,
            "steps": [{"vi": step.vi, "en": step.en} for step in due.steps] if due else [],
        }
        return due.at if due else opened_at

    timetable(legs, received_at, closes)
    return [shown[number] for number in sorted(shown)]


def due_steps(routing: Routing, leg: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return how an open leg's due time was counted, step by step."""
    due = routing.counting.explained(leg["term"], leg["counting"])
    return [{"vi": step.vi, "en": step.en} for step in due.steps] if due else []
