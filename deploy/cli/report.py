"""The verb report: statistics as a table or JSON."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from shared.clock import local_text

DAY = click.DateTime(["%Y-%m-%d"])
SHORT = {
    "received_total": "Tiếp nhận\nreceived",
    "received_in_period": "trong kỳ\nin period",
    "carried": "kỳ trước\ncarried",
    "resolved_total": "Giải quyết\nresolved",
    "resolved_early": "trước hạn\nearly",
    "resolved_on_time": "đúng hạn\non time",
    "resolved_late": "quá hạn\nlate",
    "resolved_no_verdict": "không hạn\nno due date",
    "in_progress_total": "Đang xử lý\nin progress",
    "in_progress_within_limit": "trong hạn\nwithin",
    "in_progress_overdue": "quá hạn\noverdue",
    "awaiting_supplement": "chờ giấy tờ\npapers",
    "awaiting_payment": "chờ nộp tiền\npayment",
    "residual_balance": "± cân đối\nbalance",
    "residual_verdict": "± hạn\nverdicts",
    "resolved": "Giải quyết\nresolved",
    "resolved_online": "trực tuyến\nonline",
    "received": "Tiếp nhận\nreceived",
    "received_online": "trực tuyến\nonline",
    "ratio_resolved": "% giải quyết\nof resolved",
    "ratio_received": "% tiếp nhận\nof received",
    "ratio_index": "% 766-3.3",
    "target": "Chỉ tiêu\ntarget",
    "reached": "Đạt\nreached",
}
"""Headings for a screen; JSON has the full names."""

LEVELS = {
    "province": ("Cấp tỉnh", "Province"),
    "district": ("Cấp huyện", "District"),
    "commune": ("Cấp xã", "Commune"),
}

WIDE = {
    "resolution": (
        "received_online",
        "received_direct_or_post",
        "residual_unexplained",
        "stopped",
        "withdrawn",
    ),
    "online": ("issued_online",),
}
"""Columns that a screen has no room for; JSON has them all."""


@click.command()
@click.argument("name", type=click.Choice(["resolution", "lateness", "models", "online"]))
@click.option("--from", "first", type=DAY, required=True, help="Ngày đầu / first day, YYYY-MM-DD.")
@click.option("--to", "last", type=DAY, required=True, help="Ngày cuối / last day, YYYY-MM-DD.")
@click.option(
    "--by",
    type=click.Choice(["agency", "unit", "level", "procedure", "channel", "month", "model", "group"]),
    help="Chia theo / one row for each.",
)
@click.option(
    "--as-of", metavar="TIME", help="Tính đến thời điểm này / as things stood at this RFC 3339 time."
)
@click.option(
    "--published-at", metavar="TIME", help="Chỉ những gì đã ghi nhận lúc đó / only what was recorded then."
)
@click.option("--scratch", metavar="NAME", help="Hỏi bảng số liệu tạm này / ask this scratch state.")
@click.option(
    "--trial",
    type=click.Choice(["only", "without"]),
    help="Chỉ, hoặc không, hồ sơ theo quy trình thử nghiệm / only, or without, dossiers of processes on trial.",
)
@click.option(
    "--structure",
    type=click.Choice(["then", "now"]),
    help="Theo đơn vị khi giải quyết, hay đơn vị kế thừa hiện nay / units of the time, or who goes on with them.",
)
@on_a_system
@as_json
def report(  # noqa: PLR0913, PLR0917 - one parameter an option
    name: str,
    first: datetime,
    last: datetime,
    by: str | None,
    as_of: str | None,
    published_at: str | None,
    scratch: str | None,
    trial: str | None,
    structure: str | None,
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Báo cáo thống kê / a report.

    resolution: received, resolved early, on time, late, in progress, with residuals.

    lateness: late dossiers, by how much, and with --by agency whose part it is.

    models: procedures and dossiers after each model of process.

    online: online dossiers in three ratios, against the year's target; with --by unit each unit.
    """
    log_to_stderr(30)
    query = {"from": f"{first:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"}
    more = {"by": by, "as_of": as_of, "published_at": published_at, "scratch": scratch, "trial": trial}
    more |= {"structure": structure}
    query |= {key: value for key, value in more.items() if value}
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("statistics").get(f"/v1/reports/{name}", **query)
    if json_:
        print_json(found)
    else:
        print_report(found)


def print_report(found: dict[str, Any]) -> None:
    """Show a report as a table: figures down, groups across when there are few, else down."""
    until = local_text(found["as_of"])
    screen.print(f"{found['from']} – {found['to']}   (đến / as of {until})", highlight=False)
    columns = [column for column in found["columns"] if column["key"] not in WIDE.get(found["report"], ())]
    rows = found["rows"] + _total(found)
    if not rows:
        screen.print("không có dữ liệu / no data")
        return
    table = Table(box=None, header_style="bold")
    if len(found["rows"]) == 1 and not found["by"]:
        table.add_column("Số liệu / figure")
        table.add_column("", justify="right")
        for column in columns:
            table.add_row(f"{column['vi']} / {column['en']}", _cell(found["rows"][0], column["key"]))
    else:
        for column in columns:
            dimension = column["key"] in found["by"]
            heading = SHORT.get(column["key"], f"{column['vi']}\n{column['en']}")
            table.add_column(heading, justify="left" if dimension else "right", overflow="fold")
        for row in rows:
            style = "bold" if row.get("_total") else None
            table.add_row(*(_cell(row, column["key"]) for column in columns), style=style)
    screen.print(table)
    for level in found.get("units", ()):
        _print_level(level)


def _print_level(level: dict[str, Any]) -> None:
    """Say how many units of a level reach the target, and which do not."""
    if level["target"] is None or not level["judged"]:
        return
    vi, en = LEVELS[level["level"]]
    screen.print(
        f"{vi} / {en}: {level['reached']}/{level['judged']} đạt chỉ tiêu / reach the target {level['target']} %"
        f" (trước / by {level['reach_by']})",
        highlight=False,
    )
    if level["below"]:
        screen.print(f"  dưới chỉ tiêu / below: {', '.join(level['below'])}", highlight=False)


def _total(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sum as a row of its own, unless the only row is the sum already."""
    if not found["total"] or (found["rows"] and not found["by"]):
        return []
    return [{**found["total"], "_total": True}] if any(found["total"].values()) else []


def _cell(row: dict[str, Any], key: str) -> str:
    """Return a cell: a name in Vietnamese where there is one, numbers in groups of three."""
    value = row.get(key, "Σ")
    name = row.get("names", {}).get(key)
    if name:  # a holder's says all that its word would
        return str(name["vi"]) if key == "holder" else f"{value}  {name['vi']}"
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "có / yes" if value else "không / no"
    return f"{value:,}" if isinstance(value, int) else str(value)
