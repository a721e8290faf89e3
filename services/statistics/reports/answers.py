"""From the rows of the resolution report to its answer, with names in both languages and residuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.statistics.reports.columns import FIGURES, RESIDUALS
from services.statistics.reports.periods import Period, unit_in
from shared.clock import to_text
from shared.persistence.database import Row

Names = Mapping[tuple[str, str], tuple[str, str]]
"""(dimension, key) to the Vietnamese and the English name."""

Answer = dict[str, Any]
"""A report as plain values."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: days of Viet Nam, both included; `as_of` None means now."""

    first: date
    last: date
    as_of: datetime | None = None
    by: tuple[str, ...] = ()
    published_at: datetime | None = None
    """Only what the ledger held at that moment."""
    scratch: str | None = None
    """A scratch state to be asked instead of the live tables; it knows what was recorded by its moment."""
    trial: str | None = None
    """`only` or `without` the dossiers whose process was on trial; None: all, as they are all valid."""
    structure: str = "then"
    """Units as they answered for their dossiers (`then`), or whoever goes on with them (`now`)."""
    figure: str | None = None
    """Of lists: which figure's dossiers; `choosing.CONDITIONS` has their names."""
    unit: str | None = None
    """Of lists: only this unit's."""
    level: str | None = None
    """Of lists, of `resolution` and `online`: only those of units of this level."""
    agency: str | None = None
    """Of lists: only those of this desk."""
    procedure: str | None = None
    """Of lists, of `resolution`, `online` and `flows`: only those of this procedure."""
    giver: str | None = None
    """Of the list of legs: only what this agency, unit or level handed over; empty: what came from the desk."""
    taker: str | None = None
    """Of the list of legs: only what this agency, unit or level got."""
    direction: str | None = None
    """Of the list of legs: only those that went this way between levels."""
    skip: int = 0
    """Of lists: how many rows of it are known already."""
    rules: str | None = None
    """Of scores: after which set of rules; None: the one that is in force, if there is but one."""
    within: str | None = None
    """Of lists: only what the asker may see, its own unit's and those under it; never asked for in words."""


FIXED_NAMES = {
    ("level", "province"): ("Cấp tỉnh", "Province"),
    ("level", "district"): ("Cấp huyện", "District"),
    ("level", "commune"): ("Cấp xã", "Commune"),
    ("level", "vertical"): ("Cơ quan ngành dọc", "Vertical sector"),
    ("group", "in_progress"): ("Đang xử lý", "In progress"),
    ("group", "done"): ("Đã xử lý xong, đã trả kết quả", "Done"),
    ("group", "returned"): ("Rút hồ sơ", "Withdrawn"),
    ("group", "supplement"): ("Chờ bổ sung giấy tờ", "Awaiting papers"),
    ("group", "stopped"): ("Dừng xử lý, chờ nghĩa vụ tài chính", "Stopped, or awaiting a payment"),
    ("channel", "direct"): ("Trực tiếp", "Direct"),
    ("channel", "online"): ("Trực tuyến", "Online"),
    ("channel", "post"): ("Bưu chính công ích", "Public post"),
}
PART_NAMES = {
    "month": ("Tháng", "Month"),
    "quarter": ("Quý", "Quarter"),
    "half": ("Sáu tháng", "Half-year"),
    "year": ("Năm", "Year"),
}
_DIMENSION_NAMES = {
    **PART_NAMES,
    "level": ("Cấp", "Level"),
    "agency": ("Cơ quan tiếp nhận", "Receiving agency"),
    "unit": ("Đơn vị", "Unit"),
    "procedure": ("Thủ tục", "Procedure"),
    "channel": ("Kênh", "Channel"),
    "model": ("Mô hình quy trình", "Model of the process"),
    "group": ("Nhóm trạng thái", "Status group"),
}


def answer(
    question: Question,
    periods: Sequence[Period],
    rows: Sequence[Row],
    names: Names,
) -> Answer:
    """Return the answer but for its position in the ledger: the question's terms, columns, rows, and their sum where there is one."""
    by = question.by
    columns = [_dimension(name) for name in by]
    columns += [{"key": column.key, "vi": column.vi, "en": column.en} for column in (*FIGURES, *RESIDUALS)]
    found = [_named(by, row, {**names, **FIXED_NAMES}) for row in rows]
    return {
        **terms("resolution", question, periods),
        "columns": columns,
        "rows": found,
        # A dossier that is carried from month to month stands in each: months do not add up.
        "total": None if unit_in(by) else _sum(found),
    }


def terms(name: str, question: Question, periods: Sequence[Period]) -> Answer:
    """Return what every report says of itself."""
    return {
        "report": name,
        "from": question.first.isoformat(),
        "to": question.last.isoformat(),
        "as_of": to_text(periods[-1].cut_at),
        "published_at": to_text(question.published_at) if question.published_at else None,
        "by": list(question.by),
        "trial": question.trial,
        "structure": question.structure,
        **({"procedure": question.procedure} if question.procedure else {}),
        **({"level": question.level} if question.level else {}),
    }


def _dimension(name: str) -> dict[str, str]:
    vi, en = _DIMENSION_NAMES[name]
    return {"key": name, "vi": vi, "en": en}


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
