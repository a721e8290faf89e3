"""The verb routing readiness: procedures that lack an electronic process, by agency."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail


@click.command()
@on_a_system
@as_json
def readiness(folder: Path, embedded: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Thủ tục chưa có quy trình điện tử / procedures that lack an electronic process, by agency."""
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("routing").get("/v1/readiness")
    if json_:
        print_json(found)
        return
    table = Table(box=None, header_style="bold")
    for heading in ("Cơ quan\nagency", "Có thẩm quyền\ncompetent for", "Còn thiếu\nlacking"):
        table.add_column(heading, overflow="fold")
    for row in found["agencies"]:
        lacking = "\n".join(row["lacking"]) or "—"
        table.add_row(row["agency"], str(row["competent_for"]), lacking)
    screen.print(table)
