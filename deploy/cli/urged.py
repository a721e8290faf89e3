"""How the demo shows a scenario that is judged by behaviours: each beside what was seen."""

from __future__ import annotations

from deploy.cli.beside import print_behaviours, print_pace, print_title
from deploy.cli.output import screen
from deploy.urging import Urged
from services.statistics.papers.numbers import day, number


def show(urged: Urged) -> None:
    """Print each behaviour with what was seen, and who has not answered what."""
    print_title(urged.scenario)
    print_behaviours(urged.behaviours)
    names = {agency["agency"]: agency["name"]["vi"] for agency in urged.scenario.agencies}
    screen.print("\n[bold]Quá hạn chưa trả lời, đến 10/04/2020 / late and unanswered by 10 April 2020[/bold]")
    for late in urged.unanswered:
        screen.print(
            f"{names.get(late['agency'], late['agency'])}: {late['reference']}, hạn / due {day(late['due_on'])},"
            f" quá / late {number(late['days_late'])} ngày / days",
            highlight=False,
        )
    print_pace(urged.events, urged.seconds)
