"""The verbs rules check, adopt and list: sets of rules by which units are scored and ranked."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import yaml
from rich.table import Table

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from services.statistics.papers.numbers import day
from shared.clock import local_text

LARGEST_FILE = 1 << 20
_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group()
def rules() -> None:
    """Bộ tiêu chí chấm điểm / sets of rules, as files; some lie in deploy/rule-sets."""


@rules.command()
@_FILE
@on_a_system
@as_json
def check(file: Path, folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Kiểm tra tệp / say whether a file could be adopted, and what is wrong with it."""
    log_to_stderr(30)
    content = _read(file)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        found = client.post("/v1/rule-sets/check", content, f"cli/{uuid4()}")
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
    log_to_stderr(30)
    content = _read(file)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        found = client.post("/v1/rule-sets", content, f"cli/{uuid4()}")
    if json_:
        print_json(found)
    else:
        name = f"{found['rule_set']} {found['version']}"
        screen.print(f"Đã ban hành / adopted: {name}, SHA-256 {found['digest']}", highlight=False)


@rules.command("list")
@on_a_system
@as_json
def list_(folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Liệt kê / what was adopted."""
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        found: list[dict[str, Any]] = client.get("/v1/rule-sets")["rule_sets"]
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


def _read(file: Path) -> Any:
    """Return a file's content as JSON has it. Ends the process when it is no YAML."""
    if file.stat().st_size > LARGEST_FILE:
        fail(f"{file} quá lớn", f"{file} is too large", 2)
    try:
        text = file.read_text(encoding="utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            fail(f"{file} dùng bí danh YAML (*)", f"{file} has YAML aliases (*): rules are written out", 2)
        content = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        fail(f"{file} không phải YAML: {error}", f"{file} is no YAML: {error}", 2)
    return json.loads(json.dumps(content, default=str))
