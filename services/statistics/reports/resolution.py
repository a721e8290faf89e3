"""The resolution report: received, resolved, in progress in a period, and what does not balance.

Figures go by when things happened, as of a moment; those that became known later change them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Names, Question, answer
from services.statistics.reports.columns import CONCERNS, FIGURES, STATUS_GROUP
from services.statistics.reports.periods import Period
from shared.persistence.database import Row, Transaction

DIMENSIONS: Mapping[str, str] = {
    "month": "p.label",
    "level": "a.level",
    "agency": "d.desk",
    "procedure": "d.procedure",
    "channel": "d.channel",
    "model": "d.model",
    "group": STATUS_GROUP,
}
"""What figures can be divided by, in SQL. A dossier's agency and level are those of its desk."""

TRIAL: Mapping[str | None, str] = {None: "true", "only": "d.trial", "without": "NOT d.trial"}
"""Which dossiers count, in SQL, by what a question says of those whose process was on trial."""


def resolution(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    sequence, rows = figures(tx, version, periods, question.by, question.trial)
    return sequence, answer(question, periods, rows, names_of(tx, version))


def names_of(tx: Transaction, version: int) -> Names:
    """Return what agencies and procedures are called."""
    sql = (
        "SELECT 'agency', agency, name_vi, name_en FROM agency_v#"
        " UNION ALL SELECT 'procedure', procedure, name_vi, name_en FROM procedure_v#"
    )
    rows = tx.execute(versions.at_version(sql, version))
    return {(kind, key): (vi, en) for kind, key, vi, en in rows if vi and en}


def figures(
    tx: Transaction,
    version: int,
    periods: Sequence[Period],
    by: tuple[str, ...],
    trial: str | None = None,
) -> tuple[int | None, list[Row]]:
    """Return the position in the ledger and the rows (dimensions, then figures) in one statement.

    The position is None when another version is live by now, or when there is no row.
    """
    parameters = {"version": version, **bounds(periods)}
    rows = tx.execute(_sql(version, len(periods), by, trial), parameters)
    return (rows[0][0] if rows else None), [row[1:] for row in rows]


def bounds(periods: Sequence[Period]) -> dict[str, Any]:
    """Return the parameters of `period_rows`."""
    parameters: dict[str, Any] = {}
    for number, period in enumerate(periods):
        parameters |= {
            f"label_{number}": period.label,
            f"start_{number}": period.start_at,
            f"cut_{number}": period.cut_at,
            f"date_{number}": period.as_of_date,
            f"minute_{number}": period.as_of_minute,
        }
    return parameters


def period_rows(count: int) -> str:
    """Return SQL that gives so many periods as rows."""
    return " UNION ALL ".join(
        f"SELECT :label_{n}::text AS label, :start_{n}::timestamptz AS start_at,"
        f" :cut_{n}::timestamptz AS cut_at, :date_{n}::text AS as_of_date,"
        f" :minute_{n}::timestamptz AS as_of_minute"
        for n in range(count)
    )


@lru_cache(maxsize=64)
def _sql(version: int, count: int, by: tuple[str, ...], trial: str | None) -> str:
    dimensions = "".join(f"{DIMENSIONS[name]}, " for name in by)
    counts = ", ".join(f"count(*) FILTER (WHERE {figure.condition})" for figure in FIGURES)
    grouping = ", ".join(str(place) for place in range(2, 2 + len(by)))
    # The position in the same statement: so it is exactly what these figures are made of.
    return versions.at_version(
        "SELECT (SELECT ledger_sequence FROM read_model WHERE name = 'dossiers' AND live_version = :version),"  # noqa: S608 - our own words
        f" {dimensions}{counts} FROM dossier_v# d JOIN ({period_rows(count)}) AS p ON {CONCERNS}"
        f" LEFT JOIN agency_v# a ON a.agency = d.desk WHERE {TRIAL[trial]}"
        + (f" GROUP BY {grouping} ORDER BY {grouping}" if by else ""),
        version,
    )
