"""The verbs routing agencies export and import: the register as files, a difference shown first."""

from __future__ import annotations

import csv
import io
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import orjson
import yaml
from rich.table import Table

from deploy.cli.output import as_json, confirm, errors, explain, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.routing.files import content_key, read_file
from services.routing.rules.structure import day_of
from services.routing.schemas import read_reference
from shared.errors import INVALID, RefusedError

COLUMNS = (
    "agency", "name_vi", "name_en", "level", "category", "kind", "parent", "area", "vertical", "code", "connected",
    "remote", "hours", "contact", "valid_from",
)  # fmt: skip
_FLAGS = ("vertical", "connected", "remote")
_WORDS = {True: "yes", False: "no"}
_MEANT = {word: flag for flag, word in _WORDS.items()}


@click.group()
def agencies() -> None:
    """Danh mục cơ quan / the register of agencies."""


@agencies.command("export")
@click.option("--format", "format_", type=click.Choice(("yaml", "csv")), default="yaml", show_default=True)
@click.option("--as-of", metavar="TIME", help="Tại thời điểm / as of this RFC 3339 time; else now.")
@on_a_system
def export(format_: str, as_of: str | None, folder: Path, embedded: Path | None) -> None:
    """Xuất danh mục / write the register to standard output."""
    log_to_stderr(30)
    query = {"as_of": as_of} if as_of else {}
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("routing").get("/v1/agencies", **query)["agencies"]
    # Taken in elsewhere, agencies that have ended would live again: a file holds those in being.
    facts = [
        {name: one[name] for name in one if name in _KNOWN and one[name] is not None}
        for one in found
        if not one.get("end")
    ]
    if len(facts) < len(found):
        ended = len(found) - len(facts)
        errors.print(f"Không xuất {ended} cơ quan đã kết thúc / left out: {ended} that have ended")
    sys.stdout.write(as_csv(facts) if format_ == "csv" else as_yaml(facts))


@agencies.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Chỉ xem / only show the difference.")
@click.option("--yes", is_flag=True, help="Không hỏi lại / do not ask.")
@on_a_system
@as_json
def import_(
    file: Path,
    dry_run: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Nhập danh mục từ FILE (.yaml, .json, .csv) / take in agencies from FILE.

    First shows what would be new or change, and what would be refused: then nothing is taken in, and the exit
    status is 1. Agencies that FILE does not name stay as they are.
    """
    log_to_stderr(30)
    wanted = _read(file)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("routing")) as routing:
        asked = {"agencies": wanted}
        found = routing.post("/v1/reference/differences", asked, content_key("differences", asked))
        changes, refusals = found["changes"], found["refusals"]
        if json_:
            print_json({"changes": changes, "refusals": refusals})
        else:
            _show(changes, refusals)
        if refusals:
            raise SystemExit(1)
        if dry_run or all(change["change"] == "unchanged" for change in changes):
            return
        confirm(yes=yes, json=json_)
        routing.put("/v1/reference", asked, content_key("agencies", asked))


def as_yaml(facts: list[dict[str, Any]]) -> str:
    """Return agencies as YAML that `import` reads."""
    return yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)


def as_csv(facts: list[dict[str, Any]]) -> str:
    """Return agencies as CSV that `import` reads."""
    out = io.StringIO()
    rows = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    rows.writeheader()
    for one in facts:
        flat = {**one, "name_vi": one["name"]["vi"], "name_en": one["name"]["en"]}
        flat |= {flag: _WORDS[one[flag]] for flag in _FLAGS if flag in one}
        flat["hours"] = " ".join("-".join(interval) for interval in one.get("hours") or ())
        rows.writerow({name: flat.get(name, "") for name in COLUMNS})
    return out.getvalue()


def from_csv(text: str) -> list[dict[str, Any]]:
    """Return the agencies of a CSV text. Raises RefusedError with `invalid` for a column that is none."""
    agencies = []
    rows = csv.DictReader(io.StringIO(text))
    if unknown := [name for name in rows.fieldnames or () if name not in COLUMNS]:
        reason = f"unknown column {', '.join(unknown)}; there are {', '.join(COLUMNS)}"
        raise RefusedError(INVALID, field="agencies", reason=reason)
    for row in rows:
        facts: dict[str, Any] = {name: value for name, value in row.items() if value and name in _KNOWN}
        facts["name"] = {"vi": row.get("name_vi", ""), "en": row.get("name_en", "")}
        # What is not stated stays so, and what is neither yes nor no is refused as it stands.
        facts |= {flag: _MEANT.get(facts[flag], facts[flag]) for flag in _FLAGS if flag in facts}
        if row.get("hours"):
            facts["hours"] = [interval.split("-") for interval in row["hours"].split()]
        agencies.append(facts)
    return agencies


_REFUSED = "[red]bị từ chối / refused[/red]"
_KNOWN = frozenset({*COLUMNS, "name"}) - {"name_vi", "name_en"}


def _read(file: Path) -> list[dict[str, Any]]:
    """Return the agencies of a file as routing would take them in; ends the verb when it would not."""
    try:
        facts = from_csv(file.read_text("utf-8-sig")) if file.suffix == ".csv" else read_file(file)
        wanted: list[dict[str, Any]] = read_reference(orjson.dumps({"agencies": facts}))["agencies"]
    except (UnicodeDecodeError, csv.Error) as error:
        fail(f"không đọc được {file}", f"{file} cannot be read: {error}", status=2)
    except RefusedError as error:
        details = error.details()
        fail(f"{details['code']}: {details['title_vi']}", f"{details['code']}: {details['title']}")
    return wanted


def _show(changes: list[dict[str, Any]], refusals: list[dict[str, Any]]) -> None:
    table = Table(box=None, header_style="bold")
    for heading in ("Cơ quan\nagency", "Từ\nfrom", "", "Trường\nfield", "Hiện tại\nnow", "Sẽ là\nwill be"):
        table.add_column(heading, overflow="fold")
    words = {
        "added": "mới / new",
        "changed": "đổi / changed",
        "conflicting": _REFUSED,
    }
    refused = {(one["agency"], one["valid_from"]) for one in refusals}
    told = [change for change in changes if change["change"] in words]
    for change in told:
        word = _REFUSED if (change["agency"], change["valid_from"]) in refused else words[change["change"]]
        head = (change["agency"], day_of(change["valid_from"]), word)
        for field in change["fields"] or [{"field": "", "before": "", "after": ""}]:
            table.add_row(*head, field["field"], _said(field["before"]), _said(field["after"]))
            head = ("", "", "")
    screen.print(table)
    screen.print(f"{len(changes) - len(told)} không đổi / unchanged", highlight=False)
    for one in refusals:
        who = f"{one['agency']} ({day_of(one['valid_from'])}): {one['code']}"
        explain(f"{who}: {one['vi']}", f"{who}: {one['en']}")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()
