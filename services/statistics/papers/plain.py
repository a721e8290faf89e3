"""Any report as a paper: its columns as they are, with names in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from services.statistics.papers.labels import (
    MONTHS_DO_NOT_ADD_UP,
    NOTHING,
    Answer,
    cell,
    is_ratio,
    period,
    standing,
    terms,
)
from services.statistics.papers.paper import (
    Column,
    Heading,
    Imprint,
    Line,
    Look,
    Paper,
    Value,
    head,
    printable,
    signatures,
)
from services.statistics.reports.periods import unit_in

TITLES = {
    "resolution": ("Tình hình, kết quả giải quyết thủ tục hành chính", "Received, resolved, in progress"),
    "lateness": ("Hồ sơ quá hạn và phần quá hạn của từng nơi", "Late dossiers, and whose part it is"),
    "models": ("Thủ tục và hồ sơ theo mô hình quy trình", "Procedures and dossiers by model of process"),
    "online": ("Tỷ lệ hồ sơ trực tuyến", "Online dossiers, against the target of the year"),
    "late": ("Danh sách hồ sơ quá hạn", "Late dossiers, one by one"),
    "carried": ("Hồ sơ chuyển kỳ", "Dossiers carried over"),
    "acceptance": ("Thời gian tiếp nhận hồ sơ trực tuyến", "How soon online dossiers are accepted"),
    "districts": ("Kết quả của cấp huyện và các xã trực thuộc", "Districts with their communes"),
    "discipline": ("Kỷ luật cập nhật trên hệ thống", "Discipline in recording"),
    "adoption": ("Mức độ sử dụng hệ thống của các đơn vị", "How units use the system"),
    "flows": ("Luân chuyển hồ sơ giữa các cơ quan", "Flows between agencies"),
    "legs": ("Các lượt chuyển hồ sơ, từng lượt", "Legs, one by one"),
    "requests": ("Đôn đốc và yêu cầu báo cáo bằng văn bản", "Reminders and requests for a report"),
    "dossiers": ("Danh sách hồ sơ", "Dossiers"),
    "index": ("Điểm theo bộ chỉ số", "Points after the index"),
    "entered": ("Số liệu do các đơn vị nhập", "Figures that units entered"),
    "ranking": ("Xếp hạng các đơn vị", "Ranking of the units"),
}
"""What reports are called; a report that has no name here is called as it is asked for."""

_TOTAL = "Tổng số"
_WIDE, _NARROW = 3.2, 1.4


def title(answer: Answer) -> tuple[str, str]:
    """Return what a report is called in both languages."""
    name = str(answer["report"])
    return TITLES.get(name, (f"Báo cáo {name}", f"Report {name}"))


def columns_of(answer: Answer) -> list[Mapping[str, str]]:
    """Return the columns that have something to say: not those that a report is not divided by."""
    columns: list[Mapping[str, str]] = answer["columns"]
    if answer["rows"] or answer["by"] or not answer["total"]:
        return columns
    return [column for column in columns if column["key"] in answer["total"]]


def plain(answer: Answer, imprint: Imprint) -> Paper:
    """Return a report as a paper."""
    columns = columns_of(answer)
    is_text = [_is_text(answer, column) for column in columns]
    left, right = head(imprint)
    vi, en = title(answer)
    return Paper(
        left=left,
        right=right,
        titles=(
            Line(printable(vi).upper(), Look.TITLE),
            Line(printable(en), Look.ITALIC),
            Line(f"Kỳ báo cáo: {period(answer)}", Look.ITALIC),
        ),
        unit="",
        columns=tuple(Column(_WIDE if text else _NARROW, text=text) for text in is_text),
        headings=tuple(
            Heading(0, at, printable(column["vi"]), note=printable(column["en"]))
            for at, column in enumerate(columns)
        ),
        rows=tuple(tuple(cell(row, column) for column in columns) for row in answer["rows"]),
        total=_total(answer, columns, is_text),
        notes=(*_notes(answer), *standing(answer), *terms(answer)),
        signatures=signatures(imprint),
        on=imprint.on,
    )


def _is_text(answer: Answer, column: Mapping[str, str]) -> bool:
    if column["key"] in answer["by"]:
        return True
    return not is_ratio(column) and any(isinstance(row.get(column["key"]), str) for row in answer["rows"])


def _total(answer: Answer, columns: list[Mapping[str, str]], is_text: list[bool]) -> tuple[Value, ...] | None:
    """Return the sum as a row, unless the only row is the sum already, or there is nothing to add up."""
    total = answer["total"]
    if total is None or (answer["rows"] and not answer["by"]) or (answer["by"] and not answer["rows"]):
        return None
    first = is_text.index(True) if True in is_text else None
    return tuple(
        (_TOTAL if at == first else "") if is_text[at] else cell(total, column)
        for at, column in enumerate(columns)
    )


def _notes(answer: Answer) -> list[Line]:
    if not answer["rows"] and (answer["by"] or not answer["total"]):
        return [NOTHING]
    return [MONTHS_DO_NOT_ADD_UP] if unit_in(answer["by"]) and answer["total"] is None else []
