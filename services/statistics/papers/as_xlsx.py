"""A paper as an Excel workbook: figures are numbers, text is never a formula, and it prints on A4."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from io import BytesIO
from itertools import accumulate, zip_longest
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from services.statistics.papers.numbers import shown
from services.statistics.papers.paper import Heading, Line, Look, Paper, Value

_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter", "text_wrap": True}
_LOOKS: Mapping[Look, Mapping[str, Any]] = {
    Look.PLAIN: {},
    Look.BOLD: {"bold": True},
    Look.ITALIC: {"italic": True},
    Look.RULED: {"bold": True, "underline": 1},
    Look.TITLE: {"bold": True, "font_size": 14},
}
_CENTRED = {"align": "center"}
_BORDER = {"border": 1}
_FIGURE = {"text_wrap": False, "shrink": True}
_NUMBER = {**_FIGURE, "num_format": "[$-42A]#,##0"}
_PER_CENT = {**_FIGURE, "num_format": '[$-42A]#,##0.00" %"'}
"""With the separators of Viet Nam; the figure itself is a number of per cent."""
_CHARACTERS = 140
"""The sheet's width."""
_LINE = 15.0
_A4 = 9


def as_xlsx(paper: Paper, pause: Callable[[], None]) -> bytes:
    """Return a paper as a workbook with one sheet; others may have their turn between its rows."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        moment = datetime.combine(paper.on, time())
        book.set_properties({"title": paper.title, "created": moment})
        _Sheet(book, book.add_worksheet("Báo cáo"), paper).write(pause)
    return file.getvalue()


class _Sheet:
    def __init__(self, book: Workbook, sheet: Worksheet, paper: Paper) -> None:
        self._book, self._sheet, self._paper = book, sheet, paper
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        shares = [column.width for column in paper.columns]
        shares += [1.0] * (2 - len(shares))
        self._widths = [max(7.0, _CHARACTERS * share / max(sum(shares), 9.0)) for share in shares]
        self._last = len(shares) - 1
        self._middle = _middle(self._widths)
        self._row = 0

    def write(self, pause: Callable[[], None]) -> None:
        """Write everything, from the top to the bottom."""
        for at, width in enumerate(self._widths):
            self._sheet.set_column(at, at, width)
        self._beside(self._paper.left, self._paper.right)
        self._row += 1
        for line in self._paper.titles:
            self._across(line, _CENTRED)
        self._across(Line(self._paper.unit, Look.ITALIC), {"align": "right"})
        self._table(pause)
        self._row += 1
        for line in self._paper.notes:
            self._across(line, {})
        self._row += 1
        self._beside(*self._paper.signatures)
        self._print_setup()

    def _table(self, pause: Callable[[], None]) -> None:
        top = self._row
        for heading in self._paper.headings:
            self._heading(top, heading)
        self._heading_heights(top)
        self._row += self._paper.heading_rows
        self._sheet.freeze_panes(self._row, 0)
        self._sheet.repeat_rows(top, self._row - 1)
        for values in self._paper.rows:
            self._values(values, {})
            pause()
        if self._paper.total:
            self._values(self._paper.total, _LOOKS[Look.BOLD])

    def _heading(self, top: int, heading: Heading) -> None:
        text = "\n".join(filter(None, (heading.text, heading.note)))
        style = {**_BORDER, **_CENTRED, "bold": heading.bold}
        first, last = top + heading.row, top + heading.row + heading.rows - 1
        self._put(first, last, heading.column, heading.column + heading.columns - 1, text, style)

    def _heading_heights(self, top: int) -> None:
        """Give each row of the head the height of its highest text; a text over several rows has them all."""
        heights = [_LINE] * self._paper.heading_rows
        for heading in sorted(self._paper.headings, key=lambda heading: heading.rows):
            width = sum(self._widths[heading.column : heading.column + heading.columns])
            needed = _LINE * (
                _lines(heading.text, width) + (_lines(heading.note, width) if heading.note else 0)
            )
            rows = range(heading.row, heading.row + heading.rows)
            missing = needed - sum(heights[row] for row in rows)
            heights[rows[-1]] += max(0.0, missing)
        for row, height in enumerate(heights):
            self._sheet.set_row(top + row, height)

    def _values(self, values: Sequence[Value], look: Mapping[str, Any]) -> None:
        lines = 1
        for at, value in enumerate(values):
            column = self._paper.columns[at]
            align = "center" if column.centred else "left" if column.text else "right"
            style = {**_BORDER, **look, "align": align}
            if isinstance(value, Decimal):
                self._sheet.write_number(self._row, at, float(value), self._format({**style, **_PER_CENT}))
            elif isinstance(value, int) and not isinstance(value, bool):
                self._sheet.write_number(self._row, at, value, self._format({**style, **_NUMBER}))
            else:
                lines = max(lines, _lines(shown(value), self._widths[at]))
                self._sheet.write_string(self._row, at, shown(value), self._format(style))
        self._sheet.set_row(self._row, _LINE * lines)
        self._row += 1

    def _beside(self, left: Sequence[Line], right: Sequence[Line]) -> None:
        for pair in zip_longest(left, right):
            sides = ((0, self._middle - 1), (self._middle, self._last))
            height = _LINE
            for line, (first, last) in zip(pair, sides, strict=True):
                if line is not None and line.text:
                    self._put(self._row, self._row, first, last, line.text, {**_LOOKS[line.look], **_CENTRED})
                    height = max(height, _LINE * _lines(line.text, sum(self._widths[first : last + 1])))
            self._sheet.set_row(self._row, height)
            self._row += 1

    def _across(self, line: Line, style: Mapping[str, Any]) -> None:
        look = _LOOKS[line.look]
        self._put(self._row, self._row, 0, self._last, line.text, {**look, **style})
        height = look.get("font_size", 11) / 11 * _LINE
        self._sheet.set_row(self._row, height * _lines(line.text, sum(self._widths)))
        self._row += 1

    def _put(self, top: int, bottom: int, left: int, right: int, text: str, style: Mapping[str, Any]) -> None:
        kept = self._format(style)
        if (top, left) != (bottom, right):
            self._sheet.merge_range(top, left, bottom, right, "", kept)
        self._sheet.write_string(top, left, text, kept)

    def _format(self, style: Mapping[str, Any]) -> Any:
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**_FONT, **style})
        return self._formats[key]

    def _print_setup(self) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self._sheet.set_footer('&C&"Times New Roman"&9Trang &P/&N')
        self._sheet.hide_gridlines(2)


def _middle(widths: Sequence[float]) -> int:
    """Return the column that begins nearest to the middle of the sheet."""
    begins = list(accumulate(widths))[:-1]
    return min(range(1, len(widths)), key=lambda at: abs(begins[at - 1] - sum(widths) / 2))


def _lines(text: str, width: float) -> int:
    """Return on about how many lines a text of that width stands."""
    return sum(max(1, ceil(len(part) * 0.95 / width)) for part in text.split("\n"))
