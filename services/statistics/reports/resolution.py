"""The resolution report: received, resolved, in progress in a period, and what does not balance.

Figures go by when things happened, as of a moment; those that became known later change them.
`as_published` gives them from what stood in the ledger at a moment instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from services.statistics.ledger import entries
from services.statistics.problems import UNKNOWN_DIMENSION, UNKNOWN_REPORT
from services.statistics.read_model import versions
from services.statistics.read_model.builds import take_batch
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports.answers import Names, Question, answer
from services.statistics.reports.columns import CONCERNS, FIGURES
from services.statistics.reports.periods import Period, months, whole
from shared.clock import Clock
from shared.errors import RefusedError
from shared.persistence.database import Database, Row, Transaction

DIMENSIONS: Mapping[str, str] = {
    "month": "p.label",
    "level": "a.level",
    "agency": "d.desk",
    "procedure": "d.procedure",
    "channel": "d.channel",
}
"""What figures can be divided by, in SQL. A dossier's agency and level are those of its desk."""

_SCRATCH = 0
"""The version that only ever exists inside a transaction that is rolled back."""


class Reports:
    """Answers questions from the live tables."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def report(self, name: str, question: Question) -> dict[str, Any]:
        """Return a report as plain values: its terms, columns with names in both languages, and rows.

        Raises RefusedError with `unknown-report`, `unknown-dimension`, `period-invalid`,
        `period-not-begun` or `read-model-undefined`.
        """
        if name != "resolution":
            raise RefusedError(UNKNOWN_REPORT, name=name, known="resolution")
        for dimension in question.by:
            if dimension not in DIMENSIONS:
                raise RefusedError(UNKNOWN_DIMENSION, dimension=dimension, known=", ".join(DIMENSIONS))
        now = self._clock.now()
        as_of = min(question.as_of or now, question.published_at or now, now)
        cut = months if "month" in question.by else _one
        periods = cut(question.first, question.last, as_of)
        if question.published_at is None:
            sequence, rows, names = self._live(periods, question.by)
        else:
            sequence, rows, names = self._as_published(periods, question.by, question.published_at)
        return answer(question, periods, sequence, rows, names)

    def _live(self, periods: Sequence[Period], by: tuple[str, ...]) -> _Found:
        while True:
            with self._database.transaction() as tx:
                live = versions.live(tx)
                sequence, rows = figures(tx, live.version, periods, by)
                names = _names(tx, live.version)
            if not rows:
                return live.ledger_sequence, rows, names
            if sequence is not None:  # else another version went live between the statements
                return sequence, rows, names

    def _as_published(self, periods: Sequence[Period], by: tuple[str, ...], at: datetime) -> _Found:
        found: _Found | None = None
        with suppress(_RollbackError), self._database.transaction() as tx:
            versions.create(tx, _SCRATCH)
            sequence = _replay(tx, at)
            found = sequence, figures(tx, _SCRATCH, periods, by)[1], _names(tx, _SCRATCH)
            raise _RollbackError
        if found is None:
            raise AssertionError
        return found


_Found = tuple[int, list[Row], Names]


class _RollbackError(Exception):
    """Ends a transaction that is to leave nothing behind."""


def figures(
    tx: Transaction,
    version: int,
    periods: Sequence[Period],
    by: tuple[str, ...],
) -> tuple[int | None, list[Row]]:
    """Return the position in the ledger and the rows (dimensions, then figures) in one statement.

    The position is None when another version is live by now, or when there is no row.
    """
    parameters: dict[str, Any] = {"version": version}
    for number, period in enumerate(periods):
        parameters |= {
            f"label_{number}": period.label,
            f"start_{number}": period.start_at,
            f"cut_{number}": period.cut_at,
            f"date_{number}": period.as_of_date,
            f"minute_{number}": period.as_of_minute,
        }
    rows = tx.execute(_sql(version, len(periods), by), parameters)
    return (rows[0][0] if rows else None), [row[1:] for row in rows]


@lru_cache(maxsize=64)
def _sql(version: int, count: int, by: tuple[str, ...]) -> str:
    periods = " UNION ALL ".join(
        f"SELECT :label_{n}::text AS label, :start_{n}::timestamptz AS start_at,"
        f" :cut_{n}::timestamptz AS cut_at, :date_{n}::text AS as_of_date,"
        f" :minute_{n}::timestamptz AS as_of_minute"
        for n in range(count)
    )
    dimensions = "".join(f"{DIMENSIONS[name]}, " for name in by)
    counts = ", ".join(f"count(*) FILTER (WHERE {figure.condition})" for figure in FIGURES)
    grouping = ", ".join(DIMENSIONS[name] for name in by)
    # The position in the same statement: so it is exactly what these figures are made of.
    return versions.at_version(
        "SELECT (SELECT ledger_sequence FROM read_model WHERE name = 'dossiers' AND live_version = :version),"  # noqa: S608 - our own words
        f" {dimensions}{counts} FROM dossier_v# d JOIN ({periods}) AS p ON {CONCERNS}"
        " LEFT JOIN agency_v# a ON a.agency = d.desk"
        + (f" GROUP BY {grouping} ORDER BY {grouping}" if by else ""),
        version,
    )


def _one(first: date, last: date, as_of: datetime) -> list[Period]:
    return [whole(first, last, as_of)]


def _replay(tx: Transaction, until: datetime) -> int:
    building, position = WorkingSet(_SCRATCH, new=True), 0
    last = entries.last_entered(tx, until)
    while position < last:
        position = take_batch(tx, building, position, last)
    building.write(tx)
    return position


def _names(tx: Transaction, version: int) -> Names:
    sql = (
        "SELECT 'agency', agency, name_vi, name_en FROM agency_v#"
        " UNION ALL SELECT 'procedure', procedure, name_vi, name_en FROM procedure_v#"
    )
    rows = tx.execute(versions.at_version(sql, version))
    return {(kind, key): (vi, en) for kind, key, vi, en in rows if vi and en}
