"""From the rows of the resolution report to its answer, with names in both languages and residuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.statistics.reports.columns import FIGURES, RESIDUALS
from services.statistics.reports.periods import Period
from shared.clock import to_text
from shared.persistence.database import Row

Names = Mapping[tuple[str, str], tuple[str, str]]
"""(dimension, key) to the Vietnamese and the English name."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: days of Viet Nam, both included; `as_of` None means now."""

    first: date
    last: date
    as_of: datetime | None = None
    by: tuple[str, ...] = ()
    published_at: datetime | None = None
    """Only what the ledger held at that moment."""


_FIXED_NAMES = {
    ("level", "province"): ("Cấp tỉnh", "Province"),
    ("level", "district"): ("Cấp huyện", "District"),
    ("level", "commune"): ("Cấp xã", "Commune"),
    ("channel", "direct"): ("Trực tiếp", "Direct"),
    ("channel", "online"): ("Trực tuyến", "Online"),
    ("channel", "post"): ("Bưu chính công ích", "Public post"),
}
_DIMENSION_NAMES = {
    "month": ("Tháng", "Month"),
    "level": ("Cấp", "Level"),
    "agency": ("Cơ quan tiếp nhận", "Receiving agency"),
    "procedure": ("Thủ tục", "Procedure"),
    "channel": ("Kênh", "Channel"),
}


def answer(
    question: Question,
    periods: Sequence[Period],
    sequence: int,
    rows: Sequence[Row],
    names: Names,
) -> dict[str, Any]:
    """Return the answer: the question's terms, columns, rows, and their sum where there is one."""
    by = question.by
    columns = [
        {"key": name, "vi": _DIMENSION_NAMES[name][0], "en": _DIMENSION_NAMES[name][1]} for name in by
    ] + [{"key": column.key, "vi": column.vi, "en": column.en} for column in (*FIGURES, *RESIDUALS)]
    found = [_named(by, row, {**names, **_FIXED_NAMES}) for row in rows]
    return {
        "report": "resolution",
        "from": question.first.isoformat(),
        "to": question.last.isoformat(),
        "as_of": to_text(periods[-1].cut_at),
        "published_at": to_text(question.published_at) if question.published_at else None,
        "by": list(by),
        "ledger_sequence": sequence,
        "columns": columns,
        "rows": found,
        # A dossier that is carried from month to month stands in each: months do not add up.
        "total": None if "month" in by else _sum(found),
    }


def _named(by: Sequence[str], row: Row, names: Names) -> dict[str, Any]:
    values: dict[str, Any] = dict(zip(by, row, strict=False))
    values["names"] = {
        name: dict(zip(("vi", "en"), names[name, key], strict=True))
        for name, key in list(values.items())
        if (name, key) in names
    }
    values |= {figure.key: count for figure, count in zip(FIGURES, row[len(by) :], strict=True)}
    return values | _residuals(values)


def _residuals(values: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for residual in RESIDUALS:
        known = {**values, **found}
        found[residual.key] = known[residual.whole] - sum(known[part] for part in residual.parts)
    return found


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    keys = [column.key for column in (*FIGURES, *RESIDUALS)]
    return {key: sum(row[key] for row in rows) for key in keys}
