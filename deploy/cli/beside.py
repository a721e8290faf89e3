"""How the demo shows a scenario beside its source: title, behaviours, what the source prints wrongly, the pace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from rich.table import Table

from deploy.behaviours import Behaviours
from deploy.cli.output import screen
from deploy.play.scenario import Scenario
from services.statistics.papers.numbers import number


def print_title(scenario: Scenario) -> None:
    """Print what is played."""
    screen.print(f"\n[bold]{scenario.title['vi']}[/bold]\n{scenario.title['en']}", highlight=False)


def mark(*, good: bool, signs: str = "=≠") -> str:
    """Return a sign for what is as the source has it, or is not."""
    return f"[green]{signs[0]}[/green]" if good else f"[red]{signs[1]}[/red]"


def print_behaviours(behaviours: Behaviours) -> None:
    """Print each behaviour with what was seen."""
    table = Table(box=None, header_style="bold")
    table.add_column("Hành vi\nbehaviour")
    table.add_column("Thấy\nseen", overflow="fold")
    table.add_column("")
    for one in behaviours.each:
        table.add_row(f"{one.vi}\n[dim]{one.en}[/dim]", one.found, mark(good=one.holds, signs="✓✗"))
    screen.print(table)


def print_inconsistencies(vi: str, en: str, found: Iterable[Mapping[str, str]]) -> None:
    """Print what the source prints, what is right, and by how much they differ; nothing when all fits."""
    lines = list(found)
    if lines:
        screen.print(f"\n[bold]{vi} / {en}[/bold]")
    for one in lines:
        printed, right, difference = (as_people_write(one[key]) for key in ("printed", "right", "difference"))
        screen.print(f"- {one['vi']} / {one['en']}: {printed} → {right} ({difference})", highlight=False)


def as_people_write(text: str) -> str:
    """Return a number as people in Viet Nam write it, with the sign it came with; other text as it is."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return f"{'+' if text.startswith('+') else ''}{number(value)}"


def print_pace(events: int, seconds: float) -> None:
    """Print how many events there were, and how many in a second."""
    rate = number(round(events / seconds)) if seconds else "0"
    took = number(Decimal(f"{seconds:.1f}"))
    screen.print(f"{number(events)} sự kiện / events, {took} s ({rate}/s)", highlight=False)
