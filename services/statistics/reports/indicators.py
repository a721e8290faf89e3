"""The figures that dossiers yield for sets of rules, by unit: those of the reports, and a few of the rules' own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from services.statistics.reports.columns import FIGURES as RESOLUTION
from services.statistics.reports.columns import (
    IN_PROGRESS,
    OVERDUE,
    RESOLVED,
    RESOLVED_LATE,
    WITHOUT_DUE,
    Figure,
)
from services.statistics.reports.online import FIGURES as ONLINE
from services.statistics.reports.periods import Period
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import count
from shared.persistence.database import Transaction

# The due time is reception and the procedure's limit, put off by what was waited for papers: nothing else judges
# a dossier, and where there is none it is neither in time nor late.
_HANDLED = f"({RESOLVED} OR {IN_PROGRESS})"
_JUDGED = f"({_HANDLED} AND NOT {WITHOUT_DUE})"
# Decision 766/QĐ-TTg, 2.1: whose papers were asked for more than once counts as late.
_ASKED_AGAIN = (
    "(CASE WHEN d.pauses < 2 THEN false ELSE (SELECT count(*) FROM pause_v# s"
    " WHERE s.root_id = d.root_id AND s.kind = 'supplement' AND s.paused_at < p.cut_at) > 1 END)"
)
_HANDED_BACK = "(d.handed_back_at >= p.start_at AND d.handed_back_at < p.cut_at)"
OWN = (
    Figure("judged", "Đã và đang giải quyết, có hạn", "Resolved or in progress, with a due time", _JUDGED),
    Figure(
        "judged_no_due",
        "Đã và đang giải quyết, không có hạn",
        "Resolved or in progress, without a due time",
        WITHOUT_DUE,
    ),
    Figure(
        "judged_on_time",
        "Trong đó: trước hạn, đúng hạn, trong hạn, không quá một lần bổ sung",
        "Of those: in time, asked for papers once at most",
        # What is not resolved has no verdict: then nothing is known of it, and that is not late.
        f"({_JUDGED} AND NOT coalesce({RESOLVED_LATE} OR {OVERDUE} OR {_ASKED_AGAIN}, false))",
    ),
    Figure(
        "asked_again",
        "Yêu cầu bổ sung quá một lần",
        "Asked for papers more than once",
        f"({_HANDLED} AND {_ASKED_AGAIN})",
    ),
    Figure("handed_back", "Đã trả kết quả trong kỳ", "Results handed back in the period", _HANDED_BACK),
    Figure(
        "handed_back_online",
        "Trong đó: kết quả điện tử",
        "Of those: electronic results",
        f"({_HANDED_BACK} AND d.manner = 'online')",
    ),
)
FIGURES: tuple[Figure, ...] = (*RESOLUTION, *ONLINE, *OWN)
COUNTED: Mapping[str, Figure] = {figure.key: figure for figure in FIGURES}
"""By the names that expressions use."""


def counted(
    tx: Transaction, version: int, period: Period, structure: Structure, how: str, trial: str | None
) -> tuple[int | None, dict[str, Counter[str]]]:
    """Return the position in the ledger, and every figure by unit."""
    found = count(tx, version, [period], structure, how, FIGURES, trial)
    return found.position, {key.unit: sums for key, sums in found.sums.items()}


def total(units: Sequence[Counter[str]]) -> Counter[str]:
    """Return the sums of all units."""
    return sum(units, Counter[str]())
