"""The verb report: statistics as a table, JSON, or a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.report_file import put, wanted_file
from services.statistics.papers.formats import FORMATS
from services.statistics.papers.labels import cell, is_ratio, ways
from services.statistics.papers.numbers import NO_DATA, day, number, per_cent, shown
from services.statistics.reports.asking import REPORTS
from shared.clock import local_text

NO_FIGURE = "—"
"""Is explained below a table that has it."""
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
    "asked": "Yêu cầu\nasked",
    "answered_in_time": "Đúng hạn\nin time",
    "answered_late": "Quá hạn\nlate",
    "unanswered_late": "Chưa trả lời\nunanswered",
    "ratio_in_time": "% đúng hạn\nin time",
    "target": "Chỉ tiêu\ntarget",
    "reached": "Đạt\nreached",
    "missing": "Còn cần\nneeded",
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
    "requests": ("received", "withdrawn", "proposals", "approved", "declined"),
    "index": ("formula", "group"),
    "late": ("minutes", "part"),
    "dossiers": ("agency", "channel"),
}
"""Columns that a screen has no room for; JSON has them all."""


@click.command()
@click.argument("name", metavar="NAME", type=click.Choice([*REPORTS]))
@click.option("--from", "first", type=DAY, help="Ngày đầu / first day, YYYY-MM-DD.")
@click.option("--to", "last", type=DAY, help="Ngày cuối / last day, YYYY-MM-DD.")
@click.option("--period", help="Hoặc kỳ / or a period: 2023, 2023-H1, 2023-Q4, 2023-11.")
@click.option(
    "--by",
    type=click.Choice(
        [
            "agency",
            "unit",
            "level",
            "procedure",
            "channel",
            "month",
            "quarter",
            "half",
            "year",
            "model",
            "group",
            "officer",
            "request",
            "kind",
            "issuer",
        ]
    ),
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
@click.option("--figure", help="Danh sách: hồ sơ của số liệu này / of lists: this figure's dossiers.")
@click.option("--unit", help="Danh sách: của đơn vị này / of lists: this unit's.")
@click.option(
    "--level",
    type=click.Choice(["province", "district", "commune", "vertical"]),
    help="Danh sách, resolution, online: của các đơn vị cấp này / of this level's units.",
)
@click.option("--agency", help="Danh sách: của cơ quan tiếp nhận này / of lists: this desk's.")
@click.option(
    "--procedure",
    help="Danh sách, resolution, online, flows: của thủ tục này / of this procedure alone.",
)
@click.option("--giver", help="legs: do nơi này giao / handed over by this agency; '': the desk.")
@click.option("--taker", help="legs: nơi này nhận / that came to this agency.")
@click.option(
    "--direction",
    type=click.Choice(["same", "up", "down", "vertical", "desk"]),
    help="legs: theo chiều này / that went this way.",
)
@click.option("--rules", help="Điểm, xếp hạng: theo bộ tiêu chí này / of scores: after these rules.")
@click.option("--skip", type=int, help="Danh sách: bỏ qua số dòng này / of lists: leave so many rows out.")
@click.option("--format", "format_", type=click.Choice([*FORMATS]), help="Định dạng tệp / as which file.")
@click.option("--text", is_flag=True, help="Thành câu văn như trong văn bản / as sentences.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Ghi vào tệp này / into this file."
)
@click.option("--force", is_flag=True, help="Ghi đè tệp đã có / write over a file that is there.")
@click.option("--issuer", help="Đơn vị báo cáo, in trên đầu trang / whose report, above a paper.")
@click.option("--place", help="Địa danh, in trên chỗ ký / the place, above the signature.")
@on_a_system
@as_json
def report(  # noqa: PLR0913, PLR0917 - one parameter an option
    name: str,
    first: datetime | None,
    last: datetime | None,
    period: str | None,
    by: str | None,
    as_of: str | None,
    published_at: str | None,
    scratch: str | None,
    trial: str | None,
    structure: str | None,
    format_: str | None,
    text: bool,  # noqa: FBT001
    out: Path | None,
    force: bool,  # noqa: FBT001
    issuer: str | None,
    place: str | None,
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
    **of_some: str | int | None,
) -> None:
    """Báo cáo thống kê / a report.

    resolution: received, resolved early, on time, late, in progress, with residuals.

    lateness: late dossiers, by how much, and with --by agency whose part it is.

    models: procedures and dossiers after each model of process.

    online: online dossiers in three ratios, against the year's target; with --by unit each unit.

    late, dossiers: dossiers one by one; dossiers takes --figure, both --unit, --agency, --procedure, --skip.

    carried: into and out of the period, by age; acceptance: within 8 hours or not.

    districts: each with its communes, apart and together; flows: who hands to whom, and the wait there.

    legs: what is behind a number of flows, leg by leg; takes --figure, --giver, --taker, --direction, --skip.

    requests: reminders and requests for a report, answered or not; --by unit, issuer, kind, request.

    index: every point explained, of --unit or the province; ranking: units by points; both take --rules.

    entered: what units entered for the period, and what is missing; takes --unit, --rules.

    discipline: recorded late, not taken on; adoption: who works in the system, and who does not.
    """
    log_to_stderr(30)
    if (period is None) != (first is not None and last is not None) or (period and (first or last)):
        fail(
            "cần --from và --to, hoặc --period",
            "--from and --to are needed, or --period",
            2,
            "period-missing",
        )
    days = {word: f"{day_:%Y-%m-%d}" for word, day_ in (("from", first), ("to", last)) if day_}
    query = days | ({"period": period} if period else {})
    more: dict[str, str | int | None] = {
        "by": by,
        "as_of": as_of,
        "published_at": published_at,
        "scratch": scratch,
        "trial": trial,
    }
    more |= {"structure": structure, **of_some, "skip": of_some["skip"] or None}
    query |= {key: str(value) for key, value in more.items() if value is not None}
    wanted = wanted_file(format_, out, text=text, force=force)
    if wanted:
        if json_:
            fail(
                "chỉ dùng một trong --json và --format",
                "--json and --format exclude each other",
                2,
                "wrong-usage",
            )
        imprint = {"issuer": issuer, "place": place, "format": wanted.format}
        query |= {key: value for key, value in imprint.items() if value}
    with reached_or_fail(folder, embedded) as reached:
        client, path = reached.client("statistics"), f"/v1/reports/{name}"
        if wanted:
            put(client.get_file(path, **query), wanted.out)
            return
        found = client.get(path, **query)
    if json_:
        print_json(found)
    else:
        print_report(found)


_LISTS = ("late", "dossiers", "legs")
_SAID_BY_NAME = ("holder", "part", "direction", "late_by", "leg", "group", "verdict", "channel", "way")
"""Columns whose name says all that the word or the number would."""


def print_report(found: dict[str, Any]) -> None:
    """Show a report as a table: figures down, groups across when there are few, else down."""
    until = local_text(found["as_of"])
    first, last = day(found["from"]), day(found["to"])
    screen.print(f"{first} – {last}   (đến / as of {until})", highlight=False)
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
            table.add_row(f"{column['vi']} / {column['en']}", _cell(found["rows"][0], column))
    else:
        for column in columns:
            left = column["key"] in found["by"] or (found["report"] in _LISTS and column["key"] != "late_by")
            heading = SHORT.get(column["key"], f"{column['vi']}\n{column['en']}")
            table.add_column(heading, justify="left" if left else "right", overflow="fold")
        for row in rows:
            style = "bold" if row.get("_total") else None
            table.add_row(*(_cell(row, column) for column in columns), style=style)
    screen.print(table)
    if any(row.get(column["key"], "") is None for row in rows for column in columns):
        screen.print(f"{NO_FIGURE} {' / '.join(NO_DATA).lower()}")
    _print_below(found)


def _print_below(found: dict[str, Any]) -> None:
    """Say what stands below a report's table."""
    if said := ways(found):
        screen.print(*said, sep="\n", highlight=False)
    for level in found.get("units", ()):
        _print_level(level)
    _print_unanswered(found.get("unanswered", ()))


