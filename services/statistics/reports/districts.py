"""The report on districts: each with its own desk and all its communes, shown apart and added up.

After the rule of Gia Lai's consolidated one-stop system: a district's figure is that of its own offices and
desk together with its communes', and both parts are shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.columns import FIGURES as RESOLUTION
from services.statistics.reports.columns import Figure
from services.statistics.reports.online import FIGURES as ONLINE
from services.statistics.reports.periods import Period
from services.statistics.reports.ratios import percent
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import count, structure_at
from shared.persistence.database import Transaction

OWN, COMMUNES, ALL = "own", "communes", "all"
PARTS = {
    OWN: ("Cấp huyện tự giải quyết", "The district itself"),
    COMMUNES: ("Các xã trực thuộc", "Its communes"),
    ALL: ("Cộng toàn huyện", "Both"),
}
_DISTRICT, _COMMUNE = "district", "commune"
_SHOWN = (
    "received_total",
    "received_in_period",
    "carried",
    "resolved_total",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "in_progress_total",
    "in_progress_overdue",
)
FIGURES: tuple[Figure, ...] = (
    *(figure for figure in RESOLUTION if figure.key in _SHOWN),
    *(figure for figure in ONLINE if figure.key in {"resolved", "resolved_online"}),
)
_RATIOS = (
    ("ratio_in_time", "Tỷ lệ trước hạn, đúng hạn (%)", "Early or on time (%)"),
    ("ratio_resolved", "Tỷ lệ trực tuyến trên đã giải quyết (%)", "Online among resolved (%)"),
)
_BY = {"district": ("Huyện", "District"), "part": ("Phần", "Part"), "units": ("Số đơn vị", "Units")}


def districts(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    structure = structure_at(tx, version, periods[-1].cut_at)
    counted = count(tx, version, periods, structure, question.structure, FIGURES, question.trial)
    sums: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: {part: Counter() for part in PARTS})
    units: dict[tuple[str, str], int] = Counter()
    for unit, level in structure.units().items():
        place = _place(unit, level, structure)
        if place:
            units[place] += 1
            sums[place[0]]  # a district without a dossier has its row too
    for key, figures in counted.sums.items():
        place = _place(key.unit, structure.level(key.unit), structure)
        if place:
            for part in (place[1], ALL):
                sums[place[0]][part].update(figures)
    rows = [
        _row(district, part, parts[part], units, structure)
        for district, parts in sorted(sums.items())
        for part in PARTS
    ]
    whole = sum((parts[ALL] for parts in sums.values()), Counter[str]())
    return counted.position, {
        **terms("districts", question, periods),
        "by": ["district", "part"],
        "columns": _columns(),
        "rows": rows,
        "total": {"units": sum(units.values()), **_figures(whole)} if sums else None,
    }


def _place(unit: str, level: str | None, structure: Structure) -> tuple[str, str] | None:
    """Return the district that a unit counts in, and as which part; None for those of other levels."""
    if level == _DISTRICT:
        return unit, OWN
    above = structure.above(unit) if level == _COMMUNE else None
    return (above, COMMUNES) if above is not None and structure.level(above) == _DISTRICT else None


def _row(
    district: str,
    part: str,
    sums: Mapping[str, int],
    units: Mapping[tuple[str, str], int],
    structure: Structure,
) -> dict[str, Any]:
    names = structure.names(district) or (district, district)
    vi, en = PARTS[part]
    parts = (OWN, COMMUNES) if part == ALL else (part,)
    return {
        "district": district,
        "part": part,
        "names": {"district": {"vi": names[0], "en": names[1]}, "part": {"vi": vi, "en": en}},
        "units": sum(units.get((district, one), 0) for one in parts),
        **_figures(sums),
    }


def _figures(sums: Mapping[str, int]) -> dict[str, Any]:
    counts = {figure.key: sums.get(figure.key, 0) for figure in FIGURES}
    in_time = counts["resolved_early"] + counts["resolved_on_time"]
    return {
        **counts,
        "ratio_in_time": percent(in_time, counts["resolved_total"]),
        "ratio_resolved": percent(counts["resolved_online"], counts["resolved"]),
    }


def _columns() -> list[dict[str, str]]:
    named = [(key, *names) for key, names in _BY.items()]
    named += [(figure.key, figure.vi, figure.en) for figure in FIGURES]
    return [{"key": key, "vi": vi, "en": en} for key, vi, en in (*named, *_RATIOS)]
