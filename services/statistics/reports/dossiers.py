"""The list of dossiers behind a figure: any number of a report, down to the dossiers that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.statistics.read_model import versions
from services.statistics.reports.answers import FIXED_NAMES, Answer, Question, terms
from services.statistics.reports.choosing import choice
from services.statistics.reports.columns import STATUS_GROUP, due
from services.statistics.reports.counting import bounds, period_rows
from services.statistics.reports.periods import Period
from services.statistics.reports.resolution import names_of
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import POSITION, structure_at
from shared.clock import to_text
from shared.persistence.database import Transaction

PAGE = 500
USUAL = "all"
_SQL = """
    SELECT ({position}), count(*) OVER (), d.root_id, d.code, d.procedure, d.desk, coalesce(d.lead, d.desk), d.area,
        d.channel, d.received_at, {due} AS "due [timestamptz]", d.resolved_at, d.verdict, {group}
    FROM dossier_v# d JOIN ({periods}) AS p ON {figure}
    WHERE {rest} ORDER BY d.received_at, d.root_id LIMIT :page OFFSET :skip
"""
COLUMNS = (
    ("code", "Mã hồ sơ", "Code"),
    ("procedure", "Thủ tục", "Procedure"),
    ("unit", "Đơn vị", "Unit"),
    ("agency", "Cơ quan tiếp nhận", "Receiving agency"),
    ("channel", "Kênh", "Channel"),
    ("received_at", "Tiếp nhận", "Received"),
    ("due_at", "Hẹn trả", "Due"),
    ("resolved_at", "Giải quyết xong", "Resolved"),
    ("verdict", "Kết quả thời hạn", "Verdict"),
    ("group", "Nhóm trạng thái", "Status group"),
)
_VERDICTS = {
    "early": ("Trước hạn", "Early"),
    "on_time": ("Đúng hạn", "On time"),
    "late": ("Quá hạn", "Late"),
    "none": ("Không có hạn", "No due time"),
}


def dossiers(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the list, at most a page of it, with the position in the ledger; `total` says how many there are."""
    structure = structure_at(tx, version, periods[-1].cut_at)
    chosen = choice(tx, version, question, structure, question.figure or USUAL)
    sql = _SQL.format(
        position=POSITION,
        due=due("due_at"),
        group=STATUS_GROUP,
        periods=period_rows(1),
        figure=chosen.figure,
        rest=chosen.rest,
    )
    given = {**bounds(periods[:1]), **chosen.parameters, "page": PAGE, "skip": question.skip}
    found = tx.execute(versions.at_version(sql, version), {"version": version, **given})
    names = {**names_of(tx, version), **FIXED_NAMES}
    names |= {("verdict", key): words for key, words in _VERDICTS.items()}
    return (found[0][0] if found else None), {
        **terms("dossiers", question, periods),
        "figure": question.figure or USUAL,
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in COLUMNS],
        "rows": [_row(row[2:], question, structure, names) for row in found],
        "total": {"dossiers": int(found[0][1]) if found else 0},
    }


def _row(row: Sequence[Any], question: Question, structure: Structure, names: Any) -> dict[str, Any]:
    root, code, procedure, desk, lead, area, channel, received, due_at, resolved, verdict, group = row
    agency = structure.successor(lead, area) if question.structure == "now" else lead
    values: dict[str, Any] = {
        "dossier": str(root),
        "code": code,
        "procedure": procedure,
        "unit": structure.unit(agency) if agency else None,
        "agency": desk,
        "channel": channel,
        "received_at": _text(received),
        "due_at": _text(due_at),
        "resolved_at": _text(resolved) if resolved and group == "done" else None,
        "verdict": verdict if resolved and group == "done" else None,
        "group": group,
    }
    known = {**names, ("unit", values["unit"]): structure.names(values["unit"] or "")}
    values["names"] = {
        key: {"vi": known[key, value][0], "en": known[key, value][1]}
        for key, value in values.items()
        if known.get((key, value))
    }
    return values


def _text(moment: Any) -> str | None:
    return to_text(moment) if moment is not None else None
