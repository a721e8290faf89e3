"""The verb routing lint: what is wrong with process definitions, before any dossier follows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson
from rich.markup import escape
from rich.table import Table

from deploy.cli.output import as_json, print_json, screen
from deploy.cli.routing.files import read_file
from services.routing.rules.lint import ERROR, Finding, lint_areas
from services.routing.rules.lint import lint as lint_definition
from services.routing.rules.structure import Registry, smallest_areas
from services.routing.schemas import read_reference
from shared.errors import RefusedError

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--procedures", type=_FILE, help="Thủ tục, có thời hạn / procedures, with their limits.")
@click.option("--agencies", type=_FILE, help="Cơ quan: kiểm tra từng địa bàn / agencies: check every area.")
@click.option(
    "--competences",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Thẩm quyền, dùng với --agencies / with --agencies: who is competent.",
)
@click.option(
    "--area",
    "within",
    multiple=True,
    help="Chỉ các địa bàn thuộc đây / with --agencies: only areas in this one; repeatable.",
)
@as_json
def lint(
    files: tuple[Path, ...],
    procedures: Path | None,
    agencies: Path | None,
    competences: Path | None,
    within: tuple[str, ...],
    json_: bool,  # noqa: FBT001
) -> None:
    """Kiểm tra định nghĩa quy trình / check process definitions: one or a list of them in each of FILES.

    Needs no running system. Exit status 1 when there is an error; warnings alone leave it at 0.
    """
    limits = {one["procedure"]: one for one in _listed(read_file(procedures))} if procedures else {}
    register = _listed(read_file(agencies)) if agencies else []
    competent = _listed(read_file(competences)) if competences else []
    areas = smallest_areas({one["area"] for one in register if one.get("area")}, within)
    found = [
        {
            "file": str(file),
            "process": str(definition.get("process")),
            "version": definition.get("version"),
            **one.state(),
        }
        for file in files
        for definition in _listed(read_file(file))
        for one in _findings(definition, limits, (register, competent), areas)
    ]
    if json_:
        print_json({"findings": found})
    else:
        _show(found)
    raise SystemExit(1 if any(one["level"] == ERROR for one in found) else 0)


def _listed(value: Any) -> list[dict[str, Any]]:
    many = value if isinstance(value, list) else [value]
    return [one if isinstance(one, dict) else {} for one in many]


def _findings(
    definition: dict[str, Any],
    limits: Mapping[str, Any],
    structure: tuple[list[dict[str, Any]], list[dict[str, Any]]],
    areas: Sequence[str],
) -> Iterable[Finding]:
    try:
        (read,) = read_reference(orjson.dumps({"processes": [definition]}))["processes"]
    except RefusedError as error:
        details = error.details()
        yield Finding(details["code"], ERROR, None, details["title_vi"], details["title"])
        return
    procedure = limits.get(read["procedure"], {})
    yield from lint_definition(read, procedure.get("limit"), procedure.get("limits") or ())
    register, competent = structure
    if register:
        known = read_reference(orjson.dumps({"agencies": register, "competences": competent}))
        registry = Registry.of(known["agencies"], competences=known["competences"])
        yield from lint_areas(read, registry.at(read["valid_from"]), areas)


def _show(found: list[dict[str, Any]]) -> None:
    if not found:
        screen.print("Không thấy lỗi nào / nothing found.")
        return
    table = Table(box=None, header_style="bold")
    for heading in ("Quy trình\nprocess", "Công đoạn\nleg", "Mã\ncode", "Vấn đề\nfinding"):
        table.add_column(heading, overflow="fold")
    for one in found:
        colour = "red" if one["level"] == ERROR else "yellow"
        table.add_row(
            f"{one['process']} {one['version']}",
            str(one["leg"] or ""),
            f"[{colour}]{one['code']}[/{colour}]",
            f"{escape(one['vi'])}\n[dim]{escape(one['en'])}[/dim]",
        )
    screen.print(table)
