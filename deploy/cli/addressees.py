"""Who is asked: the list of a report as it stands, with what it takes to get the same list again."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.play.client import Client

INDICATORS = ("online",)
"""What has targets and a report that says who is below."""


def below_target(
    statistics: Client, indicator: str, year: int, until: date | None, level: str | None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the units below target, the lowest first, and the question that lists them again. Raises DoorError."""
    last = until or date(year, 12, 31)
    question = {"from": date(year, 1, 1).isoformat(), "to": last.isoformat(), "by": "unit"}
    answer = statistics.get(f"/v1/reports/{indicator}", **question)
    rows = {row["unit"]: row for row in answer["rows"]}
    below = [
        {"agency": unit, "figure": rows[unit]["ratio_resolved"], "target": rows[unit]["target"]}
        for units in answer["units"]
        if level in {None, units["level"]}
        for unit in units["below"]
    ]
    about = {"report": indicator, "question": question, "as_of": answer["as_of"], "indicator": indicator}
    return below, about


def with_late_dossiers(
    statistics: Client, first: date, last: date
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the units with late dossiers in a period and how many each has, the most first. Raises DoorError."""
    question = {"from": first.isoformat(), "to": last.isoformat(), "by": "unit"}
    answer = statistics.get("/v1/reports/resolution", **question)
    late = {
        row["unit"]: row["resolved_late"] + row["in_progress_overdue"]
        for row in answer["rows"]
        if row["unit"]
    }
    asked = [
        {"agency": unit, "figure": str(many)}
        for unit, many in sorted(late.items(), key=lambda one: (-one[1], one[0]))
        if many
    ]
    return asked, {"report": "resolution", "question": question, "as_of": answer["as_of"]}
