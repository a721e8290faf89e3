"""The verb submit: dossiers from a file, with a report of the rows that were refused."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson
from rich.table import Table

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, progress, screen
from deploy.cli.reaching import on_a_system, reached_or_fail

BATCH = 500
PERSON = ("name", "identity_number", "phone", "address", "email")
MALFORMED = {
    "code": "malformed-line",
    "title": "The line is no JSON object, or has not the columns of the heading",
    "title_vi": "Dòng không phải một đối tượng JSON, hoặc không đủ cột theo tiêu đề",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--role", default="receiving_officer", show_default=True, help="Vai trò người nộp / who submits."
)
@on_a_system
@as_json
def submit(file: Path, role: str, folder: Path, embedded: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Nộp hồ sơ từ tệp / submit dossiers from FILE: JSON Lines (.jsonl) or CSV (.csv).

    A row that is refused stops no other. The same row of the same file is never taken twice, so an
    interrupted run can simply be started again. Exit status 1 when a row was refused.

    CSV columns: procedure, desk, channel, applicant_kind, area, name, identity_number, phone, address,
    email, components (codes separated by ;), foreign_code, happened_at.
    """
    log_to_stderr(30)
    try:
        rows = list(_csv(file) if file.suffix == ".csv" else _json_lines(file))
    except (UnicodeDecodeError, csv.Error) as error:
        fail("không đọc được tệp", f"the file cannot be read: {error}", status=2)
    refused: list[dict[str, Any]] = []
    taken: list[dict[str, Any]] = []
    with reached_or_fail(folder, embedded) as reached, progress(str(file), quiet=json_) as bar:
        client = reached.client("intake", role)
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            good = [(number, key, data) for number, key, data in part if data is not None]
            refused += [{"row": number, **MALFORMED} for number, _key, data in part if data is None]
            lines = [{"key": key, "action": "submit", "data": data} for _number, key, data in good]
            answers = client.lines("/v1/batches", lines) if lines else []
            for (number, _key, _data), answer in zip(good, answers, strict=True):
                if "problem" in answer:
                    problem = answer["problem"]
                    refused.append({"row": number, **{k: problem[k] for k in ("code", "title", "title_vi")}})
                else:
                    taken.append({"row": number, **answer["answer"]})
            bar(min(start + BATCH, len(rows)), len(rows))
    refused.sort(key=lambda row: row["row"])
    if json_:
        print_json({"rows": len(rows), "taken": taken, "refused": refused})
    else:
        _show(len(rows), taken, refused)
    raise SystemExit(1 if refused else 0)


def _show(rows: int, taken: list[dict[str, Any]], refused: list[dict[str, Any]]) -> None:
    screen.print(f"{rows} dòng / rows, {len(taken)} đã nhận / taken, {len(refused)} bị từ chối / refused")
    if refused:
        table = Table("Dòng / row", "Mã / code", "Lý do / reason", box=None)
        for row in refused[:50]:
            table.add_row(str(row["row"]), row["code"], f"{row['title_vi']}\n[dim]{row['title']}[/dim]")
        screen.print(table)


def _json_lines(file: Path) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    name = _digest(file)
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            value = None
        yield number, f"{name}/{number}", value if isinstance(value, dict) else None


def _csv(file: Path) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    name = _digest(file)
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text, strict=True)
        for row in reader:
            broken = None in row or None in row.values()
            yield reader.line_num, f"{name}/{reader.line_num}", None if broken else _submission(row)


def _submission(row: dict[str, str]) -> dict[str, Any]:
    """Return the submission of a CSV row; columns that are not known are refused by the door."""
    given = {key: value.strip() for key, value in row.items() if value.strip()}
    person = {key: given.pop(key) for key in PERSON if key in given}
    components = [{"code": code.strip()} for code in given.pop("components", "").split(";") if code.strip()]
    return {**given, "person": person, "components": components}


def _digest(file: Path) -> str:
    return f"file/{hashlib.sha256(file.read_bytes()).hexdigest()[:32]}"
