"""The report on online dossiers: the ratio in its three definitions, against the year's target, unit by unit.

`resolved`: online dossiers among those resolved in the period, as provinces report it. `received`: among
those received in the period. `index`: received online with the result issued electronically, among those
received, times the ratio of dossiers synchronised to the national portal (Decision 766/QĐ-TTg, 3.3); without
that ratio, which no dossier yields, there is no figure. Ratios are ratios of sums, never means of ratios.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from services.statistics.reports.answers import PART_NAMES, Answer, Question, terms
from services.statistics.reports.case import calendar
from services.statistics.reports.columns import RECEIVED_IN_PERIOD, RESOLVED, Figure
from services.statistics.reports.periods import PARTS, Period, unit_in
from services.statistics.reports.ratios import missing, percent, reaches
from services.statistics.reports.structure import Structure
from services.statistics.reports.targets import Target, Targets, targets_at
from services.statistics.reports.units import Key, count, structure_at
from shared.persistence.database import Transaction

INDICATOR = "online"
LEVELS = ("province", "district", "commune")
_ONLINE = "d.channel = 'online'"
_ISSUED = "(d.manner = 'online' AND d.handed_back_at < p.cut_at)"

FIGURES = (
    Figure("resolved", "Đã giải quyết", "Resolved", RESOLVED),
    Figure("resolved_online", "Trong đó: trực tuyến", "Of those: online", f"({RESOLVED} AND {_ONLINE})"),
    Figure("received", "Tiếp nhận trong kỳ", "Received in the period", RECEIVED_IN_PERIOD),
    Figure(
        "received_online",
        "Trong đó: trực tuyến",
        "Of those: online",
        f"({RECEIVED_IN_PERIOD} AND {_ONLINE})",
    ),
    Figure(
        "issued_online",
        "Tiếp nhận trực tuyến, đã trả kết quả điện tử",
        "Received online, result issued electronically",
        f"({RECEIVED_IN_PERIOD} AND {_ONLINE} AND {_ISSUED})",
    ),
)
_RATIOS = (
    ("ratio_resolved", "Tỷ lệ trực tuyến trên đã giải quyết (%)", "Online among resolved (%)"),
    ("ratio_received", "Tỷ lệ trực tuyến trên tiếp nhận (%)", "Online among received (%)"),
    ("ratio_index", "Tỷ lệ theo Bộ chỉ số 766, mục 3.3 (%)", "As in index 766, 3.3 (%)"),
)
_AIMS = (
    ("target", "Chỉ tiêu (%)", "Target (%)"),
    ("reached", "Đạt chỉ tiêu", "Target reached"),
    ("missing", "Còn cần (hồ sơ trực tuyến)", "Online dossiers still needed"),
)
_BY = {"unit": ("Đơn vị", "Unit"), "level": ("Cấp", "Level"), **PART_NAMES}
DIMENSIONS = tuple(_BY)


def online(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    cut, day = periods[-1].cut_at, date.fromisoformat(periods[-1].as_of_date)
    structure = structure_at(tx, version, cut)
    targets = targets_at(tx, version, INDICATOR, question.last.year, cut)
    counted = count(
        tx,
        version,
        periods,
        structure,
        question.structure,
        FIGURES,
        question.trial,
        procedure=question.procedure,
    ).of_level(question.level, structure)
    groups: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for key, figures in counted.sums.items():
        groups[_group(question.by, key, structure)].update(figures)
    rows = [_row(question.by, group, sums, structure, targets) for group, sums in sorted(groups.items())]
    total = sum(counted.sums.values(), Counter())
    aim = targets.of_level(question.level) if question.level else targets.of_province()
    by_unit: dict[str, Counter[str]] = defaultdict(Counter)
    for key, figures in counted.sums.items():
        by_unit[key.unit].update(figures)
    return counted.position, {
        **terms("online", question, periods),
        "columns": _columns(question.by),
        "rows": rows,
        "total": None if unit_in(question.by) else _figures(total, aim),
        "units": [
            _of_level(level, by_unit, structure, targets, day)
            for level in LEVELS
            if question.level in {None, level}
        ],
    }


def _group(by: Iterable[str], key: Key, structure: Structure) -> tuple[str, ...]:
    values = {**dict.fromkeys(PARTS, key.period), "unit": key.unit, "level": structure.level(key.unit) or ""}
    return tuple(values[name] for name in by)


def _row(
    by: Sequence[str], group: tuple[str, ...], sums: Mapping[str, int], structure: Structure, targets: Targets
) -> dict[str, Any]:
    values = dict(zip(by, group, strict=True))
    unit = values.get("unit")
    names = structure.names(unit) if unit else None
    level = values.get("level") or (structure.level(unit) if unit else None)
    target = targets.of(unit or "", level)
    return {
        **values,
        **({"level": level} if unit else {}),
        "names": {"unit": {"vi": names[0], "en": names[1]}} if names else {},
        **_figures(sums, target),
    }


def _figures(sums: Mapping[str, int], target: Target | None) -> dict[str, Any]:
    counts = {figure.key: sums.get(figure.key, 0) for figure in FIGURES}
    return {
        **counts,
        "ratio_resolved": percent(counts["resolved_online"], counts["resolved"]),
        "ratio_received": percent(counts["received_online"], counts["received"]),
        "ratio_index": None,
        "target": target.percent if target else None,
        "reached": _reached(counts, target),
        "missing": missing(counts["resolved_online"], counts["resolved"], target.percent) if target else None,
    }


def _reached(sums: Mapping[str, int], target: Target | None) -> bool | None:
    """Whether the target is reached, by what was resolved."""
    return (
        reaches(sums.get("resolved_online", 0), sums.get("resolved", 0), target.percent) if target else None
    )


def _of_level(
    level: str, by_unit: Mapping[str, Mapping[str, int]], structure: Structure, targets: Targets, day: date
) -> dict[str, Any]:
    """Return how many units of a level reach their target, and which do not, the lowest first."""
    units = {unit for unit, of in structure.units().items() if of == level}
    units |= {unit for unit in by_unit if structure.level(unit) == level}
    judged = {unit: _reached(by_unit.get(unit, {}), targets.of(unit, level)) for unit in units}
    below = sorted(
        (unit for unit, reached in judged.items() if reached is False),
        key=lambda unit: (by_unit[unit]["resolved_online"] / by_unit[unit]["resolved"], unit),
    )
    target = targets.of_level(level)
    return {
        "level": level,
        "reached": sum(1 for reached in judged.values() if reached),
        "judged": sum(1 for reached in judged.values() if reached is not None),
        "without_data": sum(1 for reached in judged.values() if reached is None),
        "below": below,
        "target": target.percent if target else None,
        "reach_by": target.reach_by.isoformat() if target else None,
        "basis": target.basis if target else None,
        **_left(target, day),
    }


def _left(target: Target | None, day: date) -> dict[str, int | None]:
    """Return how many days, and working days, are left after a day before the target's."""
    if target is None:
        return {"days_left": None, "working_days_left": None}
    following, last = day + timedelta(days=1), target.reach_by - timedelta(days=1)
    return {
        "days_left": max(0, (target.reach_by - day).days),
        "working_days_left": calendar().working_days_between(following, last),
    }


def _columns(by: Sequence[str]) -> list[dict[str, str]]:
    columns = [{"key": name, "vi": _BY[name][0], "en": _BY[name][1]} for name in by]
    columns += [{"key": figure.key, "vi": figure.vi, "en": figure.en} for figure in FIGURES]
    return columns + [{"key": key, "vi": vi, "en": en} for key, vi, en in (*_RATIOS, *_AIMS)]
