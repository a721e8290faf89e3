"""How the command line shows a request: who was asked, with its figure, and what it answered."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from deploy.cli.output import print_json, screen
from services.statistics.papers.numbers import day
from shared.clock import local_text

STATES = {
    "open": "chờ trả lời / open",
    "overdue": "quá hạn / overdue",
    "answered": "đã trả lời / answered",
    "consolidated": "đã tổng hợp / consolidated",
    "withdrawn": "đã thu hồi / withdrawn",
}


def show_request(standing: dict[str, Any], *, json_: bool) -> None:
    """Print how a request stands."""
    if json_:
        print_json(standing)
        return
    screen.print(f"[bold]{standing['reference']}[/bold]  {standing['subject']}", highlight=False)
    screen.print(
        f"{standing['issuer']}, hạn / due {day(standing['due_on'])}: {STATES[standing['state']]}"
        f"   [dim]{standing['request']}[/dim]",
        highlight=False,
    )
    table = Table(box=None, header_style="bold")
    for heading in (
        "Cơ quan\nagency",
        "Số liệu\nfigure",
        "Chỉ tiêu\ntarget",
        "Trả lời\nanswered",
        "Đề xuất\nproposed",
        "",
    ):
        table.add_column(heading)
    for part in standing["addressees"]:
        answered = part.get("answered_at")
        proposed = (part.get("proposal") or {}).get("percent")
        table.add_row(
            part["agency"],
            part["figure"] or "—",
            part["target"] or "—",
            local_text(answered) if answered else "—",
            proposed or "—",
            part.get("decision", ""),
        )
    screen.print(table)
