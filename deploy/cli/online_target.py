"""How the demo shows units against a target: the report's figures beside the letter's."""

from __future__ import annotations

from decimal import Decimal

from rich.table import Table

from deploy.cli.beside import mark, print_inconsistencies, print_pace, print_title
from deploy.cli.output import screen
from deploy.online_target import Held, Standing
from services.statistics.papers.numbers import day, number, per_cent

LEVELS = {
    "province": ("Sở, ban, ngành", "departments"),
    "district": ("Huyện, thành phố", "districts"),
    "commune": ("Xã, phường, thị trấn", "communes"),
}
SHOWN = 8
"""So many units below the target are named; --json has all."""


def show(held: Held) -> None:
    """Print the figures beside the source's, who is below the target, and what in the source does not fit."""
    plan = held.plan
    print_title(held.scenario)
    table = Table(box=None, header_style="bold")
    table.add_column("Số liệu\nfigure")
    count, cut_off = day(plan.counted_until.isoformat()), day(plan.reach_by.isoformat())
    for heading in (
        "Nguồn\nsource",
        f"Ở đây, đến {count}\nhere, by then",
        "",
        f"Trước {cut_off}\nbefore the cut-off",
    ):
        table.add_column(heading, justify="right")
    ratio = held.at_count.ratio
    table.add_row(
        "Tỷ lệ trực tuyến trên đã giải quyết\n[dim]online among resolved[/dim]",
        _per_cent(plan.ratio),
        _per_cent(ratio),
        mark(good=ratio == plan.ratio),
        _per_cent(held.at_cut_off.ratio),
    )
    for level, (vi, en) in LEVELS.items():
        source, found = plan.over[level], held.at_count.over.get(level)
        table.add_row(
            f"{vi} đạt chỉ tiêu\n[dim]{en} that reach the target[/dim]",
            _of(source),
            _of(found),
            mark(good=source == found),
            _of(held.at_cut_off.over.get(level)),
        )
    screen.print(table)
    _below(held, held.at_cut_off)
    print_inconsistencies(
        "Số liệu in trong công văn cần lưu ý", "what the letter prints", held.inconsistencies()
    )
    print_pace(held.events, held.seconds)


def _below(held: Held, standing: Standing) -> None:
    names = {agency["agency"]: agency["name"]["vi"] for agency in held.scenario.agencies}
    screen.print("\n[bold]Chưa đạt khi đến hạn / below the target at the cut-off[/bold]")
    for level, (vi, en) in LEVELS.items():
        units = standing.below.get(level, [])
        more = f"; … (+{len(units) - SHOWN})" if len(units) > SHOWN else ""
        screen.print(
            f"{vi} / {en} ({number(len(units))}): {'; '.join(names[unit] for unit in units[:SHOWN])}{more}",
            highlight=False,
        )


def _per_cent(ratio: str | None) -> str:
    return per_cent(Decimal(ratio) if ratio else None)


def _of(pair: list[int] | None) -> str:
    return "–" if pair is None else f"{number(pair[0])}/{number(pair[1])}"
