"""The verb routing move: dossiers on their way to another version of their process, by decision."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.routing.files import content_key
from deploy.play.client import Client

_PAGE = 500


@click.command()
@click.argument("process")
@click.argument("version", type=click.IntRange(min=1))
@click.option("--basis", help="Căn cứ / the decision that says so; needed to carry it out.")
@click.option("--dry-run", is_flag=True, help="Chỉ xem / only show what would change.")
@on_a_system
@as_json
def move(
    process: str,
    version: int,
    basis: str | None,
    dry_run: bool,  # noqa: FBT001
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Chuyển hồ sơ đang xử lý sang phiên bản khác / move dossiers on their way to VERSION of PROCESS.

    Shows for each dossier what changes. A dossier whose open leg the version does not have stays as it is.
    """
    log_to_stderr(30)
    if not dry_run and not basis:
        fail("cần --basis", "--basis is needed to carry it out; --dry-run only shows", status=2)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("routing")) as routing:
        changes = _preview(routing, process, version)
        moved = 0 if dry_run else _move(routing, process, version, str(basis), changes)
    if json_:
        print_json({"dossiers": changes, "moved": moved})
    else:
        _show(changes, moved)


def _preview(routing: Client, process: str, version: int) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        body = {"version": version, "limit": _PAGE, "after": after}
        page = routing.post(f"/v1/processes/{process}/moves/previews", body, content_key("preview", body))
        changes += page["dossiers"]
        after = page["next"]
        if after is None:
            return changes


def _move(routing: Client, process: str, version: int, basis: str, changes: list[dict[str, Any]]) -> int:
    moved = 0
    possible = [change["dossier"] for change in changes if change["possible"]]
    for start in range(0, len(possible), _PAGE):
        body = {"version": version, "basis": basis, "dossiers": possible[start : start + _PAGE]}
        answer = routing.post(f"/v1/processes/{process}/moves", body, content_key("move", body))
        moved += answer["moved"]
    return moved


def _show(changes: list[dict[str, Any]], moved: int) -> None:
    table = Table(box=None, header_style="bold")
    for heading in (
        "Hồ sơ\ndossier",
        "Từ\nfrom",
        "Đang ở\nat",
        "Thêm\nadded",
        "Bỏ\nremoved",
        "Cơ quan khác\nother agency",
        "Thời hạn khác\nother term",
        "",
    ):
        table.add_column(heading, overflow="fold")
    for change in changes:
        table.add_row(
            change["code"],
            str(change["from_version"]),
            ", ".join(change["at"]),
            ", ".join(change["added"]),
            ", ".join(change["removed"]),
            ", ".join(f"{one['leg']}: {one['before']} → {one['after']}" for one in change["other_agency"]),
            ", ".join(one["leg"] for one in change["other_term"]),
            "" if change["possible"] else "[red]không thể / not possible[/red]",
        )
    screen.print(table)
    screen.print(f"{len(changes)} hồ sơ / dossiers, {moved} đã chuyển / moved", highlight=False)
