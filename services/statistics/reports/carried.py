"""The report on dossiers carried over: into the period and out of it, and how old they are at its end.

Age is counted in calendar days from reception, as people who wait count it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.columns import FIGURES as RESOLUTION
from services.statistics.reports.columns import Figure
from services.statistics.reports.periods import Period
from services.statistics.reports.units import count, structure_at
from shared.persistence.database import Transaction

AGES = (10, 30, 90)
_BY_KEY = {figure.key: figure for figure in RESOLUTION}
_OPEN = _BY_KEY["in_progress_total"].condition


def _older(days: int) -> str:
    return f"d.received_at < :older_{days}::timestamptz"


FIGURES = (
    _BY_KEY["carried"],
    Figure("carried_out", "Chuyển sang kỳ sau", "Carried to the next period", _OPEN),
    Figure("overdue", "Trong đó: quá hạn", "Of those: overdue", _BY_KEY["in_progress_overdue"].condition),
    Figure(
        "awaiting",
        "Trong đó: chờ giấy tờ, chờ nộp tiền",
        "Of those: awaiting papers or a payment",
        f"({_BY_KEY['awaiting_supplement'].condition} OR {_BY_KEY['awaiting_payment'].condition})",
    ),
    Figure("up_to_10", "Đến 10 ngày", "Up to 10 days", f"({_OPEN} AND NOT {_older(10)})"),
    Figure(
        "up_to_30", "Trên 10 đến 30 ngày", "10 to 30 days", f"({_OPEN} AND {_older(10)} AND NOT {_older(30)})"
    ),
    Figure(
        "up_to_90", "Trên 30 đến 90 ngày", "30 to 90 days", f"({_OPEN} AND {_older(30)} AND NOT {_older(90)})"
    ),
    Figure("over_90", "Trên 90 ngày", "Over 90 days", f"({_OPEN} AND {_older(90)})"),
)
DIMENSIONS = ("unit", "level")
_NAMES = {"unit": ("Đơn vị", "Unit"), "level": ("Cấp", "Level")}


def carried(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    cut = periods[0].cut_at
    structure = structure_at(tx, version, cut)
    ages = {f"older_{days}": cut - timedelta(days=days) for days in AGES}
    counted = count(tx, version, periods, structure, question.structure, FIGURES, question.trial, given=ages)
    groups: dict[tuple[str, ...], Counter[str]] = {}
    for key, sums in counted.sums.items():
        values = {"unit": key.unit, "level": structure.level(key.unit) or ""}
        groups.setdefault(tuple(values[name] for name in question.by), Counter()).update(sums)
    return counted.position, {
        **terms("carried", question, periods),
        "columns": [
            *({"key": name, "vi": _NAMES[name][0], "en": _NAMES[name][1]} for name in question.by),
            *({"key": figure.key, "vi": figure.vi, "en": figure.en} for figure in FIGURES),
        ],
        "rows": [_row(question.by, group, sums, structure.names) for group, sums in sorted(groups.items())],
        "total": _figures(sum(groups.values(), Counter())) if groups else None,
    }


def _row(by: Sequence[str], group: Sequence[str], sums: Mapping[str, int], names_of: Any) -> dict[str, Any]:
    values = dict(zip(by, group, strict=True))
    names = names_of(values["unit"]) if "unit" in values else None
    named = {"unit": {"vi": names[0], "en": names[1]}} if names else {}
    return {**values, "names": named, **_figures(sums)}


def _figures(sums: Mapping[str, int]) -> dict[str, int]:
    return {figure.key: sums.get(figure.key, 0) for figure in FIGURES}
