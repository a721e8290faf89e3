"""One set of rules as it was adopted: which one is meant, and how people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

from deploy.cli.output import fail, screen
from services.statistics.papers.numbers import day
from shared.clock import from_text, local_text

_HEADINGS = ("Chỉ số\nindicator", "Tên\nname", "Điểm\npoints", "Công thức\nformula", "Mức\nfrom")


def chosen(
    adopted: Sequence[Mapping[str, Any]], name: str, version: int | None, on: date, as_of: datetime | None
) -> Mapping[str, Any]:
    """Return the version asked for, else the highest in force on a day, of those adopted by a moment (None: by now).

    Ends the process when there is none.
    """
    found = [
        one
        for one in adopted
        if one["rule_set"] == name and (as_of is None or from_text(one["adopted_at"]) <= as_of)
    ]
    if version is not None:
        found = [one for one in found if one["version"] == version]
    else:
        found = [one for one in found if one["valid_from"] <= str(on) <= (one["valid_to"] or "9999-12-31")]
    if not found:
        names = ", ".join(dict.fromkeys(one["rule_set"] for one in adopted)) or "–"
        vi = f"không có bộ tiêu chí {name} như vậy; đã ban hành: {names}"
        fail(vi, f"there is no such set of rules {name}; adopted were: {names}", 2)
    return max(found, key=lambda one: int(one["version"]))


def print_rule_set(one: Mapping[str, Any]) -> None:
    """Print a set of rules: since when, by whom, and each indicator with its formula and notes."""
    content = one["content"]
    until = day(one["valid_to"]) if one["valid_to"] else "…"
    said = (
        f"{one['rule_set']} {one['version']}: {content['name']['vi']} / {content['name']['en']}",
        f"Căn cứ / basis: {content['basis']}",
        f"Hiệu lực / in force: {day(one['valid_from'])} – {until}",
        f"Ban hành / adopted: {local_text(one['adopted_at'])}, {one['adopted_by']}",
        f"SHA-256 {one['digest']}",
    )
    for line in said:
        screen.print(escape(line), highlight=False)
    for group in content["groups"]:
        screen.print(escape(f"\n{group['id']}. {group['name']['vi']} / {group['name']['en']}"), style="bold")
        table = Table(box=None, header_style="bold")
        for heading in _HEADINGS:
            table.add_column(heading, overflow="fold")
        for indicator in group["indicators"]:
            table.add_row(*(escape(cell) for cell in _cells(indicator)))
        screen.print(table)
    if content["entered"]:
        screen.print("\nDo đơn vị nhập / entered by units:", style="bold")
    for figure in content["entered"]:
        names = figure["name"]
        screen.print(escape(f"  {figure['figure']}: {names['vi']} / {names['en']}"), highlight=False)


def _cells(indicator: Mapping[str, Any]) -> tuple[str, ...]:
    name, note = indicator["name"], indicator.get("note")
    named = f"{name['vi']} / {name['en']}" + (f"\n({note['vi']} / {note['en']})" if note else "")
    steps = [f"≥ {step['at_least']} %: {step['points']}" for step in indicator.get("steps") or ()]
    levels = "\n".join(steps) or (f"≥ {indicator['threshold']} %" if indicator.get("threshold") else "100 %")
    return (
        indicator["id"],
        named,
        indicator["max"],
        f"{indicator['numerator']} / {indicator['denominator']}",
        levels,
    )
