"""How the demo shows a scenario that is judged by behaviours: each beside what was seen."""

from __future__ import annotations

from rich.table import Table

from deploy.cli.output import screen
from deploy.urging import Urged
from services.statistics.papers.numbers import day, number


def show(urged: Urged) -> None:
    """Print each behaviour with what was seen, and who has not answered what."""
    title = urged.scenario.title
    screen.print(f"\n[bold]{title['vi']}[/bold]\n{title['en']}", highlight=False)
    table = Table(box=None, header_style="bold")
    table.add_column("Hành vi\nbehaviour")
    table.add_column("Thấy\nseen", overflow="fold")
    table.add_column("")
    for one in urged.behaviours:
        mark = "[green]✓[/green]" if one.holds else "[red]✗[/red]"
        table.add_row(f"{one.vi}\n[dim]{one.en}[/dim]", one.found, mark)
    screen.print(table)
    names = {agency["agency"]: agency["name"]["vi"] for agency in urged.scenario.agencies}
    screen.print("\n[bold]Quá hạn chưa trả lời, đến 10/04/2020 / late and unanswered by 10 April 2020[/bold]")
    for late in urged.unanswered:
        screen.print(
            f"{names.get(late['agency'], late['agency'])}: {late['reference']}, hạn / due {day(late['due_on'])},"
            f" quá / late {number(late['days_late'])} ngày / days",
            highlight=False,
        )
    rate = urged.events / urged.seconds if urged.seconds else 0
    screen.print(
        f"{number(urged.events)} sự kiện / events, {urged.seconds:.1f} s ({rate:,.0f}/s)", highlight=False
    )
