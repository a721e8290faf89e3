"""What an answer says in words: its period, what its rows are of, and the terms under which its figures hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.statistics.papers.numbers import day, month, number
from services.statistics.papers.paper import Line, Look, Value, printable
from shared.clock import local_text

Answer = Mapping[str, Any]
Row = Mapping[str, Any]

UNKNOWN = {"vi": "(chưa rõ)", "en": "(unknown)"}
LEVELS = {
    "province": "Cấp tỉnh",
    "district": "Cấp huyện",
    "commune": "Cấp xã",
    "vertical": "Cơ quan ngành dọc",
}
_MONTH = {"vi": "Tháng", "en": "Month"}
NOTHING = Line("Không có số liệu trong kỳ báo cáo. / No data in this period.", Look.BOLD)
MONTHS_DO_NOT_ADD_UP = Line(
    "Không cộng các tháng: hồ sơ chuyển kỳ được tính ở mỗi tháng mà hồ sơ còn giải quyết.", Look.ITALIC
)

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_TRIAL = {
    "only": "Chỉ gồm hồ sơ theo quy trình thử nghiệm.",
    "without": "Không gồm hồ sơ theo quy trình thử nghiệm.",
}


def period(answer: Answer) -> str:
    """Return the period, from its first day to its last."""
    return f"Từ ngày {day(answer['from'])} đến ngày {day(answer['to'])}"


def label(answer: Answer, row: Row, language: str = "vi") -> str:
    """Return what a row is of."""
    return " - ".join(_part(row, dimension, language) for dimension in answer["by"])


def cell(row: Row, column: Mapping[str, str]) -> Value:
    """Return a cell: a name where there is one, ratios as Decimals."""
    key = column["key"]
    if key in row.get("names", {}):
        return _part(row, key)
    value = row.get(key)
    if isinstance(value, str):
        return Decimal(value) if is_ratio(column) and _DECIMAL.fullmatch(value) else _part(row, key)
    return value if isinstance(value, int) or value is None else printable(str(value)) or UNKNOWN["vi"]


def is_ratio(column: Mapping[str, str]) -> bool:
    """Tell whether a column's figures are in per cent."""
    return "(%)" in column["vi"]


def terms(answer: Answer) -> list[Line]:
    """Return under which terms the figures hold: as of when, of what, and from which position in the ledger."""
    said = [
        (
            f"Số liệu tính đến {local_text(answer['as_of'])}, theo {number(answer['ledger_sequence'])} mục đầu"
            " của sổ cái sự kiện."
        )
    ]
    if answer["published_at"]:
        said.append(f"Chỉ gồm những gì đã ghi nhận đến {local_text(answer['published_at'])}.")
    if answer["trial"]:
        said.append(_TRIAL[answer["trial"]])
    if answer.get("structure") == "now":
        said.append("Theo cơ quan kế thừa đến nay, sau sắp xếp tổ chức bộ máy.")
    return [Line(" ".join(said), Look.ITALIC)]


def standing(answer: Answer) -> list[Line]:
    """Return how many units of each level reach the year's target, where a report says so, and which do not."""
    names = {
        row["unit"]: row["names"]["unit"]["vi"]
        for row in answer["rows"]
        if "unit" in row and row.get("names")
    }
    return [Line(printable(text)) for level in answer.get("units", ()) for text in _of_level(level, names)]


def _of_level(level: Mapping[str, Any], names: Mapping[str, str]) -> Sequence[str]:
    if level["target"] is None:
        return ()
    until = f", hoàn thành trước ngày {day(level['reach_by'])}" if level["reach_by"] else ""
    said = (
        f"{LEVELS[level['level']]}: {number(level['reached'])}/{number(level['judged'])} đơn vị đạt chỉ tiêu"
        f" {number(Decimal(level['target']))} %{until} ({level['basis']})."
    )
    if level["without_data"]:
        said += f" Không có số liệu: {number(level['without_data'])} đơn vị."
    if level["below"]:
        said += " Chưa đạt: " + "; ".join(names.get(unit, unit) for unit in level["below"]) + "."
    return (said,)


def _part(row: Row, dimension: str, language: str = "vi") -> str:
    unknown = UNKNOWN[language]
    value, name = row.get(dimension), row.get("names", {}).get(dimension)
    if name:
        words = printable(name[language]) or unknown
        return f"{words} ({printable(str(value))})" if dimension == "procedure" else words
    if dimension == "month" and value:
        return f"{_MONTH[language]} {month(value)}"
    if dimension == "level" and language == "vi":
        return LEVELS.get(str(value), unknown)
    return printable(str(value or "")) or unknown
