"""The list of late dossiers: by how much, in whose hands most of it came about, and why.

Late are those that the resolution report counts as resolved late or as overdue. The delay is working time past
the due time as pauses and extensions moved it; whose part it is follows `shared.working_time.shares`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.statistics.problems import TOO_MANY_LATE
from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.case import Case, Course, course, load
from services.statistics.reports.choosing import choice
from services.statistics.reports.counting import bounds, period_rows
from services.statistics.reports.durations import in_words
from services.statistics.reports.holders import described, names_of_agencies
from services.statistics.reports.periods import Period
from services.statistics.reports.resolution import names_of
from services.statistics.reports.structure import Structure
from services.statistics.reports.timeline import Holder
from services.statistics.reports.units import NOW, POSITION, structure_at
from shared.clock import to_text
from shared.errors import RefusedError
from shared.persistence.database import Transaction

CHUNK = 500
MOST = 20_000
"""Each late dossier's time is worked out anew: more than these are asked for by unit or procedure."""
_SQL = """
    SELECT ({position}), d.root_id FROM dossier_v# d JOIN ({periods}) AS p ON {figure}
    WHERE d.received_at IS NOT NULL AND {rest} LIMIT :most
"""
COLUMNS = (
    ("code", "Mã hồ sơ", "Code"),
    ("procedure", "Thủ tục", "Procedure"),
    ("unit", "Đơn vị", "Unit"),
    ("due_at", "Hẹn trả", "Due"),
    ("ended_at", "Giải quyết xong", "Resolved"),
    ("minutes", "Quá hạn (phút làm việc)", "Late by (minutes of working time)"),
    ("late_by", "Quá hạn", "Late by"),
    ("holder", "Phần lớn do", "Mostly by"),
    ("agency", "Cơ quan", "Agency"),
    ("leg", "Công đoạn", "Leg"),
    ("part", "Phần của nơi đó (phút làm việc)", "Its part (minutes)"),
)


def late(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the list, the longest delay first, with the position in the ledger.

    Raises RefusedError with `too-many-late`.
    """
    period = periods[0]
    structure = structure_at(tx, version, period.cut_at)
    chosen = choice(tx, version, question, structure, "late")
    sql = _SQL.format(position=POSITION, periods=period_rows(1), figure=chosen.figure, rest=chosen.rest)
    given = {"version": version, "most": MOST + 1, **bounds([period]), **chosen.parameters}
    found = tx.execute(versions.at_version(sql, version), given)
    if len(found) > MOST:
        raise RefusedError(TOO_MANY_LATE, most=MOST)
    courses = _courses(tx, version, [root for _position, root in found], period.cut_at)
    courses.sort(key=lambda one: (-one[1].against_due.minutes, one[0].dossier["root_id"]))
    agencies, names = names_of_agencies(tx, version), names_of(tx, version)
    page = courses[question.skip : question.skip + CHUNK]
    return (found[0][0] if found else None), {
        **terms("late", question, periods),
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in COLUMNS],
        "rows": [_row(case, one, question, structure, agencies, names) for case, one in page],
        "total": {
            "dossiers": len(courses),
            "minutes": sum(one.against_due.minutes for _case, one in courses),
        },
    }


def _courses(tx: Transaction, version: int, roots: Sequence[UUID], at: datetime) -> list[tuple[Case, Course]]:
    found = []
    for start in range(0, len(roots), CHUNK):
        for case in load(tx, version, roots[start : start + CHUNK]):
            one = course(case, at)
            if one is not None:
                found.append((case, one))
    return found


def _row(
    case: Case, one: Course, question: Question, structure: Structure, agencies: Any, names: Any
) -> dict[str, Any]:
    dossier, judged = case.dossier, one.against_due
    lead = dossier["lead"] or dossier["desk"]
    agency = structure.successor(lead, dossier["area"]) if question.structure == NOW and lead else lead
    unit = structure.unit(agency) if agency else None
    (holder, leg), part = max(
        judged.parts.items(), key=lambda part: (part[1], str(part[0])), default=((Holder("process"), None), 0)
    )
    told = described(holder, agencies)
    known = next((row for row in case.legs if row["leg_id"] == leg), None)
    procedure, of_unit = names.get(("procedure", dossier["procedure"])), structure.names(unit or "")
    named = dict(told["names"])
    named |= {"procedure": _pair(procedure)} if procedure else {}
    named |= {"unit": _pair(of_unit)} if of_unit else {}
    if known and known["name_vi"]:
        named["leg"] = _pair((known["name_vi"], known["name_en"]))
    named["late_by"] = in_words(judged.minutes)
    if holder.agency and (of := agencies.get(holder.agency)):
        named["agency"] = _pair(of)
    return {
        "dossier": dossier["root_id"],
        "code": dossier["code"],
        "procedure": dossier["procedure"],
        "unit": unit,
        "due_at": to_text(judged.due_at) if judged.due_at else None,
        "ended_at": to_text(one.reached_at) if one.ended else None,
        "minutes": judged.minutes,
        "late_by": str(judged.minutes),
        "holder": told["holder"],
        "agency": told["agency"],
        "leg": leg,
        "part": part,
        "names": named,
    }


def _pair(names: tuple[str, str]) -> dict[str, str]:
    return {"vi": names[0], "en": names[1]}
