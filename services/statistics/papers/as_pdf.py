"""A paper as PDF, in a serif face that holds all of Vietnamese and comes as a package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from importlib.resources import as_file, files
from itertools import zip_longest

from fpdf import FPDF

from services.statistics.papers.paper import Line, Look, Paper
from services.statistics.papers.pdf_table import PdfTable
from shared.clock import VIETNAM

_FACE = "CrimsonText"
_FACES = {"": "Regular", "B": "Bold", "I": "Italic"}
_STYLES = {Look.PLAIN: "", Look.BOLD: "B", Look.ITALIC: "I", Look.RULED: "B", Look.TITLE: "B"}
_SIZE, _TITLE, _NUMBER = 12.0, 15.0, 9.0
_LINE = 5.2
_MARGIN = 12.0
_SIGNING = 22.0
"""Room for a signature and a stamp."""


class _Pages(FPDF):
    """A4 across, with page numbers."""

    def __init__(self) -> None:
        super().__init__("L", "mm", "A4")
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        self.set_line_width(0.2)
        folder = files("fontpkg_crimson_text") / "files"
        for style, name in _FACES.items():
            with as_file(folder / f"{_FACE}-{name}.ttf") as file:
                self.add_font(_FACE, style, file)

    def footer(self) -> None:
        """Number the page."""
        self.set_y(-_MARGIN)
        self.set_font(_FACE, "", _NUMBER)
        self.cell(0, 4, f"Trang {self.page_no()}/{{nb}}", align="C")


def as_pdf(paper: Paper, pause: Callable[[], None]) -> bytes:
    """Return a paper as PDF; others may have their turn between its rows."""
    pages = _Pages()
    pages.set_title(paper.title)
    pages.set_lang("vi")
    pages.creation_date = datetime.combine(paper.on, time(), VIETNAM)
    pages.add_page()
    _beside(pages, paper.left, paper.right)
    pages.ln(_LINE)
    for line in paper.titles:
        _across(pages, line, "C")
    if paper.unit:
        pages.ln(1)
        _across(pages, Line(paper.unit, Look.ITALIC), "R")
    pages.ln(1)
    PdfTable(pages, paper, _FACE).draw(pause)
    pages.ln(2)
    for line in paper.notes:
        _across(pages, line, "L")
    # Signatures stay together, with room to sign.
    if pages.will_page_break(4 * _LINE + _SIGNING):
        pages.add_page()
    pages.ln(_LINE)
    _beside(pages, *paper.signatures)
    return bytes(pages.output())


def _across(pages: FPDF, line: Line, align: str) -> None:
    _set(pages, line.look)
    height = _LINE * 1.2 if line.look is Look.TITLE else _LINE
    pages.multi_cell(0, height, line.text, align=align, new_x="LMARGIN", new_y="NEXT")


def _beside(pages: FPDF, left: Sequence[Line], right: Sequence[Line]) -> None:
    half = pages.epw / 2
    for pair in zip_longest(left, right):
        top, bottom = pages.get_y(), pages.get_y() + _LINE
        for side, line in enumerate(pair):
            if line is not None:
                pages.set_xy(pages.l_margin + side * half, top)
                _set(pages, line.look)
                pages.multi_cell(half, _LINE, line.text, align="C", new_x="LMARGIN", new_y="NEXT")
                bottom = max(bottom, pages.get_y())
                _rule(pages, line, pages.l_margin + (side + 0.5) * half)
        pages.set_y(bottom)


def _rule(pages: FPDF, line: Line, middle: float) -> None:
    if line.look is Look.RULED:
        half = pages.get_string_width(line.text) / 2
        pages.line(middle - half, pages.get_y() + 0.4, middle + half, pages.get_y() + 0.4)


def _set(pages: FPDF, look: Look) -> None:
    pages.set_font(_FACE, _STYLES[look], _TITLE if look is Look.TITLE else _SIZE)
