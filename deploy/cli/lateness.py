"""The verb lateness: in whose hands a dossier was, and whose part it is that it is late."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from services.statistics.papers.numbers import number
from shared.clock import local_text


@click.command()
@click.argument("code")
@click.option(
    "--as-of", metavar="TIME", help="Tính đến thời điểm này / as things stood at this RFC 3339 time."
)
@on_a_system
@as_json
def lateness(code: str, as_of: str | None, folder: Path, embedded: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Hồ sơ ở đâu bao lâu, chậm do đâu / in whose hands a dossier was, and whose part its lateness is.

    CODE is the dossier's code or its internal id.
    """
    log_to_stderr(30)
    query = {"as_of": as_of} if as_of else {}
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("statistics").get(f"/v1/dossiers/{code}/lateness", **query)
    if json_:
        print_json(found)
    else:
        print_lateness(found)


def print_lateness(found: dict[str, Any]) -> None:
    """Show who had the dossier for how long, and how it stands to both due times."""
    screen.print(f"[bold]Hồ sơ / dossier {found['code']}[/bold]   {found['dossier']}", highlight=False)
    until = "kết thúc / ended" if found["ended"] else "đến / as of"
    screen.print(
        f"Tiếp nhận / received {local_text(found['received_at'])}, {until} {local_text(found['reached_at'])}:"
        f" {_words(found['elapsed'])}",
        highlight=False,
    )
    _print_parts("Ở đâu / in whose hands", found["shares"])
    first, now = found["against_receipt"], found["against_due"]
    if first["due_at"] != now["due_at"]:
        _print_judged("hẹn ban đầu / first due", first)
    _print_judged("hẹn trả / due", now)


def _print_judged(due: str, judged: dict[str, Any]) -> None:
    if judged["due_at"] is None:
        screen.print(f"{due}: không có hạn / no due time")
    elif not judged["late"]:
        screen.print(f"{due} {local_text(judged['due_at'])}: không quá hạn / not late", highlight=False)
    else:
        late = f"[bold]quá hạn / late[/bold] {_words(judged)}"
        screen.print(f"{due} {local_text(judged['due_at'])}: {late}", highlight=False)
        _print_parts("Do đâu / whose part", judged["parts"])


def _print_parts(heading: str, parts: list[dict[str, Any]]) -> None:
    if not parts:
        screen.print("   không có dữ liệu / no data")
        return
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 1))
    table.add_column(heading)
    table.add_column("Phút / minutes", justify="right")
    table.add_column("Thời gian làm việc / working time")
    for part in parts:
        holder = part["names"]["holder"]
        table.add_row(
            f"{escape(holder['vi'])}\n[dim]{escape(holder['en'])}[/dim]",
            number(part["minutes"]),
            _words(part),
        )
    screen.print(table)


def _words(timed: dict[str, Any]) -> str:
    words = timed.get("time", timed)
    return f"{words['vi']} / {words['en']}"
