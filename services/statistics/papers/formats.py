"""The formats in which reports are given, by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson

from services.statistics.papers import form_06a, plain
from services.statistics.papers.as_csv import as_csv
from services.statistics.papers.as_text import as_text
from services.statistics.papers.labels import Answer
from services.statistics.papers.paper import Imprint, Paper
from services.statistics.problems import REPORT_TOO_LONG, UNKNOWN_FORMAT
from shared.errors import RefusedError

JSON = "json"
MOST_ROWS = 3000
"""So many fit on a paper; a table for programs has as many as there are."""

_LAYOUTS: Mapping[str, Callable[[Answer, Imprint], Paper]] = {form_06a.REPORT: form_06a.form_06a}


class Format(NamedTuple):
    """A kind of file: what it is called, and how it is made of an answer.

    What takes long calls `pause` now and then, so that others may have their turn.
    """

    media_type: str
    suffix: str
    make: Callable[[Answer, Imprint, Callable[[], None]], bytes]
    is_file: bool = True
    is_text: bool = False
    """Whether a screen can show it."""


def _csv(answer: Answer, _imprint: Imprint, _pause: Callable[[], None]) -> bytes:
    return as_csv(answer)


def _json(answer: Answer, _imprint: Imprint, _pause: Callable[[], None]) -> bytes:
    return orjson.dumps(answer)


def _text(answer: Answer, _imprint: Imprint, _pause: Callable[[], None]) -> bytes:
    return as_text(answer)


def _xlsx(answer: Answer, imprint: Imprint, pause: Callable[[], None]) -> bytes:
    from services.statistics.papers.as_xlsx import as_xlsx  # noqa: PLC0415 - who asks for none loads none

    return as_xlsx(_paper(answer, imprint), pause)


def _docx(answer: Answer, imprint: Imprint, pause: Callable[[], None]) -> bytes:
    from services.statistics.papers.as_docx import as_docx  # noqa: PLC0415

    return as_docx(_short(_paper(answer, imprint)), pause)


def _pdf(answer: Answer, imprint: Imprint, pause: Callable[[], None]) -> bytes:
    from services.statistics.papers.as_pdf import as_pdf  # noqa: PLC0415

    return as_pdf(_short(_paper(answer, imprint)), pause)


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = {
    JSON: Format("application/json", "json", _json, is_file=False, is_text=True),
    "csv": Format("text/csv; charset=utf-8", "csv", _csv, is_text=True),
    "xlsx": Format(f"{_OFFICE}.spreadsheetml.sheet", "xlsx", _xlsx),
    "docx": Format(f"{_OFFICE}.wordprocessingml.document", "docx", _docx),
    "pdf": Format("application/pdf", "pdf", _pdf),
    "text": Format("text/plain; charset=utf-8", "txt", _text, is_text=True),
}


def format_named(name: str) -> Format:
    """Return a format. Raises RefusedError with `unknown-format`."""
    if name not in FORMATS:
        raise RefusedError(UNKNOWN_FORMAT, format=name, known=", ".join(FORMATS))
    return FORMATS[name]


def file_name(answer: Answer, suffix: str) -> str:
    """Return what a file with this answer is called: the report, what it is divided by, and its period."""
    parts = (answer["report"], *answer["by"], answer["from"], answer["to"])
    return f"{'_'.join(parts)}.{suffix}"


def _paper(answer: Answer, imprint: Imprint) -> Paper:
    return _LAYOUTS.get(answer["report"], plain.plain)(answer, imprint)


def _short(paper: Paper) -> Paper:
    if len(paper.rows) > MOST_ROWS:
        raise RefusedError(REPORT_TOO_LONG, rows=len(paper.rows), most=MOST_ROWS)
    return paper
