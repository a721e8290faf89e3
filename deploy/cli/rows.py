"""Dossiers in files: CSV and JSON Lines, row by row."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from shared.contracts.parsing import LARGEST_BODY

MOST_TOGETHER = 500
MOST_BYTES_TOGETHER = LARGEST_BODY // 2
"""Keys and names of fields come to it on the way."""

PERSON = ("name", "identity_number", "phone", "address", "email")
_MARK = "\ufeff".encode()
"""The byte order mark with which some programs begin a file."""


class Row(NamedTuple):
    """A row of a file; `data` is None for one that is no dossier at all."""

    number: int
    """The line in the file, from 1."""
    key: str
    """The same for the same row of the same content."""
    data: dict[str, Any] | None


def rows_of(file: Path) -> list[Row]:
    """Return a file's rows. Raises UnicodeDecodeError or csv.Error when it can be no CSV file."""
    content = file.read_bytes()
    name = f"file/{hashlib.sha256(content).hexdigest()[:32]}"
    found = _csv(file) if file.suffix.lower() == ".csv" else _json_lines(content.removeprefix(_MARK))
    return [Row(number, f"{name}/{number}", data) for number, data in found]


def batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Return rows that are sent together: not too many, and together not too large."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        length = len(orjson.dumps(row.data))
        if batch and (len(batch) == MOST_TOGETHER or size + length > MOST_BYTES_TOGETHER):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield batch


def _json_lines(content: bytes) -> Iterator[tuple[int, dict[str, Any] | None]]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            value = None
        yield number, value if isinstance(value, dict) else None


def _csv(file: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, strict=True)
        heading = [name.strip() for name in next(reader, [])]
        if len(set(heading)) < len(heading):
            raise csv.Error("the heading names a column twice")
        for cells in reader:
            if cells:
                whole = len(cells) == len(heading)
                yield reader.line_num, _submission(dict(zip(heading, cells, strict=True))) if whole else None


def _submission(row: dict[str, str]) -> dict[str, Any]:
    """Return the submission of a CSV row; columns that are not known are refused by the door."""
    given = {key: value.strip() for key, value in row.items() if value.strip()}
    person = {key: given.pop(key) for key in PERSON if key in given}
    components = [{"code": code.strip()} for code in given.pop("components", "").split(";") if code.strip()]
    return {**given, "person": person, "components": components}
