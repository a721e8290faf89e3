"""Who may read what happened to one dossier: agencies that it came to, and those above them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import orjson

from services.statistics.read_model import versions
from services.statistics.reports.case import Case, load
from services.statistics.reports.units import structure_at
from shared.persistence.database import Database


def concerns(database: Database, root: UUID, agency: str, at: datetime, named: Iterable[str] = ()) -> bool:
    """Tell whether a dossier came to an agency's unit, to one under it, or to one that it goes on for.

    A dossier came to the desk that received it, the agency that answers for it, each that had a leg,
    and those that are `named` besides. The province's agencies are taken as they stand at `at`.
    """
    with database.transaction() as tx:
        version = versions.readable(tx).version
        structure = structure_at(tx, version, at)
        cases = load(tx, version, [root])
    came_to = set(named).union(*map(agencies_of, cases))
    areas = {case.dossier["area"] for case in cases} or {None}
    came_to |= {structure.successor(one, area) for one in came_to for area in areas}
    return agency in came_to or any(structure.unit(agency) in structure.upwards(one) for one in came_to)


def agencies_of(case: Case) -> set[str]:
    """Return every agency that a dossier came to."""
    later = {turn[2] for leg in case.legs for turn in orjson.loads(leg["rehomed"] or "[]")}
    had_legs = {leg[column] for leg in case.legs for column in ("agency", "first_agency")}
    return {one for one in later | had_legs | {case.dossier["desk"], case.dossier["lead"]} if one}
