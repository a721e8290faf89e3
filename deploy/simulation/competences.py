"""Who was competent for what, learnt from the agencies that were chosen: no event says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deploy.simulation.history import Dossier
from services.routing.rules.planning import COMPETENT
from services.routing.rules.route import named_legs
from services.routing.rules.structure import Registry
from shared.clock import to_text
from shared.errors import NotYetKnownError

DefinitionOf = Callable[[tuple[str, int]], Mapping[str, Any] | None]
BASIS = "theo hồ sơ đã ghi nhận / as recorded"


def learnt(
    dossiers: Iterable[Dossier], definition_of: DefinitionOf, register: Registry
) -> list[dict[str, Any]]:
    """Return rows of competence by procedure and area, each from the first dossier that shows it.

    `dossiers` come in the order of their reception.
    """
    rows: list[dict[str, Any]] = []
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for it in dossiers:
        for agency in _chosen(it, definition_of):
            at = to_text(it.received) if it.received else ""
            key = (it.procedure, area_of(it, register))
            known = latest.get(key)
            if known and known["agency"] == agency:
                continue
            if known:
                known["valid_to"] = at
            row = {"procedure": key[0], "agency": agency, "valid_from": at, "valid_to": None, "basis": BASIS}
            latest[key] = {**row, **({"area": key[1]} if key[1] else {})}
            rows.append(latest[key])
    return rows


def area_of(it: Dossier, register: Registry) -> str:
    """Return the area that a dossier is about: its own, else its desk's."""
    if it.area or it.received is None:
        return it.area or ""
    try:
        return register.at(to_text(it.received)).agency(it.desk).get("area") or ""
    except NotYetKnownError:
        return ""


def _chosen(it: Dossier, definition_of: DefinitionOf) -> list[str]:
    definition = definition_of(it.process) if it.process else None
    if definition is None:
        return []
    competent = {leg.id for leg in named_legs(definition) if COMPETENT in leg.choices}
    return [leg["agency"] for leg in it.legs if leg["id"] in competent and not leg["skipped"]][:1]
