"""The lateness of a period: how many dossiers, by how much, and whose part it is.

Late dossiers are those that the resolution report counts as resolved late or as overdue; each counts
once, however many legs and agencies it had, against the due time as pauses and extensions moved it.
Whose part it is stands in `shared.working_time.shares`: time beyond its legs' terms, nobody more than
that; what no delay explains is the process's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.case import by_holder, course, load
from services.statistics.reports.columns import OVERDUE, RESOLVED_LATE
from services.statistics.reports.counting import TRIAL, bounds, period_rows
from services.statistics.reports.durations import in_words
from services.statistics.reports.holders import Names, described, names_of_agencies
from services.statistics.reports.periods import Period
from services.statistics.reports.timeline import Holder
from shared.persistence.database import Transaction

CHUNK = 500
"""Dossiers whose rows are in memory at once."""

_POSITION = "SELECT ledger_sequence FROM read_model WHERE name = 'dossiers' AND live_version = :version"
_LATE = """
    SELECT d.root_id FROM dossier_v# d JOIN ({periods}) AS p ON ({late})
    WHERE d.received_at IS NOT NULL AND {counts} ORDER BY d.root_id
"""
_COLUMNS = (
    ("holder", "Nơi giữ hồ sơ", "Holder"),
    ("agency", "Cơ quan", "Agency"),
    ("dossiers", "Số hồ sơ quá hạn có phần", "Late dossiers it had a part in"),
    ("minutes", "Phần quá hạn (phút làm việc)", "Its part (minutes of working time)"),
)


def lateness_report(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    position = tx.execute(_POSITION, {"version": version})
    minutes: Counter[Holder] = Counter()
    dossiers: Counter[Holder] = Counter()
    late = _late(tx, version, question, periods)
    for start in range(0, len(late), CHUNK):
        for case in load(tx, version, late[start : start + CHUNK]):
            found = course(case, periods[0].cut_at)
            parts = by_holder(found.against_due.parts) if found else {}
            minutes.update(parts)
            dossiers.update(parts.keys())
    names = names_of_agencies(tx, version)
    return (position[0][0] if position else None), {
        **terms("lateness", question, periods),
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in _COLUMNS],
        "rows": _rows(minutes, dossiers, names) if question.by else [],
        # Each dossier once: the rows' numbers of dossiers do not add up, their minutes do.
        "total": {"dossiers": len(late), "minutes": minutes.total()},
    }


def _late(tx: Transaction, version: int, question: Question, periods: Sequence[Period]) -> list[UUID]:
    sql = _LATE.format(
        periods=period_rows(1), late=f"{RESOLVED_LATE} OR {OVERDUE}", counts=TRIAL[question.trial]
    )
    return [root for (root,) in tx.execute(versions.at_version(sql, version), bounds(periods))]


def _rows(minutes: Counter[Holder], dossiers: Counter[Holder], names: Names) -> list[dict[str, Any]]:
    ordered = sorted(dossiers, key=lambda holder: (-minutes[holder], str(holder)))
    return [
        {
            **described(holder, names),
            "dossiers": dossiers[holder],
            "minutes": minutes[holder],
            "time": in_words(minutes[holder]),
        }
        for holder in ordered
    ]
