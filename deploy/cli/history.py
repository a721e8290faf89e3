"""The verb history: everything that happened to a dossier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from shared.clock import local_text


@click.command()
@click.argument("code")
@click.option("--as-of", metavar="TIME", help="Chỉ đến thời điểm này / only up to this RFC 3339 time.")
@on_a_system
@as_json
def history(code: str, as_of: str | None, folder: Path, embedded: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Mọi việc đã xảy ra với một hồ sơ, theo thứ tự / everything that happened to a dossier, in order.

    CODE is the dossier's code or its internal id.
    """
    log_to_stderr(30)
    query = {"as_of": as_of} if as_of else {}
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("statistics").get(f"/v1/dossiers/{code}/history", **query)
    if json_:
        print_json(found)
    else:
        print_history(found)


def print_history(found: dict[str, Any]) -> None:
    """Show a history as a table, in Viet Nam time."""
    screen.print(f"[bold]Hồ sơ / dossier {found['code']}[/bold]   {found['dossier']}", highlight=False)
    table = Table(box=None, header_style="bold")
    table.add_column("Lúc / at", no_wrap=True)
    table.add_column("Việc / what", overflow="fold")
    for entry in found["entries"]:
        if entry["type"].endswith(".internal-event"):
            continue  # only its digest travels: there is nothing to read
        table.add_row(local_text(entry["happened_at"]), _said(entry["description"]))
        for detail in entry.get("details", ()):
            table.add_row("", Padding(_said(detail), (0, 0, 0, 3)))
    screen.print(table)


def _said(words: dict[str, str]) -> str:
    return f"{escape(words['vi'])}\n[dim]{escape(words['en'])}[/dim]"
