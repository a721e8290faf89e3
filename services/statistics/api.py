"""What statistics answers to outsiders: plain values from checked queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.statistics.reports.answers import Question
from services.statistics.reports.history import history
from services.statistics.reports.resolution import Reports
from services.statistics.schemas import HistoryQuery, ReportQuery
from shared.clock import from_text
from shared.contracts.parsing import check
from shared.persistence.database import Database

_REPORT = ReportQuery()
_HISTORY = HistoryQuery()


def report_of(reports: Reports, name: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a report for the words of a query: from, to, as_of, published_at, by.

    Raises RefusedError with `invalid`, or the codes of `Reports.report`.
    """
    asked = check(dict(query), _REPORT)
    for moment in ("as_of", "published_at"):
        if moment in asked:
            asked[moment] = from_text(asked[moment])
    return reports.report(name, Question(**asked))


def history_of(database: Database, code_or_id: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a dossier's history for the words of a query: as_of.

    Raises RefusedError with `invalid` or `not-found`.
    """
    as_of = check(dict(query), _HISTORY).get("as_of")
    return history(database, code_or_id, from_text(as_of) if as_of else None)
