"""What an answer says in words: its period, what its rows are of, and the terms under which its figures hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.statistics.papers.numbers import day, number, part_of_year
from services.statistics.papers.paper import Line, Look, Value, printable
from services.statistics.reports.periods import PARTS, spelled
from services.statistics.reports.periods import label as label_of
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
_OF_LEVEL = {**{level: name.lower() for level, name in LEVELS.items()}, "vertical": "ngành dọc"}
NOTHING = Line("Không có số liệu trong kỳ báo cáo. / No data in this period.", Look.BOLD)
MONTHS_DO_NOT_ADD_UP = Line(
    "Không cộng các tháng: hồ sơ chuyển kỳ được tính ở mỗi tháng mà hồ sơ còn giải quyết.", Look.ITALIC
)

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_POINTS = ("points", "covered", "max", "numerator", "denominator")
"""Columns with numbers that are neither counts nor per cent."""
_TRIAL = {
    "only": "Chỉ gồm hồ sơ theo quy trình thử nghiệm.",
    "without": "Không gồm hồ sơ theo quy trình thử nghiệm.",
}


def period(answer: Answer) -> str:
    """Return the period, from its first day to its last."""
    said = f"Từ ngày {day(answer['from'])} đến ngày {day(answer['to'])}"
    first, last = (date.fromisoformat(answer[end]) for end in ("from", "to"))
    for unit in PARTS:
        word = label_of(first, unit)
        if spelled(word) == (first, last):
            return f"{part_of_year(word)[0]} ({said[0].lower()}{said[1:]})"
    return said


def label(answer: Answer, row: Row, language: str = "vi") -> str:
    """Return what a row is of."""
    return " - ".join(_part(row, dimension, language) for dimension in answer["by"])


def cell(row: Row, column: Mapping[str, str]) -> Value:
    """Return a cell: a name where there is one, ratios as Decimals."""
    key = column["key"]
    if key in row.get("names", {}):
        return _part(row, key)
    value = row.get(key)
    if isinstance(value, str) and key.endswith("_at"):
        return local_text(value)
    if isinstance(value, str) and key in _POINTS and _DECIMAL.fullmatch(value):
        return number(Decimal(value))
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
    if answer.get("procedure"):
        said.append(printable(f"Chỉ gồm hồ sơ của thủ tục {answer['procedure']}."))
    if answer.get("level"):
        said.append(f"Chỉ gồm các đơn vị {_OF_LEVEL[answer['level']]}.")
    if answer.get("structure") == "now":
        said.append("Theo cơ quan kế thừa đến nay, sau sắp xếp tổ chức bộ máy.")
    return [Line(" ".join(said), Look.ITALIC), *_published(answer)]


def _published(answer: Answer) -> list[Line]:
    """Return under which number the report went out, and what became of it, if it did."""
    found = answer.get("publication")
    if not found:
        return []
    said = f"Đã công bố với số {found['number']} lúc {local_text(found['published_at'])}"
    said += f", đính chính báo cáo số {found['corrects']}" if found["corrects"] else ""
    lines = [Line(printable(f"{said}. SHA-256: {found['digest']}."), Look.ITALIC)]
    if found["corrected_by"]:
        lines.append(
            Line(printable(f"ĐÃ ĐƯỢC ĐÍNH CHÍNH bằng báo cáo số {found['corrected_by']}."), Look.BOLD)
        )
    return lines


def standing(answer: Answer) -> list[Line]:
    """Return how many units reach the year's target, or have dossiers, where a report says so, and which do not."""
    names = {
        row["unit"]: row["names"]["unit"]["vi"]
        for row in answer["rows"]
        if "unit" in row and row.get("names")
    }
    lines = [Line(printable(text)) for level in answer.get("units", ()) for text in _of_level(level, names)]
    said = ways(answer)
    return [Line(printable(said[0])), *lines] if said else lines


def ways(answer: Answer) -> tuple[str, str] | None:
    """Return how many units work each way and have dossiers, in both languages, where a report says so."""
    total = answer["total"] or {}
    if "units_with_system" not in total:
        return None
    own, theirs, shared, of_shared = (
        number(total[f"units_with_{way}"])
        for way in ("system_in_use", "system", "worklist_in_use", "worklist")
    )
    vi = f"Có hồ sơ: {own}/{theirs} đơn vị có hệ thống riêng, {shared}/{of_shared} đơn vị làm trên danh sách việc."
    en = f"With dossiers: {own}/{theirs} units with a system of their own, {shared}/{of_shared} at the worklist."
    return vi, en


def _of_level(level: Mapping[str, Any], names: Mapping[str, str]) -> Sequence[str]:
    if level["target"] is None:
        return ()
    until = f", hoàn thành trước ngày {day(level['reach_by'])}" if level["reach_by"] else ""
    said = (
        f"{LEVELS[level['level']]}: {number(level['reached'])}/{number(level['judged'])} đơn vị đạt chỉ tiêu"
        f" {number(Decimal(level['target']))} %{until} ({level['basis']})."
    )
    if level["days_left"]:
        left, working = number(level["days_left"]), number(level["working_days_left"])
        said += f" Còn {left} ngày, trong đó {working} ngày làm việc."
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
    if dimension in PARTS and value:
        return part_of_year(str(value))[language == "en"]
    if dimension == "level" and language == "vi":
        return LEVELS.get(str(value), unknown)
    return printable(str(value or "")) or unknown
