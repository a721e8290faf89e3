"""The verb report: statistics as a table or JSON."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail

DAY = click.DateTime(["%Y-%m-%d"])
WIDE = ("received_online", "received_direct_or_post", "residual_unexplained", "stopped")
"""Columns that a screen has no room for; JSON has them all."""


@click.command()
@click.argument("name", type=click.Choice(["resolution"]))
@click.option("--from", "first", type=DAY, required=True, help="Ngày đầu / first day, YYYY-MM-DD.")
@click.option("--to", "last", type=DAY, required=True, help="Ngày cuối / last day, YYYY-MM-DD.")
@click.option(
    "--by",
    type=click.Choice(["agency", "level", "procedure", "channel", "month"]),
    help="Chia theo / one row for each.",
)
@click.option(
    "--as-of", metavar="TIME", help="Tính đến thời điểm này / as things stood at this RFC 3339 time."
)
@click.option(
    "--published-at", metavar="TIME", help="Chỉ những gì đã ghi nhận lúc đó / only what was recorded then."
)
@on_a_system
@as_json
def report(
    name: str,
    first: datetime,
    last: datetime,
    by: str | None,
    as_of: str | None,
    published_at: str | None,
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Báo cáo thống kê / a report: received, resolved early, on time, late, in progress, with residuals."""
    log_to_stderr(30)
    query = {"from": f"{first:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"}
    query |= {
        key: value for key, value in {"by": by, "as_of": as_of, "published_at": published_at}.items() if value
    }
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("statistics").get(f"/v1/reports/{name}", **query)
    if json_:
        print_json(found)
    else:
        print_report(found)


def print_report(found: dict[str, Any]) -> None:
    """Show a report as a table: figures down, groups across when there are few, else down."""
    screen.print(f"{found['from']} – {found['to']}   (đến / as of {found['as_of']})", highlight=False)
    columns = [column for column in found["columns"] if column["key"] not in WIDE]
    rows = found["rows"] + ([{**found["total"], "_total": True}] if found["total"] and found["by"] else [])
    table = Table(box=None, header_style="bold")
    if len(found["rows"]) == 1 and not found["by"]:
        table.add_column("Số liệu / figure")
        table.add_column("", justify="right")
        for column in columns:
            table.add_row(f"{column['vi']} / {column['en']}", _cell(found["rows"][0][column["key"]]))
    else:
        for column in columns:
            dimension = column["key"] in found["by"]
            table.add_column(column["vi"], justify="left" if dimension else "right", overflow="fold")
        for row in rows:
            style = "bold" if row.get("_total") else None
            table.add_row(*(_cell(row.get(column["key"], "Σ")) for column in columns), style=style)
    screen.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return str(value.get("vi") or value.get("key") or "")
    return str(value)
