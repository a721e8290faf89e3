"""Which procedures lack an electronic process, agency by agency, and how far each process has come.

A unit goes live when its processes are ready; until then it is told which are missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from services.routing.domain.lifecycle import LIVE
from services.routing.rules.structure import Registry, Structure, holds
from services.routing.rules.versions import state_at

Facts = Mapping[str, Any]
Versions = Callable[[str], Sequence[Facts]]
Procedures = Mapping[str, Facts]


def readiness(registry: Registry, versions: Versions, procedures: Procedures, at: str) -> dict[str, Any]:
    """Return for each agency how many procedures it is competent for, and which lack a process at a moment.

    A procedure has one when a version is on trial or in force for that agency.
    """
    structure = registry.at(at)
    competent: dict[str, set[str]] = {}
    for procedure in sorted({row["procedure"] for row in registry.competences}):
        for agency in _competent(structure, procedure):
            competent.setdefault(agency, set()).add(procedure)
    rows = []
    for agency, of_agency in sorted(competent.items()):
        lacking = sorted(p for p in of_agency if not _leads(versions(p), at, agency))
        name = structure.agency(agency)["name"]
        rows.append({"agency": agency, "name": name, "competent_for": len(of_agency), "lacking": lacking})
    named = {procedure for row in rows for procedure in row["lacking"]}
    return {
        "as_of": at,
        "agencies": rows,
        "procedures": {one: procedures[one]["name"] for one in sorted(named) if one in procedures},
    }


def overview(
    processes: Iterable[tuple[str, Sequence[Facts]]], procedures: Procedures, at: str
) -> dict[str, Any]:
    """Return every process with the states of its versions at a moment, and how many lead dossiers by model."""
    shown = [_shown(process, versions, procedures, at) for process, versions in processes]
    models = Counter(one["model"] or "" for one in shown if one["version"] is not None)
    return {
        "as_of": at,
        "processes": shown,
        "models": [{"model": model or None, "processes": count} for model, count in sorted(models.items())],
    }


def _competent(structure: Structure, procedure: str) -> set[str]:
    found = set()
    for row in structure.competences(procedure):
        if row.get("agency"):
            found.add(structure.current(row["agency"], row.get("area"))[0]["agency"])
        else:
            found |= {
                facts["agency"]
                for facts in structure.alive()
                if (facts["kind"], facts["level"]) == (row["kind"], row["level"])
                and holds(row.get("area"), facts.get("area") or "")
            }
    return found


def _leads(versions: Sequence[Facts], at: str, agency: str) -> bool:
    return any(one["valid_from"] <= at and state_at(one, at, agency) in LIVE for one in versions)


def _shown(process: str, versions: Sequence[Facts], procedures: Procedures, at: str) -> dict[str, Any]:
    leading = [one for one in versions if one["valid_from"] <= at and _leads_anybody(one, at)]
    latest = max(leading, key=lambda one: (one["valid_from"], one["version"]), default=None)
    stated = latest or versions[-1]
    return {
        "process": process,
        "procedure": stated["procedure"],
        "name": procedures.get(stated["procedure"], {}).get("name"),
        "model": stated.get("model"),
        "version": latest and latest["version"],
        "versions": [
            {
                "version": one["version"],
                "valid_from": one["valid_from"],
                "state": state_at(one, at),
                "changes": one.get("changes"),
                "legs": len(one["legs"]),
            }
            for one in versions
        ],
    }


def _leads_anybody(version: Facts, at: str) -> bool:
    named = {agency for change in version.get("changes") or () for agency in change["agencies"] or ()}
    return any(state_at(version, at, desk) in LIVE for desk in (None, *named))
