"""How the demo shows a scenario whose units are ranked: its behaviours, and the ranking."""

from __future__ import annotations

from rich.table import Table

from deploy.cli.beside import as_people_write, print_behaviours, print_pace, print_title
from deploy.cli.output import screen
from deploy.ranked import Ranked


def show(ranked: Ranked) -> None:
    """Print each behaviour with what was seen, and the ranking level by level."""
    print_title(ranked.scenario)
    print_behaviours(ranked.behaviours)
    places = Table(box=None, header_style="bold")
    for heading in ("Cấp\nlevel", "Hạng\nrank", "Đơn vị\nunit", "Điểm\npoints"):
        places.add_column(heading)
    for row in ranked.ranking:
        if row["rank"]:
            level, unit = (row["names"][key]["vi"] for key in ("level", "unit"))
            places.add_row(
                level,
                str(row["rank"]),
                unit,
                f"{as_people_write(row['points'])}/{as_people_write(row['covered'])}",
            )
    screen.print(places)
    print_pace(ranked.events, ranked.seconds)
