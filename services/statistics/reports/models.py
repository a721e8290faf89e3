"""The report of models: how many procedures run after each model of process, and how many dossiers.

Procedures are those with a version of a process that is not retired, whichever period is asked for;
dossiers are those received in the period.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.columns import RECEIVED_IN_PERIOD
from services.statistics.reports.counting import TRIAL, bounds, period_rows
from services.statistics.reports.periods import Period
from shared.persistence.database import Transaction

_COLUMNS = (
    ("model", "Mô hình quy trình", "Model of the process"),
    ("procedures", "Số thủ tục", "Procedures"),
    ("procedures_on_trial", "Trong đó: có phiên bản thử nghiệm", "Of those: with a version on trial"),
    ("dossiers", "Hồ sơ tiếp nhận trong kỳ", "Dossiers received in the period"),
    ("trial_dossiers", "Trong đó: theo quy trình thử nghiệm", "Of those: by a process on trial"),
)
_FIGURES = tuple(key for key, _vi, _en in _COLUMNS[1:])
_SQL = """
    SELECT (SELECT ledger_sequence FROM read_model WHERE name = 'dossiers' AND live_version = :version),
        model, sum(procedures), sum(on_trial), sum(dossiers), sum(trial_dossiers) FROM (
            SELECT model, count(DISTINCT procedure) AS procedures,
                count(DISTINCT CASE WHEN trial THEN procedure END) AS on_trial,
                0 AS dossiers, 0 AS trial_dossiers
            FROM process_v# WHERE state <> 'retired' GROUP BY model
        UNION ALL
            SELECT d.model, 0, 0, count(*), count(CASE WHEN d.trial THEN 1 END)
            FROM dossier_v# d JOIN ({periods}) AS p ON {received} WHERE {counts} GROUP BY d.model
        ) AS counted GROUP BY model ORDER BY model
"""


def models(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger; one row a model, and one for none."""
    sql = _SQL.format(periods=period_rows(1), received=RECEIVED_IN_PERIOD, counts=TRIAL[question.trial])
    found = tx.execute(versions.at_version(sql, version), {"version": version, **bounds(periods)})
    rows = [
        {"model": model, "names": {}, **dict(zip(_FIGURES, map(int, counts), strict=True))}
        for _sequence, model, *counts in found
    ]
    return (found[0][0] if found else None), {
        **terms("models", question, periods),
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in _COLUMNS],
        "rows": rows,
        # A procedure may have processes after several models: those do not add up.
        "total": None,
    }
