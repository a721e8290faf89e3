"""The legs behind the report on flows, one by one: any of its numbers, down to the hand-overs that it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.statistics.problems import UNKNOWN_FIGURE
from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.counting import bounds
from services.statistics.reports.flows import (
    AGENCY,
    WAITED,
    Hands,
    area_of,
    dimension_of,
    hands,
    names_of,
    opened,
)
from services.statistics.reports.periods import Period
from services.statistics.reports.resolution import names_of as names_of_procedures
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import NOW, POSITION, position_of, structure_at
from shared.clock import to_text
from shared.errors import RefusedError
from shared.persistence.database import Transaction

PAGE = 500
USUAL = "legs"
CONDITIONS: Mapping[str, str] = {
    "legs": "true",
    "accepted": f"{WAITED} IS NOT NULL",
    "waiting": f"{WAITED} IS NULL",
}
"""Which legs a figure of `flows` counts, by its key there."""
_BETWEEN = "coalesce(leg.from_agency, '') || '>' || leg.first_agency || '/' || coalesce({area}, '')"
_PAIRS = "SELECT DISTINCT leg.from_agency, leg.first_agency, {area}, {between} FROM {opened} AND {figure}"
_SQL = """
    SELECT ({position}), count(*) OVER (), d.root_id, d.code, d.procedure, leg.name_vi, leg.name_en,
        leg.from_agency, leg.first_agency, {area}, leg.opened_at,
        CASE WHEN leg.accepted_at < p.cut_at THEN leg.accepted_at END AS "accepted [timestamptz]",
        {waited} AS waited
    FROM {opened} AND {figure} AND {between} IN :between
    ORDER BY waited DESC NULLS FIRST, leg.opened_at, leg.leg_id LIMIT :page OFFSET :skip
"""
COLUMNS = (
    ("code", "Mã hồ sơ", "Code"),
    ("procedure", "Thủ tục", "Procedure"),
    ("leg", "Chặng", "Leg"),
    ("from", "Cơ quan giao", "From"),
    ("to", "Cơ quan nhận", "To"),
    ("direction", "Chiều", "Direction"),
    ("opened_at", "Giao lúc", "Handed over"),
    ("accepted_at", "Nhận xử lý lúc", "Taken on"),
    ("waited", "Chờ nhận (phút làm việc)", "Wait (working minutes)"),
)


def legs(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the list, at most a page of it, with the position in the ledger; what still waits stands first.

    `giver` and `taker` are agencies, units or levels, as the question is divided (`by`). Raises
    RefusedError with `unknown-figure` or, divided by two, `unknown-dimension`.
    """
    figure = question.figure or USUAL
    if figure not in CONDITIONS:
        raise RefusedError(UNKNOWN_FIGURE, figure=figure, known=", ".join(CONDITIONS))
    by = dimension_of(question)
    structure = structure_at(tx, version, periods[-1].cut_at)
    parts = {
        "area": area_of(question),
        "between": _BETWEEN.format(area=area_of(question)),
        "opened": opened(question),
        "figure": CONDITIONS[figure],
        "waited": WAITED,
        "position": POSITION,
    }
    given = {"version": version, "procedure": question.procedure, **bounds(periods[:1])}
    pairs = tx.execute(versions.at_version(_PAIRS.format(**parts), version), given)
    wanted = [between for *pair, between in pairs if _is_wanted(question, structure, by, *pair)]
    page = {"between": wanted, "page": PAGE, "skip": question.skip}
    found = tx.execute(versions.at_version(_SQL.format(**parts), version), given | page)
    procedures = names_of_procedures(tx, version)
    return (found[0][0] if found else position_of(tx, version)), {
        **terms("legs", question, periods),
        "by": [],
        "figure": figure,
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in COLUMNS],
        "rows": [_row(row[2:], question, structure, procedures) for row in found],
        "total": {"legs": int(found[0][1]) if found else 0},
    }


def _is_wanted(
    question: Question, structure: Structure, by: str, source: str | None, target: str, area: str | None
) -> bool:
    """Tell whether legs between two agencies are asked for, and the asker may see them: it gave or got them."""
    between = hands(question, structure, by, source, target, area)
    asked = Hands(
        between.giver if question.giver is None else question.giver,
        between.taker if question.taker is None else question.taker,
        question.direction or between.direction,
    )
    if between != asked or question.within is None:
        return between == asked
    above = structure.unit(question.within)
    ends = {one for one in (source, target) if one}
    if question.structure == NOW:
        ends |= {structure.successor(one, area) for one in ends}
    return any(above in structure.upwards(one) for one in ends)


def _row(row: Sequence[Any], question: Question, structure: Structure, procedures: Any) -> dict[str, Any]:
    root, code, procedure, vi, en, source, target, area, opened_at, accepted_at, waited = row
    between = hands(question, structure, AGENCY, source, target, area)
    names = names_of(AGENCY, between, structure)
    if (known := procedures.get(("procedure", procedure))) is not None:
        names["procedure"] = {"vi": known[0], "en": known[1]}
    return {
        "dossier": str(root),
        "code": code,
        "procedure": procedure,
        "leg": vi,
        "from": between.giver,
        "to": between.taker,
        "direction": between.direction,
        "opened_at": to_text(opened_at),
        "accepted_at": to_text(accepted_at) if accepted_at else None,
        "waited": waited,
        "names": names | ({"leg": {"vi": vi, "en": en or vi}} if vi else {}),
    }
