"""A paper as a Word document: A4 across, Times New Roman, the table's head on every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime, time
from io import BytesIO
from itertools import zip_longest
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from services.statistics.papers.numbers import shown
from services.statistics.papers.paper import Column, Line, Look, Paper, Value

_FACE = "Times New Roman"
_SIZE, _TITLE, _IN_TABLE, _NUMBER = 12, 14, 10, 9
_CELL_MARGIN = "45"
"""In twentieths of a point."""
_LONG, _SHORT, _MARGIN = 297, 210, 12
_WIDTH = _LONG - 2 * _MARGIN
_LEFT, _CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def as_docx(paper: Paper, pause: Callable[[], None]) -> bytes:
    """Return a paper as a Word document; others may have their turn between its rows."""
    document = docx.Document()
    _set_up(document, paper)
    _beside(document, paper.left, paper.right)
    document.add_paragraph()
    for line in paper.titles:
        _say(document.add_paragraph(), line, _CENTRE)
    if paper.unit:
        _say(document.add_paragraph(), Line(paper.unit, Look.ITALIC), _RIGHT)
    _table(document, paper, pause)
    document.add_paragraph()
    for line in paper.notes:
        _say(document.add_paragraph(), line, _LEFT)
    document.add_paragraph()
    _beside(document, *paper.signatures)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Document, paper: Paper) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(_LONG), Mm(_SHORT)
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin = section.bottom_margin = Mm(_MARGIN + 3)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _FACE, Pt(_SIZE)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FACE)
    style.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.title, properties.author, properties.language = paper.title, "", "vi-VN"
    properties.created = properties.modified = datetime.combine(paper.on, time())
    _page_number(section.footer.paragraphs[0])


def _table(document: Document, paper: Paper, pause: Callable[[], None]) -> None:
    table = document.add_table(rows=paper.heading_rows, cols=len(paper.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _narrow_margins(table)
    widths = _widths(paper.columns)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _headings(table, paper)
    if paper.rows:
        _rows(table, paper, pause)
    if paper.total:
        _row(table.add_row(), paper.total, paper.columns, Look.BOLD)


def _headings(table: Table, paper: Paper) -> None:
    for heading in paper.headings:
        cell = table.cell(heading.row, heading.column)
        if heading.rows > 1 or heading.columns > 1:
            to = table.cell(heading.row + heading.rows - 1, heading.column + heading.columns - 1)
            cell = cell.merge(to)
        _fill(cell, Line(heading.text, Look.BOLD if heading.bold else Look.PLAIN), _CENTRE)
        if heading.note:
            _say(cell.add_paragraph(), Line(heading.note, Look.ITALIC), _CENTRE, _IN_TABLE - 1)
    for row in table.rows:
        _mark(row, "w:tblHeader")


def _rows(table: Table, paper: Paper, pause: Callable[[], None]) -> None:
    """Add the rows: copies of the first with other words, as the library takes long over each."""
    first: _Row = table.add_row()  # type: ignore[no-untyped-call]
    _row(first, paper.rows[0], paper.columns, Look.PLAIN)
    made = first._tr  # noqa: SLF001 - the library copies no rows
    for values in paper.rows[1:]:
        row = deepcopy(made)
        for words, value in zip(row.iter(qn("w:t")), values, strict=True):
            words.text = shown(value)
        table._tbl.append(row)  # noqa: SLF001
        pause()


def _row(row: _Row, values: Sequence[Value], columns: Sequence[Column], look: Look) -> None:
    _mark(row, "w:cantSplit")
    for cell, value, column in zip(row.cells, values, columns, strict=True):
        align = _CENTRE if column.centred else _LEFT if column.text else _RIGHT
        _fill(cell, Line(shown(value), look), align)


def _fill(cell: _Cell, line: Line, align: WD_ALIGN_PARAGRAPH) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _say(cell.paragraphs[0], line, align, _IN_TABLE)


def _beside(document: Document, left: Sequence[Line], right: Sequence[Line]) -> None:
    """Write two columns without borders, kept on one page."""
    table = document.add_table(rows=0, cols=2)
    for pair in zip_longest(left, right):
        row = table.add_row()
        _mark(row, "w:cantSplit")
        for cell, line in zip(row.cells, pair, strict=True):
            cell.paragraphs[0].paragraph_format.keep_with_next = True
            if line is not None:
                _say(cell.paragraphs[0], line, _CENTRE)


def _say(paragraph: Paragraph, line: Line, align: WD_ALIGN_PARAGRAPH, size: float = _SIZE) -> None:
    paragraph.alignment = align
    run = paragraph.add_run(line.text)
    run.bold = line.look in {Look.BOLD, Look.RULED, Look.TITLE} or None
    run.italic = line.look is Look.ITALIC or None
    run.underline = line.look is Look.RULED or None
    run.font.size = Pt(_TITLE if line.look is Look.TITLE else size)


def _widths(columns: Sequence[Column]) -> list[Mm]:
    whole = sum(column.width for column in columns)
    return [Mm(int(_WIDTH * column.width / whole)) for column in columns]


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 - the library has no other way


def _narrow_margins(table: Table) -> None:
    """Leave the cells' width to the figures: one that is broken over lines cannot be read."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), _CELL_MARGIN)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # In the order that the schema wants: before how the table looks, which is last.
    look = table._tblPr.find(qn("w:tblLook"))  # noqa: SLF001 - the library has no margins
    look.addprevious(margins)


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = _CENTRE
    paragraph.add_run("Trang ").font.size = Pt(_NUMBER)
    _field(paragraph, "PAGE")
    paragraph.add_run("/").font.size = Pt(_NUMBER)
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    for kind, text in (("begin", None), (None, name), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(_NUMBER)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)  # noqa: SLF001 - the library has no fields
