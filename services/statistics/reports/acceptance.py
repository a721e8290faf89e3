"""The report on acceptance: how soon desks answer what is filed online, within eight working hours or not.

From the filing to its reception or refusal; what still waits at the cut counts up to then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from services.statistics.projection.working_minutes import minutes_between
from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.counting import TRIAL, bounds, period_rows
from services.statistics.reports.periods import Period
from services.statistics.reports.ratios import percent
from services.statistics.reports.units import NOW, POSITION, position_of, structure_at
from shared.clock import to_text
from shared.persistence.database import Transaction

LIMIT = 8 * 60
"""Working minutes. After Decree 42/2022/NĐ-CP, article 17: within 8 working hours from the filing."""
_ANSWERED = "coalesce(d.received_at < p.cut_at, false) OR coalesce(d.refused_at < p.cut_at, false)"
_FILED = """
    SELECT ({position}), d.desk, {area},
        CASE WHEN {answered} THEN NULL ELSE d.submitted_at END AS "waits_since [timestamptz]", count(*),
        count(*) FILTER (WHERE ({answered}) AND d.answered_after > {limit}),
        max(CASE WHEN {answered} THEN d.answered_after END)
    FROM dossier_v# d JOIN ({periods}) AS p ON d.submitted_at >= p.start_at AND d.submitted_at < p.cut_at
    WHERE d.channel = 'online' AND {trial}
    GROUP BY 2, 3, 4
"""
FIGURES = (
    ("filed", "Nộp trực tuyến trong kỳ", "Filed online in the period"),
    ("answered", "Đã tiếp nhận hoặc từ chối", "Received or refused"),
    ("over_8h", "Quá 8 giờ làm việc", "Over 8 working hours"),
    ("waiting_over_8h", "Trong đó: chưa trả lời", "Of those: not answered yet"),
)
_OTHERS = (
    ("ratio_in_time", "Tỷ lệ trong 8 giờ (%)", "Within 8 hours (%)"),
    ("longest", "Lâu nhất (phút làm việc)", "Longest (working minutes)"),
)
DIMENSIONS = ("unit", "agency")
_NAMES = {"unit": ("Đơn vị", "Unit"), "agency": ("Cơ quan tiếp nhận", "Receiving agency")}


def acceptance(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    period = periods[0]
    structure = structure_at(tx, version, period.cut_at)
    now = question.structure == NOW
    sql = _FILED.format(
        position=POSITION,
        area="d.area" if now else "CAST(NULL AS text)",
        answered=_ANSWERED,
        limit=LIMIT,
        periods=period_rows(1),
        trial=TRIAL[question.trial],
    )
    rows = tx.execute(versions.at_version(sql, version), {"version": version, **bounds([period])})
    cut = to_text(period.cut_at)
    groups: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for _position, desk, area, waits_since, many, answered_late, longest in rows:
        agency = structure.successor(desk, area) if desk and now else desk or ""
        values = {"agency": agency, "unit": structure.unit(agency)}
        sums = groups[tuple(values[name] for name in question.by)]
        waited = longest if waits_since is None else minutes_between(to_text(waits_since), cut)
        waiting = many if waits_since is not None and waited > LIMIT else 0
        sums["filed"] += many
        sums["answered"] += many if waits_since is None else 0
        sums["over_8h"] += answered_late + waiting
        sums["waiting_over_8h"] += waiting
        sums["longest"] = max(sums["longest"], waited)
    whole: Counter[str] = Counter()
    for sums in groups.values():
        longest = max(whole["longest"], sums["longest"])
        whole.update(sums)
        whole["longest"] = longest
    return (rows[0][0] if rows else position_of(tx, version)), {
        **terms("acceptance", question, periods),
        "columns": [
            *({"key": name, "vi": _NAMES[name][0], "en": _NAMES[name][1]} for name in question.by),
            *({"key": key, "vi": vi, "en": en} for key, vi, en in (*FIGURES, *_OTHERS)),
        ],
        "rows": [_row(question.by, group, sums, structure.names) for group, sums in sorted(groups.items())],
        "total": _figures(whole) if groups else None,
    }


def _row(by: Sequence[str], group: Sequence[str], sums: Mapping[str, int], names_of: Any) -> dict[str, Any]:
    values = dict(zip(by, group, strict=True))
    named = {name: names_of(value) for name, value in values.items()}
    names = {name: {"vi": pair[0], "en": pair[1]} for name, pair in named.items() if pair}
    return {**values, "names": names, **_figures(sums)}


def _figures(sums: Mapping[str, int]) -> dict[str, Any]:
    counts = {key: sums.get(key, 0) for key, _vi, _en in FIGURES}
    in_time = percent(counts["filed"] - counts["over_8h"], counts["filed"])
    return {
        **counts,
        "ratio_in_time": in_time,
        "longest": sums.get("longest", 0) if counts["filed"] else None,
    }
