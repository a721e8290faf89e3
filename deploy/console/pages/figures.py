"""The dashboard: the province and its levels at a glance, whole or for one procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.legs import address_of
from deploy.console.pages.looking import in_path
from deploy.console.pages.measuring import (
    TONES,
    Row,
    chosen_rules,
    heat,
    judged,
    measured,
    or_why_not,
    rule_sets,
    sum_of,
    units_by_level,
)
from deploy.console.periods import Period

LEVELS = ("province", "district", "commune", "vertical", "")
"""In the order in which they are shown; the last is of whatever no agency is known to answer for."""
WAITS = 12
"""So many hand-overs between units are shown, those with most legs."""
_YEARS_BACK = 9


@or_why_not
def province(asking: Asking) -> Response:
    """The province at a glance."""
    return _place(asking, None)


@or_why_not
def level(asking: Asking, level: str) -> Response:
    """One level at a glance: its sums, and its units in order of what is measured."""
    if level not in LEVELS or not level:
        raise NotFound
    return _place(asking, level)


def choose(asking: Asking) -> Response:
    """Lead to the unit or level that was chosen, for the procedure that was chosen."""
    words = asking.request.args
    period = Period.of(words)
    unit, level = words.get("unit", "").strip(), words.get("level", "")
    if unit:
        return redirect(period.address(f"/figures/units/{in_path(unit)}"), 303)
    return redirect(
        period.address(f"/figures/levels/{level}" if level in LEVELS and level else "/figures"), 303
    )


def _place(asking: Asking, level: str | None) -> Response:
    period = Period.of(asking.request.args)
    rules = rule_sets(asking)
    measure, others = measured(asking, rules, period)
    units = asking.get("statistics", "/v1/reports/resolution", by="unit", **period.narrowed)
    of_level = {"level": level} if level else {}
    online = asking.get("statistics", "/v1/reports/online", by="unit", **period.narrowed, **of_level)
    tiles = units_by_level(asking, period, measure, units["rows"], online["rows"], rules)
    shown = {one: tiles[one] for one in LEVELS if one in tiles and level in (None, one)}
    total = sum_of(one for of_level in shown.values() for one in of_level)
    return asking.render(
        "figures.html",
        feed=feed_of(period, "ranking", chosen_rules(asking, rules))
        if measure == "score"
        else feed_of(period),
        position=units["ledger_sequence"],
        period=period,
        path_=f"/figures/levels/{level}" if level else "/figures",
        level=level,
        choices=choices(asking, units["rows"], period),
        total=total,
        as_of=units["as_of"],
        online=online["total"],
        targets=online["units"],
        months=months_of(asking, period, level),
        measure=measure,
        measures=others,
        steps=TONES[measure],
        tiles=shown,
        in_order=in_order(shown.get(level or "", []) if level else []),
        years=[] if shown else _years(asking, period),
        **_hands(asking, period),
    )


def _hands(asking: Asking, period: Period) -> dict[str, Any]:
    """Return how dossiers go from level to level, and where they wait; of the chosen procedure."""
    flows = asking.get("statistics", "/v1/reports/flows", by="level", **period.narrowed)["rows"]
    waits = asking.get("statistics", "/v1/reports/flows", by="unit", **period.narrowed)["rows"]
    return {
        "legs_of": partial(address_of, period),
        "flows": flows,
        "matrix": matrix(flows),
        "waits": [
            {**row, "heat": heat(row["median"]), "heat_most": heat(row["nine_of_ten"])}
            for row in waits[:WAITS]
        ],
    }


def matrix(flows: Sequence[Row]) -> dict[str, Any]:
    """Return the hand-overs between levels as a table: who hands down the side, who takes over along the top."""
    names = {row[end]: row["names"].get(end) for row in flows for end in ("from", "to")}
    cells: dict[tuple[str, str], Row] = {}
    for row in flows:
        key = row["from"], row["to"]
        # Of several directions between the same two levels the one with most legs tells of the wait.
        if key not in cells or row["legs"] > cells[key]["legs"]:
            cells[key] = row
    sides = ["", *LEVELS[:-1]]
    return {
        "down": [(one, names[one]) for one in sides if any(row["from"] == one for row in flows)],
        "along": [(one, names[one]) for one in sides if any(row["to"] == one for row in flows)],
        "cells": {key: {**row, "heat": heat(row["median"])} for key, row in cells.items()},
    }


def months_of(asking: Asking, period: Period, level: str | None) -> list[dict[str, Any]]:
    """Return the sums month by month, of the province or of a level."""
    words = {**period.narrowed, "by": "month", **({"level": level} if level else {})}
    return [judged(row) for row in asking.get("statistics", "/v1/reports/resolution", **words)["rows"]]


def in_order(units: Sequence[Row]) -> list[dict[str, Any]]:
    """Return units by what is measured, the best first, each with its place; equals share theirs.

    Those without data stand last and have no place.
    """
    known = sorted(
        (one for one in units if one["share"] is not None),
        key=lambda one: (-float(one["share"]), -one["received_total"]),
    )
    shares = [one["share"] for one in known]
    placed = [{**one, "place": shares.index(one["share"]) + 1} for one in known]
    return placed + [{**one, "place": None} for one in units if one["share"] is None]


def feed_of(period: Period, report: str = "resolution", more: Mapping[str, str] | None = None) -> str:
    """Return where a page hears that its figures changed; nothing as of a moment that is past."""
    return "" if period.as_of else period.address(f"/figures/feeds/{report}", **(more or {}))


def choices(asking: Asking, rows: Sequence[Row], period: Period) -> dict[str, Any]:
    """Return what a page can be narrowed to: units by level, and procedures; of those with dossiers."""
    procedures = asking.get("statistics", "/v1/reports/resolution", by="procedure", **period.query)["rows"]
    units: dict[str, list[Row]] = {}
    for row in rows:
        if row["unit"]:
            units.setdefault(row["level"] or "", []).append(row)
    return {
        "units": {one: units[one] for one in LEVELS if one in units},
        "procedures": [row for row in procedures if row["procedure"]],
    }


def _years(asking: Asking, period: Period) -> list[tuple[str, int]]:
    """Return which of the last years have dossiers, and how many were received in each."""
    first = date(period.today.year - _YEARS_BACK, 1, 1)
    words = {"from": first.isoformat(), "to": period.today.isoformat(), "by": "year"}
    rows = asking.get("statistics", "/v1/reports/resolution", **words)["rows"]
    return [(row["year"], row["received_in_period"]) for row in rows if row["received_in_period"]]
