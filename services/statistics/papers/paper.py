"""What stands on a paper, whatever file it becomes: headings, a table, notes, signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

Value = str | int | Decimal | None
"""Of a cell. A Decimal is in per cent; None is what there is no figure for."""

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
BLANK = "…………………………"
"""Is filled in by hand."""

_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


class Look(Enum):
    """How a line of text looks."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    RULED = "ruled"
    """Bold, with a line below."""
    TITLE = "title"
    """Bold and larger."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text."""

    text: str
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its width, as a share of the others', and whether it holds text."""

    width: float
    text: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A cell of the table's head, over so many rows and columns; the note stands below in italics."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    note: str = ""
    bold: bool = True


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who issues a paper, where and when; what is not known is left blank, to be filled in by hand."""

    on: date
    issuer: str | None = None
    place: str | None = None

    def dated(self) -> str:
        """Return the line above the signature."""
        place = printable(self.place) if self.place else BLANK
        return f"{place}, ngày {self.on:%d} tháng {self.on:%m} năm {self.on.year:04}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with one table."""

    left: tuple[Line, ...]
    """Above, on the left: whose paper it is."""
    right: tuple[Line, ...]
    titles: tuple[Line, ...]
    unit: str
    """What the figures count, on the right above the table."""
    columns: tuple[Column, ...]
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None
    notes: tuple[Line, ...]
    signatures: tuple[tuple[Line, ...], tuple[Line, ...]]
    on: date

    @property
    def title(self) -> str:
        """What the paper is called."""
        return next(line.text for line in self.titles if line.look is Look.TITLE)

    @property
    def heading_rows(self) -> int:
        """How many rows the table's head has."""
        return max(heading.row + heading.rows for heading in self.headings)


def head(imprint: Imprint, *more: str) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return what stands above a paper, left and right: its issuer, and the nation's heading."""
    issuer = printable(imprint.issuer).upper() if imprint.issuer else f"ĐƠN VỊ BÁO CÁO: {BLANK}"
    left = (Line(issuer, Look.BOLD), *(Line(text) for text in more))
    return left, (Line(NATION, Look.BOLD), Line(MOTTO, Look.RULED))


def signatures(imprint: Imprint) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the two places for signatures."""
    return (
        (Line(""), Line("NGƯỜI LẬP BIỂU", Look.BOLD), Line("(Ký, ghi rõ họ tên)", Look.ITALIC)),
        (
            Line(imprint.dated(), Look.ITALIC),
            Line("THỦ TRƯỞNG ĐƠN VỊ", Look.BOLD),
            Line("(Ký, ghi rõ họ tên, đóng dấu)", Look.ITALIC),
        ),
    )


def printable(text: str) -> str:
    """Return a text on one line, without characters that no document may hold."""
    return _NOT_PRINTABLE.sub(" ", text).strip()
