"""What pages of figures share: units by what is measured of them, sums of several, and which rules there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any

from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.periods import Period
from deploy.play.client import DoorError
from services.statistics.reports.ratios import percent

TONES = {"in_time": (98, 95, 90, 80), "online": (80, 50, 30, 10), "score": (90, 80, 70, 50)}
"""Shares in per cent from which on a tile has the next better tone, by what is measured."""
PAGE = 500
"""So many dossiers or legs are listed on a page."""
_HEAT = (480, 240, 120, 60)
"""Waits in working minutes from which on a cell is hotter."""

Page = Callable[..., Response]
Row = Mapping[str, Any]


def or_why_not(page: Page) -> Page:
    """Let a page show why its period has no figures, with the picker to choose another."""

    @wraps(page)
    def shown(asking: Asking, **variables: str) -> Response:
        try:
            return page(asking, **variables)
        except DoorError as error:
            if error.code == "unreachable":
                raise
            path, period = asking.request.path, Period.of(asking.request.args)
            return asking.render("figures-refused.html", 422, period=period, path_=path, error=error)

    return shown


def heat(minutes: int | None) -> int:
    """Return how hot a wait is, from 0 to 4."""
    if minutes is None:
        return 0
    return next((4 - at for at, least in enumerate(_HEAT) if minutes >= least), 0)


def tone(ratio: str | None, steps: Sequence[int]) -> str:
    """Return which tone a share has: 1 (best) to 5, `none` where there is none."""
    if ratio is None:
        return "none"
    return str(next((at for at, least in enumerate(steps, start=1) if float(ratio) >= least), len(steps) + 1))


def judged(row: Row) -> dict[str, Any]:
    """Return a row of the report on resolution with its share in time."""
    in_time = row.get("resolved_early", 0) + row.get("resolved_on_time", 0)
    return {**row, "ratio_in_time": percent(in_time, row.get("resolved_total", 0))}


def sum_of(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the sum of rows of the report on resolution, with its share in time: a ratio of sums."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update({key: value for key, value in row.items() if isinstance(value, int)})
    return judged({**_NOTHING, **sums})


_NOTHING = dict.fromkeys(
    (
        "received_total",
        "received_in_period",
        "carried",
        "resolved_total",
        "resolved_late",
        "in_progress_total",
        "in_progress_overdue",
    ),
    0,
)


def rule_sets(asking: Asking) -> list[str]:
    """Return the names of the sets of rules by which units can be scored."""
    found = asking.get("statistics", "/v1/rule-sets")["rule_sets"]
    return list(dict.fromkeys(one["rule_set"] for one in found))


def chosen_rules(asking: Asking, names: Sequence[str]) -> dict[str, str]:
    """Return by which of them, as words for the doors: as the address says it, else the first."""
    asked = asking.request.args.get("rules", "")
    return {"rules": asked if asked in names else names[0]} if names else {}


def measured(asking: Asking, rules: Sequence[str], period: Period) -> tuple[str, list[str]]:
    """Return what units are measured by, as the address says it, and what else they can be."""
    possible = [one for one in TONES if one != "score" or (rules and not period.procedure)]
    asked = asking.request.args.get("measure", "")
    measure = asked if asked in possible else possible[0]
    return measure, [one for one in possible if one != measure]


def units_by_level(
    asking: Asking,
    period: Period,
    measure: str,
    rows: Sequence[Row],
    online: Sequence[Row],
    rules: Sequence[str],
) -> dict[str, list[dict[str, Any]]]:
    """Return the units with dossiers by level, each with the share that is measured, the most dossiers first."""
    of_online = {row["unit"]: row for row in online}
    shares = {unit: row["ratio_resolved"] for unit, row in of_online.items()} if measure == "online" else {}
    if measure == "score":
        words = {**period.query, **chosen_rules(asking, rules)}
        ranked = asking.get("statistics", "/v1/reports/ranking", **words)["rows"]
        shares = {row["unit"]: row["share"] for row in ranked}
    levels: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (-row["received_total"], row["unit"])):
        one = judged(row)
        share = one["ratio_in_time"] if measure == "in_time" else shares.get(row["unit"])
        known = of_online.get(row["unit"], {})
        one |= {"share": share, "tone": tone(share, TONES[measure]), "online": known}
        levels.setdefault(row["level"] or "", []).append(one)
    return levels
