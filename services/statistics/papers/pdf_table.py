"""The table of a paper in PDF: a head of several rows, again on every page, and rows that are never divided.

Drawn cell by cell, which takes a millisecond a row; the library's own tables took thirteen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple, cast

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue

from services.statistics.papers.numbers import shown
from services.statistics.papers.paper import Heading, Paper, Value

_SIZE, _NOTE = 10.5, 9.0
_LINE = 4.3
_PAD = 0.9
_TIGHT = 1e-6
_BOLD, _PLAIN, _ITALIC = "B", "", "I"


class _Piece(NamedTuple):
    """Lines of a cell that look the same."""

    lines: list[str]
    style: str
    size: float = _SIZE


class PdfTable:
    """Draws a paper's table from the pages' present place on."""

    def __init__(self, pages: FPDF, paper: Paper, face: str) -> None:
        self._pages, self._paper, self._face = pages, paper, face
        whole = sum(column.width for column in paper.columns)
        self._widths = [pages.epw * column.width / whole for column in paper.columns]
        self._lefts = [pages.l_margin + before for before in accumulate(self._widths, initial=0.0)]
        self._head = [(heading, self._pieces_of(heading)) for heading in paper.headings]
        self._heights = self._head_heights()

    def draw(self, pause: Callable[[], None]) -> None:
        """Draw the head and all rows; others may have their turn between rows."""
        self._draw_head()
        for values in self._paper.rows:
            self._row(values, _PLAIN)
            pause()
        if self._paper.total:
            self._row(self._paper.total, _BOLD)

    def _row(self, values: Sequence[Value], style: str) -> None:
        cells = [[self._piece(value, self._widths[at], style)] for at, value in enumerate(values)]
        height = max(_height(cell) for cell in cells)
        if self._pages.will_page_break(height):
            self._pages.add_page()
            self._draw_head()
        top = self._pages.get_y()
        for at, cell in enumerate(cells):
            column = self._paper.columns[at]
            align = Align.C if column.centred else Align.L if column.text else Align.R
            self._cell(self._lefts[at], top, self._widths[at], height, cell, align)
        self._pages.set_xy(self._pages.l_margin, top + height)

    def _piece(self, value: Value, width: float, style: str) -> _Piece:
        """Return a value's lines; a figure is never broken: one that is too wide is written smaller."""
        text = shown(value)
        if isinstance(value, str) or value is None:
            return _Piece(self._lines(text, width, style, _SIZE), style)
        self._pages.set_font(self._face, style, _SIZE)
        needed = self._pages.get_string_width(text)
        return _Piece([text], style, _SIZE * min(1.0, (width - 2 * self._pages.c_margin) / needed))

    def _draw_head(self) -> None:
        top = self._pages.get_y()
        tops = [top, *(top + below for below in accumulate(self._heights))]
        for heading, pieces in self._head:
            height = tops[heading.row + heading.rows] - tops[heading.row]
            left, width = self._lefts[heading.column], self._width(heading)
            self._cell(left, tops[heading.row], width, height, pieces, Align.C)
        self._pages.set_xy(self._pages.l_margin, tops[-1])

    def _cell(
        self, left: float, top: float, width: float, height: float, pieces: Sequence[_Piece], align: Align
    ) -> None:
        pages = self._pages
        pages.rect(left, top, width, height)
        place = top + (height - _height(pieces)) / 2 + _PAD
        for piece in pieces:
            pages.set_font(self._face, piece.style, piece.size)
            for line in piece.lines:
                pages.set_xy(left, place)
                pages.cell(width, _LINE, line, align=align)
                place += _LINE

    def _pieces_of(self, heading: Heading) -> list[_Piece]:
        style, width = _BOLD if heading.bold else _PLAIN, self._width(heading)
        found = [_Piece(self._lines(heading.text, width, style, _SIZE), style)]
        if heading.note:
            found.append(_Piece(self._lines(heading.note, width, _ITALIC, _NOTE), _ITALIC, _NOTE))
        return found

    def _head_heights(self) -> list[float]:
        """Give each row of the head the height of its highest text; a text over several rows has them all."""
        heights = [_LINE + 2 * _PAD] * self._paper.heading_rows
        for heading, pieces in sorted(self._head, key=lambda found: found[0].rows):
            rows = range(heading.row, heading.row + heading.rows)
            missing = _height(pieces) - sum(heights[row] for row in rows)
            heights[rows[-1]] += max(0.0, missing)
        return heights

    def _width(self, heading: Heading) -> float:
        return sum(self._widths[heading.column : heading.column + heading.columns])

    def _lines(self, text: str, width: float, style: str, size: float) -> list[str]:
        pages = self._pages
        pages.set_font(self._face, style, size)
        if "\n" not in text and pages.get_string_width(text) <= width - 2 * pages.c_margin - _TIGHT:
            return [text]
        lines = pages.multi_cell(width, _LINE, text, dry_run=True, output=MethodReturnValue.LINES)
        return cast("list[str]", lines)


def _height(pieces: Sequence[_Piece]) -> float:
    return sum(len(piece.lines) for piece in pieces) * _LINE + 2 * _PAD
