"""Answers of statistics as its reports give them, for tests of papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.statistics.reports.columns import FIGURES, RESIDUALS

COLUMNS = [{"key": column.key, "vi": column.vi, "en": column.en} for column in (*FIGURES, *RESIDUALS)]
AGENCY = {"key": "agency", "vi": "Cơ quan tiếp nhận", "en": "Receiving agency"}

# The figures that Quảng Nam printed for the first half of 2019, with the one dossier that they leave over.
PRINTED = {
    "received_total": 46_735,
    "received_in_period": 44_000,
    "received_online": 4_120,
    "received_direct_or_post": 39_880,
    "carried": 2_735,
    "resolved_total": 43_809,
    "resolved_early": 30_123,
    "resolved_on_time": 13_108,
    "resolved_late": 577,
    "resolved_no_verdict": 0,
    "withdrawn": 14,
    "stopped": 3,
    "in_progress_total": 2_921,
    "in_progress_within_limit": 2_900,
    "in_progress_overdue": 21,
    "awaiting_supplement": 12,
    "awaiting_payment": 7,
    "residual_balance": 5,
    "residual_unexplained": 2,
    "residual_verdict": 1,
}


def resolution(*rows: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return an answer by agency; the total adds up the rows."""
    total = {key: sum(row[key] for row in rows) for key in PRINTED}
    return _answer("resolution", [AGENCY, *COLUMNS], list(rows), total, **{"by": ["agency"], **more})


def whole(**figures: int) -> dict[str, Any]:
    """Return an answer that is not divided."""
    row = {"names": {}, **PRINTED, **figures}
    return _answer("resolution", COLUMNS, [row], {**PRINTED, **figures}, by=[])


def agency(name: str, number: int = 0) -> dict[str, Any]:
    """Return the row of an agency; each number gives other figures."""
    figures = {key: value + number for key, value in PRINTED.items()}
    for residual in RESIDUALS:
        figures[residual.key] = figures[residual.whole] - sum(figures[part] for part in residual.parts)
    return {"agency": f"cq-{number}", "names": {"agency": {"vi": name, "en": f"Agency {number}"}}, **figures}


def online() -> dict[str, Any]:
    """Return an answer of the report on online dossiers: one unit has no data."""
    columns = [
        {"key": "unit", "vi": "Đơn vị", "en": "Unit"},
        {"key": "resolved", "vi": "Đã giải quyết", "en": "Resolved"},
        {"key": "resolved_online", "vi": "Trong đó: trực tuyến", "en": "Of those: online"},
        {"key": "ratio_resolved", "vi": "Tỷ lệ trực tuyến (%)", "en": "Online (%)"},
        {"key": "reached", "vi": "Đạt chỉ tiêu", "en": "Target reached"},
    ]
    rows = [
        _unit("so-tp", "Sở Tư pháp", 1_234, 617, "50.00", reached=True),
        _unit("so-tc", "Sở Tài chính", 8_766, 2_060, "23.50", reached=False),
        _unit("so-nv", "Sở Nội vụ", 0, 0, None, reached=None),
    ]
    total = {"resolved": 10_000, "resolved_online": 2_677, "ratio_resolved": "26.77", "reached": False}
    units = {
        "level": "province",
        "reached": 1,
        "judged": 2,
        "without_data": 1,
        "below": ["so-tc"],
        "target": "50",
        "reach_by": "2023-12-25",
        "days_left": 40,
        "working_days_left": 28,
        "basis": "Quyết định 17",
    }
    return _answer("online", columns, rows, total, by=["unit"], units=[units])


def lateness() -> dict[str, Any]:
    """Return an answer of the lateness report."""
    columns = [
        {"key": "holder", "vi": "Nơi giữ hồ sơ", "en": "Holder"},
        {"key": "dossiers", "vi": "Số hồ sơ quá hạn có phần", "en": "Late dossiers it had a part in"},
        {"key": "minutes", "vi": "Phần quá hạn (phút làm việc)", "en": "Its part"},
    ]
    row = {
        "holder": "agency",
        "names": {"holder": {"vi": "Cục Thuế", "en": "Tax office"}},
        "dossiers": 2,
        "minutes": 1_440,
        "time": {"vi": "3 ngày làm việc", "en": "3 working days"},
    }
    return _answer("lateness", columns, [row], {"dossiers": 2, "minutes": 1_440}, by=["agency"])


def _unit(unit: str, name: str, resolved: int, part: int, ratio: str | None, **more: Any) -> dict[str, Any]:
    names = {"unit": {"vi": name, "en": f"Unit {unit}"}}
    figures = {"resolved": resolved, "resolved_online": part, "ratio_resolved": ratio}
    return {"unit": unit, "names": names, **figures, **more}


def _answer(
    report: str, columns: list[dict[str, str]], rows: list[Any], total: Any, **more: Any
) -> dict[str, Any]:
    return {
        "report": report,
        "from": "2019-01-01",
        "to": "2019-07-20",
        "as_of": "2019-07-20T17:00:00.000000Z",
        "published_at": None,
        "trial": None,
        "structure": "then",
        "ledger_sequence": 123_456,
        "columns": columns,
        "rows": rows,
        "total": total,
        **more,
    }
