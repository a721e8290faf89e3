"""How the demo shows a scenario whose units are ranked: its behaviours, and the ranking."""

from __future__ import annotations

from rich.table import Table

from deploy.cli.output import screen
from deploy.ranked import Ranked
from services.statistics.papers.numbers import number


def show(ranked: Ranked) -> None:
    """Print each behaviour with what was seen, and the ranking level by level."""
    title = ranked.scenario.title
    screen.print(f"\n[bold]{title['vi']}[/bold]\n{title['en']}", highlight=False)
    table = Table(box=None, header_style="bold")
    table.add_column("Hành vi\nbehaviour")
    table.add_column("Thấy\nseen", overflow="fold")
    table.add_column("")
    for one in ranked.behaviours:
        mark = "[green]✓[/green]" if one.holds else "[red]✗[/red]"
        table.add_row(f"{one.vi}\n[dim]{one.en}[/dim]", one.found, mark)
    screen.print(table)
    places = Table(box=None, header_style="bold")
    for heading in ("Cấp\nlevel", "Hạng\nrank", "Đơn vị\nunit", "Điểm\npoints"):
        places.add_column(heading)
    for row in ranked.ranking:
        if row["rank"]:
            level, unit = (row["names"][key]["vi"] for key in ("level", "unit"))
            places.add_row(level, str(row["rank"]), unit, f"{row['points']}/{row['covered']}")
    screen.print(places)
    rate = ranked.events / ranked.seconds if ranked.seconds else 0
    screen.print(
        f"{number(ranked.events)} sự kiện / events, {ranked.seconds:.1f} s ({rate:,.0f}/s)", highlight=False
    )