def _print_unanswered(unanswered: Sequence[dict[str, Any]]) -> None:
    """Say who has not answered what, and for how long."""
    for one in unanswered:
        name = one["names"].get("unit", {"vi": one["agency"]})
        screen.print(
            f"  {one['agency']}  {name['vi']}: {one['reference']}, hạn / due {day(one['due_on'])},"
            f" quá / late {number(one['days_late'])} ngày / days",
            highlight=False,
        )


def _print_level(level: dict[str, Any]) -> None:
    """Say how many units of a level reach the target, and which do not."""
    if level["target"] is None or not level["judged"]:
        return
    vi, en = LEVELS[level["level"]]
    screen.print(
        f"{vi} / {en}: {number(level['reached'])}/{number(level['judged'])} đạt chỉ tiêu / reach the target"
        f" {per_cent(Decimal(level['target']))} (trước / by {day(level['reach_by'])}{_left(level)})",
        highlight=False,
    )
    if level["below"]:
        screen.print(f"  dưới chỉ tiêu / below: {', '.join(level['below'])}", highlight=False)


def _left(level: dict[str, Any]) -> str:
    """Say how long there is to go."""
    if not level["days_left"]:
        return ""
    left, working = number(level["days_left"]), number(level["working_days_left"])
    return f"; còn / left: {left} ngày, {working} ngày làm việc / working days"


def _total(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sum as a row of its own, unless the only row is the sum already."""
    if not found["total"] or (found["rows"] and not found["by"]):
        return []
    return [{**found["total"], "_total": True}] if any(found["total"].values()) else []


def _cell(row: dict[str, Any], column: dict[str, str]) -> str:
    """Return a cell: a name in Vietnamese where there is one, figures as people in Viet Nam read them."""
    key = column["key"]
    value = row.get(key, "Σ")
    name = row.get("names", {}).get(key)
    if name:
        return str(name["vi"]) if key in _SAID_BY_NAME else f"{value}  {name['vi']}"
    if value is None:
        return NO_FIGURE
    if key.endswith("_at"):
        return local_text(value) if key in row else str(value)
    return (
        shown(cell(row, column))
        if key in row and (isinstance(value, int) or is_ratio(column))
        else str(value)
    )
