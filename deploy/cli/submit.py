"""The verb submit: dossiers from a file, with a report of the rows that were refused."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, progress, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.rows import Row, batches, rows_of
from deploy.play.client import Client, DoorError
from shared.contracts.parsing import LARGEST_BODY
from shared.errors import TOO_LARGE, RefusedError

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
        rows = rows_of(file)
    except (UnicodeDecodeError, csv.Error) as error:
        fail("không đọc được tệp", f"the file cannot be read: {error}", status=2)
    refused: list[dict[str, Any]] = [{"row": row.number, **MALFORMED} for row in rows if row.data is None]
    taken: list[dict[str, Any]] = []
    good = [row for row in rows if row.data is not None]
    with (
        reached_or_fail(folder, embedded) as reached,
        closing(reached.client("intake", role)) as client,
        progress(str(file), quiet=json_) as bar,
    ):
        for batch in batches(good):
            for row, answer in zip(batch, _send(client, batch), strict=True):
                if "problem" in answer:
                    problem = answer["problem"]
                    refused.append(
                        {"row": row.number, **{k: problem[k] for k in ("code", "title", "title_vi")}}
                    )
                else:
                    taken.append({"row": row.number, **answer["answer"]})
            bar(len(taken) + len(refused), len(rows))
    refused.sort(key=lambda row: row["row"])
    if json_:
        print_json({"rows": len(rows), "taken": taken, "refused": refused})
    else:
        _show(len(rows), taken, refused)
    raise SystemExit(1 if refused else 0)


def _send(client: Client, batch: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the answers to a batch; one row alone may still be more than the door takes in."""
    lines = [{"key": row.key, "action": "submit", "data": row.data} for row in batch]
    try:
        return client.lines("/v1/batches", lines)
    except DoorError as error:
        if error.code != TOO_LARGE.code or len(batch) > 1:
            raise
        return [{"problem": RefusedError(TOO_LARGE, limit=LARGEST_BODY).details()}]


def _show(rows: int, taken: list[dict[str, Any]], refused: list[dict[str, Any]]) -> None:
    screen.print(f"{rows} dòng / rows, {len(taken)} đã nhận / taken, {len(refused)} bị từ chối / refused")
    if refused:
        table = Table("Dòng / row", "Mã / code", "Lý do / reason", box=None)
        for row in refused[:50]:
            table.add_row(str(row["row"]), row["code"], f"{row['title_vi']}\n[dim]{row['title']}[/dim]")
        screen.print(table)
