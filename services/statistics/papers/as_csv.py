"""A report as CSV for other programs: keys as headings, figures as machines write them.

UTF-8 with a mark at its beginning, so that spreadsheets show Vietnamese. Text that a spreadsheet would
take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from services.statistics.papers.labels import Answer, Row
from services.statistics.papers.paper import printable
from services.statistics.papers.plain import columns_of

_FORMULAS = ("=", "+", "-", "@")
_WORDS = {True: "true", False: "false", None: ""}


def as_csv(answer: Answer) -> bytes:
    """Return the rows; of a report that has only a total, the total."""
    keys = [column["key"] for column in columns_of(answer)]
    rows = answer["rows"] or ([answer["total"]] if answer["total"] and not answer["by"] else [])
    named = {key for row in rows for key in row.get("names", {})}
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow([heading for key in keys for heading in _headings(key, named)])
    writer.writerows([list(_cells(row, keys, named)) for row in rows])
    return file.getvalue().encode("utf-8-sig")


def _headings(key: str, named: set[str]) -> tuple[str, ...]:
    return (key, f"{key}_name") if key in named else (key,)


def _cells(row: Row, keys: list[str], named: set[str]) -> Iterator[str | int]:
    names: Mapping[str, Any] = row.get("names", {})
    for key in keys:
        yield _cell(row.get(key))
        if key in named:
            yield _cell(names[key]["vi"] if key in names else None)


def _cell(value: Any) -> str | int:
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int):
        return value
    text = printable(str(value))
    return f"'{text}" if text.startswith(_FORMULAS) else text
