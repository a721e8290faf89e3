"""The verb routing explain: which agencies a dossier would pass, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from deploy.cli.output import as_json, errors, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.routing.files import content_key, read_file
from shared.clock import local_text

DIRECTIONS = {
    "up": "lên / up",
    "down": "xuống / down",
    "peer": "cùng cấp / peer",
    "inside": "nội bộ / inside",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--steps", is_flag=True, help="Cách tính từng hạn / how each due time is counted.")
@on_a_system
@as_json
def explain(file: Path, steps: bool, folder: Path, embedded: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Hồ sơ sẽ qua cơ quan nào, vì sao / which agencies a dossier would pass, and why, or why none.

    FILE (YAML or JSON) states it as the desk would: procedure, desk, received_at, and where they matter
    area, channel, applicant_kind, applicant_agency, remote, facts. Nothing is recorded. Due times are those
    of a dossier whose every leg takes its whole term.
    """
    log_to_stderr(30)
    dossier = read_file(file)
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("routing").post("/v1/explanations", dossier, content_key("explain", dossier))
    if json_:
        print_json(found)
    else:
        _show(found, steps=steps)


def _show(found: dict[str, Any], *, steps: bool) -> None:
    trial = " (thử nghiệm / on trial)" if found["trial"] else ""
    screen.print(
        f"[bold]{found['procedure']}[/bold]  {found['process']} {found['version']}{trial}"
        f"  {found['desk']}  {found['area'] or ''}  {local_text(found['received_at'])}",
        highlight=False,
    )
    if found["facts_not_asked"]:
        names = ", ".join(found["facts_not_asked"])
        errors.print(
            f"[yellow]quy trình không xét / the process does not look at:[/yellow] {escape(names)}",
            highlight=False,
        )
    table = Table(box=None, header_style="bold")
    for heading in ("", "Công đoạn / leg", "Cơ quan / agency", "Từ / from", "Hạn / due"):
        table.add_column(heading, overflow="fold")
    for leg in found["legs"]:
        _row(table, leg, steps=steps)
    screen.print(table)


def _row(table: Table, leg: dict[str, Any], *, steps: bool) -> None:
    name, agency = leg["name"], leg["agency_name"]
    if leg["skipped"]:
        table.add_row(
            f"[dim]{leg['number']}[/dim]", _both(name), _both({"vi": leg["skipped_vi"], "en": leg["skipped"]})
        )
        return
    table.add_row(
        str(leg["number"]),
        _both(name),
        f"{leg['agency']} {escape(agency['vi'])}\n[dim]{DIRECTIONS[leg['direction']]}; {escape(leg['reason_vi'])}"
        f"\n{escape(leg['reason'])}[/dim]",
        _at(leg.get("opens_at")),
        _at(leg.get("due_at")),
    )
    for step in leg.get("steps", ()) if steps else ():
        table.add_row("", Padding(_both(step), (0, 0, 0, 2)))


def _both(words: dict[str, str]) -> str:
    return f"{escape(words['vi'])}\n[dim]{escape(words['en'])}[/dim]"


def _at(moment: str | None) -> str:
    return local_text(moment) if moment else "—"
