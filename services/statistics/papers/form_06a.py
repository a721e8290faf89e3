"""Form II.06a/VPCP/KSTT: dossiers received, resolved and in progress (Circular 01/2020/TT-VPCP).

The form's thirteen columns in its own layout. Its balances are assumed by the form and checked here: to the
right of them, outside of the form, stands for each row what does not balance, and below the table what of
that is explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from services.statistics.papers.labels import (
    MONTHS_DO_NOT_ADD_UP,
    NOTHING,
    Answer,
    Row,
    label,
    period,
    terms,
)
from services.statistics.papers.numbers import number
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
from services.statistics.reports.answers import PART_NAMES

REPORT = "resolution"
TOTAL = "Tổng số"

FIGURES = (
    "received_total",
    "received_online",
    "received_direct_or_post",
    "carried",
    "resolved_total",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "in_progress_total",
    "in_progress_within_limit",
    "in_progress_overdue",
    "residual_balance",
    "residual_form",
)
"""What stands in the columns from the third on."""

_BALANCES = {
    3: "(3)=(4)\n+(5)+(6)",
    7: "(7)=(8)\n+(9)+(10)",
    11: "(11)=\n(12)+(13)",
    14: "(14)=(3)\n-(7)-(11)",
    15: "(15)=(7)\n-(8)-(9)\n-(10)",
}
_NUMBERS = 3
"""The row of the head with the columns' numbers."""

_HEADINGS = (
    Heading(0, 0, "TT", rows=3),
    Heading(0, 2, "Số lượng hồ sơ tiếp nhận", columns=4),
    Heading(1, 2, "Tổng số", rows=2),
    Heading(1, 3, "Trong kỳ", columns=2),
    Heading(2, 3, "Trực tuyến", bold=False),
    Heading(2, 4, "Trực tiếp, dịch vụ bưu chính", bold=False),
    Heading(1, 5, "Từ kỳ trước", rows=2),
    Heading(0, 6, "Số lượng hồ sơ đã giải quyết", columns=4),
    Heading(1, 6, "Tổng số", rows=2),
    Heading(1, 7, "Trước hạn", rows=2),
    Heading(1, 8, "Đúng hạn", rows=2, note="(gồm cả hồ sơ rút)"),
    Heading(1, 9, "Quá hạn", rows=2),
    Heading(0, 10, "Số lượng hồ sơ đang giải quyết", columns=3),
    Heading(1, 10, "Tổng số", rows=2),
    Heading(1, 11, "Trong hạn", rows=2, note="(gồm cả hồ sơ chờ bổ sung)"),
    Heading(1, 12, "Quá hạn", rows=2),
    Heading(0, 13, "Chênh lệch", columns=2, note="(ngoài biểu)"),
    Heading(1, 13, "Tiếp nhận trừ giải quyết", rows=2, bold=False),
    Heading(1, 14, "Giải quyết trừ theo hạn", rows=2, bold=False),
    *(Heading(_NUMBERS, at - 1, _BALANCES.get(at, f"({at})"), bold=False) for at in range(1, 16)),
)
_ROWS_OF = {
    "agency": "Đơn vị tiếp nhận",
    "procedure": "Thủ tục hành chính",
    "level": "Cấp giải quyết",
    "channel": "Hình thức nộp hồ sơ",
    **{name: vi for name, (vi, _en) in PART_NAMES.items()},
    "model": "Mô hình quy trình",
    "group": "Nhóm trạng thái",
}
_WIDTHS = (0.8, 4.6, *(1.45,) * 12, 1.6)
"""Figures of millions fit."""


class Balance(NamedTuple):
    """A balance of the form: what is left over, and what explains it."""

    columns: str
    left: int
    reason: str
    explained: int


def form_06a(answer: Answer, imprint: Imprint) -> Paper:
    """Return the form filled in."""
    left, right = head(imprint, "Biểu số II.06a/VPCP/KSTT")
    total = _total(answer)
    rows = [
        (at, label(answer, row), *_figures(row))
        for at, row in enumerate(answer["rows"] if answer["by"] else (), start=1)
    ]
    return Paper(
        left=left,
        right=right,
        titles=(
            Line("TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", Look.TITLE),
            Line(f"Kỳ báo cáo: {period(answer)}", Look.ITALIC),
        ),
        unit="Đơn vị tính: số hồ sơ TTHC",
        columns=tuple(Column(width, text=at == 1, centred=at == 0) for at, width in enumerate(_WIDTHS)),
        headings=(*_HEADINGS, Heading(0, 1, _rows_of(answer), rows=3)),
        rows=tuple(rows),
        total=("", TOTAL, *_figures(total)) if total else None,
        notes=(*_notes(answer, total), *terms(answer)),
        signatures=signatures(imprint),
        on=imprint.on,
    )


def balances(row: Row) -> tuple[Balance, Balance]:
    """Return what the form's balances leave over, and what explains how much of it."""
    return (
        Balance("(3)-(7)-(11)", row["residual_balance"], "hồ sơ dừng xử lý trong kỳ", row["stopped"]),
        Balance(
            "(7)-(8)-(9)-(10)", _of_form(row), "hồ sơ không có hạn giải quyết", row["resolved_no_verdict"]
        ),
    )


def _figures(row: Row) -> tuple[Value, ...]:
    values: dict[str, Any] = {**row, "residual_form": _of_form(row)}
    return tuple(values[key] for key in FIGURES)


def _of_form(row: Row) -> int:
    """What the form has no column for: it knows no dossier without a due time."""
    return int(row["residual_verdict"] + row["resolved_no_verdict"])


def _total(answer: Answer) -> Row | None:
    rows: Sequence[Row] = answer["rows"]
    if not rows:
        return None
    total: Row | None = answer["total"] if answer["by"] else rows[0]
    return total


def _rows_of(answer: Answer) -> str:
    if not answer["by"]:
        return "Lĩnh vực, công việc giải quyết theo cấp"
    names = {column["key"]: column["vi"] for column in answer["columns"]}
    return printable(", ".join(_ROWS_OF.get(name, names[name]) for name in answer["by"]))


def _notes(answer: Answer, total: Row | None) -> list[Line]:
    if not answer["rows"]:
        return [NOTHING]
    if total is None:
        return [MONTHS_DO_NOT_ADD_UP]
    return [_note(balance) for balance in balances(total)]


def _note(balance: Balance) -> Line:
    if balance.left == 0 and balance.explained == 0:
        return Line(f"Cân đối {balance.columns}: chênh lệch 0.")
    return Line(
        f"Cân đối {balance.columns}: chênh lệch {number(balance.left)}, trong đó {balance.reason}:"
        f" {number(balance.explained)}; chưa giải thích được: {number(balance.left - balance.explained)}."
    )
