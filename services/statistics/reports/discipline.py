"""The report on discipline: acts recorded long after they happened, steps skipped or refused, acts on others' legs.

Much of what looks late was done in time on paper and closed in the system behind it: an act is recorded late when
more than a working day lies between its happening and its being recorded. Imported acts do not count. By officer
it is for those who answer for them: administrators, auditors, and the officers' own agency.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.counting import TRIAL, bounds, period_rows
from services.statistics.reports.periods import Period
from services.statistics.reports.ratios import percent
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import NOW, POSITION, position_of, structure_at
from shared.persistence.database import Transaction

LONG = 8 * 60
"""Working minutes after which an act counts as recorded late."""
_DONE = """
    SELECT ({position}), leg.agency, {area}, {officer}, leg.outcome, count(*), count(leg.told_after),
        count(*) FILTER (WHERE leg.told_after > {long}), count(*) FILTER (WHERE leg.completed_at IS NOT NULL
            AND leg.accepted_at IS NULL), count(*) FILTER (WHERE leg.overdue_at < p.cut_at), max(leg.told_after)
    FROM leg_v# AS leg JOIN dossier_v# AS d ON d.root_id = leg.root_id
    JOIN ({periods}) AS p ON leg.closed_at >= p.start_at AND leg.closed_at < p.cut_at
    WHERE leg.agency IS NOT NULL AND leg.pause IS NULL AND {trial}
    GROUP BY 2, 3, 4, 5
"""
_REFUSED = """
    SELECT ({position}), tried.agency, {area}, {officer}, count(*),
        count(*) FILTER (WHERE tried.code IN :skipping), count(*) FILTER (WHERE tried.code IN :not_assigned)
    FROM refused_act_v# AS tried JOIN dossier_v# AS d ON d.root_id = tried.root_id
    JOIN ({periods}) AS p ON tried.refused_at >= p.start_at AND tried.refused_at < p.cut_at
    WHERE {trial}
    GROUP BY 2, 3, 4
"""
SKIPPING = ("out-of-turn", "opinion-needed")
"""Refusals, by their codes in processing, of a step before the one that had to come first."""
NOT_ASSIGNED = ("not-your-leg", "not-yours-to-recall", "sender-mismatch")
"""Refusals of acts on what lay before somebody else."""
FIGURES = (
    ("legs", "Công đoạn kết thúc", "Legs ended"),
    ("recorded", "Trong đó: ghi nhận trên hệ thống", "Of those: recorded in the system"),
    ("told_late", "Ghi nhận muộn quá 8 giờ làm việc", "Recorded over 8 working hours late"),
    ("not_accepted", "Hoàn thành mà chưa tiếp nhận", "Completed without being taken on"),
    ("returned", "Trả lại", "Returned"),
    ("overdue", "Quá hạn công đoạn", "Past the leg's term"),
    ("refused", "Thao tác bị từ chối", "Acts refused"),
    ("refused_skipping", "Trong đó: bỏ qua bước", "Of those: skipping a step"),
    ("refused_not_assigned", "Trong đó: ngoài phân công", "Of those: outside the assignment"),
)
_OTHERS = (
    ("ratio_told_late", "Tỷ lệ ghi nhận muộn (%)", "Recorded late (%)"),
    ("longest", "Muộn nhất (phút làm việc)", "Latest (working minutes)"),
)
_BY = {
    "unit": ("Đơn vị", "Unit"),
    "agency": ("Cơ quan", "Agency"),
    "officer": ("Cán bộ", "Officer"),
}
DIMENSIONS = tuple(_BY)


def discipline(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    structure = structure_at(tx, version, periods[0].cut_at)
    now = question.structure == NOW
    groups: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    position, counted = _counted(tx, version, question, periods[:1])
    for holder, area, officer, counts in counted:
        agency = structure.successor(holder, area) if now else holder
        if question.within and not _is_within(agency, question.within, structure):
            continue
        values = {"unit": structure.unit(agency), "agency": agency, "officer": officer or ""}
        for sums in (groups[tuple(values[name] for name in question.by)], whole):
            longest = max(sums["longest"], counts["longest"])
            sums.update(counts)
            sums["longest"] = longest
    return position, {
        **terms("discipline", question, periods),
        "columns": [
            *({"key": name, "vi": _BY[name][0], "en": _BY[name][1]} for name in question.by),
            *({"key": key, "vi": vi, "en": en} for key, vi, en in (*FIGURES, *_OTHERS)),
        ],
        "rows": [_row(question.by, group, sums, structure) for group, sums in sorted(groups.items())],
        "total": _figures(whole) if groups else None,
    }


def _counted(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, list[tuple[str, str | None, str | None, Counter[str]]]]:
    """Return the position, and what each agency, for an area, and officer did and tried."""
    by_officer = "officer" in question.by
    words = {
        "position": POSITION,
        "area": "d.area" if question.structure == NOW else "CAST(NULL AS text)",
        "periods": period_rows(1),
        "trial": TRIAL[question.trial],
    }
    given = {"version": version, **bounds(periods)}
    done = tx.execute(
        versions.at_version(
            _DONE.format(**words, officer="leg.completed_by" if by_officer else "''", long=LONG), version
        ),
        given,
    )
    tried = tx.execute(
        versions.at_version(
            _REFUSED.format(**words, officer="tried.officer" if by_officer else "''"), version
        ),
        {**given, "skipping": list(SKIPPING), "not_assigned": list(NOT_ASSIGNED)},
    )
    counted: list[tuple[str, str | None, str | None, Counter[str]]] = []
    for _position, agency, area, officer, outcome, legs, recorded, late, unaccepted, overdue, longest in done:
        counts = Counter(legs=legs, recorded=recorded, told_late=late, not_accepted=unaccepted)
        counts.update(overdue=overdue, returned=legs if outcome == "returned" else 0, longest=longest or 0)
        counted.append((agency, area, officer, counts))
    for _position, agency, area, officer, many, skipping, not_assigned in tried:
        counts = Counter(refused=many, refused_skipping=skipping, refused_not_assigned=not_assigned)
        counted.append((agency, area, officer, counts))
    found = done or tried
    return (found[0][0] if found else position_of(tx, version)), counted


def _is_within(agency: str, whose: str, structure: Structure) -> bool:
    return structure.unit(whose) in structure.upwards(agency)


def _row(by: Sequence[str], group: Sequence[str], sums: Counter[str], structure: Structure) -> dict[str, Any]:
    values = dict(zip(by, group, strict=True))
    named = {name: structure.names(value) for name, value in values.items() if name != "officer"}
    names = {name: {"vi": pair[0], "en": pair[1]} for name, pair in named.items() if pair}
    return {**values, "names": names, **_figures(sums)}


def _figures(sums: Counter[str]) -> dict[str, Any]:
    counts = {key: sums[key] for key, _vi, _en in FIGURES}
    return {
        **counts,
        "ratio_told_late": percent(counts["told_late"], counts["recorded"]),
        "longest": sums["longest"] if counts["recorded"] else None,
    }
