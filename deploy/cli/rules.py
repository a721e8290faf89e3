"""The verbs rules check, adopt, show and list: sets of rules by which units are scored and ranked."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from rich.table import Table

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.rule_files import read_rule_file
from deploy.cli.rule_set_shown import chosen, print_rule_set
from services.statistics.papers.numbers import day
from shared.clock import VIETNAM, SystemClock, from_text, local_text

_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


def _moment(context: click.Context, option: click.Parameter, value: str | None) -> datetime | None:
    try:
        return from_text(value) if value else None
    except ValueError:
        reason = f"{value!r}: cần giờ RFC 3339 / an RFC 3339 time is needed, such as 2025-07-01T08:00+07:00"
        raise click.BadParameter(reason, context, option) from None


@click.group()
def rules() -> None:
    """Bộ tiêu chí chấm điểm / sets of rules, as files; some lie in deploy/rule-sets."""


@rules.command()
@_FILE
@on_a_system
@as_json
def check(file: Path, folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Kiểm tra tệp / say whether a file could be adopted, and what is wrong with it."""
    found = _sent(file, "/v1/rule-sets/check", folder, embedded)
    if json_:
        print_json(found)
    else:
        screen.print(
            f"Dùng được / it can be adopted: {found['rule_set']} {found['version']}, {found['indicators']} chỉ số"
        )


@rules.command()
@_FILE
@on_a_system
@as_json
def adopt(file: Path, folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Ban hành / adopt it, signed; from its first day on units are scored by it."""
    found = _sent(file, "/v1/rule-sets", folder, embedded)
    if json_:
        print_json(found)
    else:
        name = f"{found['rule_set']} {found['version']}"
        screen.print(f"Đã ban hành / adopted: {name}, SHA-256 {found['digest']}", highlight=False)


@rules.command()
@click.argument("name")
@click.option("--version", type=int, help="Phiên bản / the version; else the one in force.")
@click.option(
    "--day",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Có hiệu lực ngày này / in force on that day; else today.",
)
@click.option(
    "--as-of", metavar="TIME", callback=_moment, help="Ban hành đến lúc này / adopted by this RFC 3339 time."
)
@on_a_system
@as_json
def show(
    name: str,
    version: int | None,
    on: datetime | None,
    as_of: datetime | None,
    folder: Path,
    embedded: Path | None,
    *,
    json_: bool,
) -> None:
    """Xem một bộ tiêu chí / one set of rules as it was adopted: that in force on a day, or a version."""
    today = SystemClock().now().astimezone(VIETNAM)
    found = chosen(_adopted(folder, embedded), name, version, (on or today).date(), as_of)
    if json_:
        print_json(found)
    else:
        print_rule_set(found)


@rules.command("list")
@on_a_system
@as_json
def list_(folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Liệt kê / what was adopted."""
    found = _adopted(folder, embedded)
    if json_:
        print_json(found)
        return
    table = Table(box=None, header_style="bold")
    for heading in ("Bộ tiêu chí\nrules", "Tên\nname", "Hiệu lực\nin force", "Ban hành\nadopted"):
        table.add_column(heading, overflow="fold")
    for one in found:
        until = day(one["valid_to"]) if one["valid_to"] else "…"
        adopted = f"{local_text(one['adopted_at'])}, {one['adopted_by']}"
        name, period = one["content"]["name"]["vi"], f"{day(one['valid_from'])} – {until}"
        table.add_row(f"{one['rule_set']} {one['version']}", name, period, adopted)
    screen.print(table)


def _sent(file: Path, door: str, folder: Path, embedded: Path | None) -> dict[str, Any]:
    """Return what a door says of a file. Ends the process when it cannot be read, or is refused."""
    log_to_stderr(30)
    content = read_rule_file(file)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        found: dict[str, Any] = client.post(door, content, f"cli/{uuid4()}")
    return found


def _adopted(folder: Path, embedded: Path | None) -> list[dict[str, Any]]:
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        found: list[dict[str, Any]] = client.get("/v1/rule-sets")["rule_sets"]
    return found
