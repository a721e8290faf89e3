"""A report as a file: which format is wanted, and where it goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import click

from deploy.cli.output import fail
from services.statistics.papers.formats import FORMATS

TEXT = "text"
_BY_SUFFIX = {f".{wanted.suffix}": name for name, wanted in FORMATS.items()}


class Wanted(NamedTuple):
    """A report is wanted as a file, or on the screen in a format."""

    format: str
    out: Path | None


def wanted_file(name: str | None, out: Path | None, *, text: bool, force: bool) -> Wanted | None:
    """Return which file is wanted, None for none; what cannot be written is refused before anything is asked.

    Ends the process when the format cannot be told, the file is there already, or a screen would get bytes.
    """
    if name is None and out is None and not text:
        return None
    found = TEXT if text else name or _BY_SUFFIX.get(out.suffix.lower() if out else "")
    if found is None or (text and name not in {None, TEXT}):
        fail("cần đúng một định dạng: --format hoặc --text", "one format is needed: --format or --text", 2)
    wanted = Wanted(found, out)
    if out is None:
        if not FORMATS[found].is_text and sys.stdout.isatty():
            fail(
                f"định dạng {found} không hiển thị được; cần --out", f"{found} is no text: --out is needed", 2
            )
    elif out.exists() and not force:
        fail(f"đã có {out}; dùng --force để ghi đè", f"{out} is there already: --force writes over it", 2)
    return wanted


def put(content: bytes, out: Path | None) -> None:
    """Write a file, whole or not at all; without a name, to standard output."""
    if out is None:
        click.echo(content, nl=False)
        return
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        fail(f"không ghi được {out}: {error.strerror}", f"{out} cannot be written: {error.strerror}")
