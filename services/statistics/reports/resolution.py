"""The resolution report: received, resolved, in progress in a period, and what does not balance.

Figures go by when things happened, as of a moment; those that became known later change them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from services.statistics.problems import UNKNOWN_DIMENSION
from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Names, Question, answer
from services.statistics.reports.columns import CONCERNS, FIGURES, STATUS_GROUP
from services.statistics.reports.counting import bounds, counted, period_rows
from services.statistics.reports.periods import PARTS, Period
from services.statistics.reports.units import count, structure_at
from shared.errors import RefusedError
from shared.persistence.database import Row, Transaction

DIMENSIONS: Mapping[str, str] = {
    **dict.fromkeys(PARTS, "p.label"),
    "level": "a.level",
    "agency": "d.desk",
    "procedure": "d.procedure",
    "channel": "d.channel",
    "model": "d.model",
    "group": STATUS_GROUP,
}
"""What figures can be divided by, in SQL. A dossier's agency and level are those of its desk."""
BY = (*DIMENSIONS, "unit")
"""All that they can be divided by."""


def resolution(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    if "unit" in question.by or question.level:
        return _by_unit(tx, version, question, periods)
    sequence, rows = figures(tx, version, periods, question.by, question.trial, procedure=question.procedure)
    return sequence, answer(question, periods, rows, names_of(tx, version))


def _by_unit(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report of the units that answer for their dossiers: of each, of each part of the period, or summed."""
    if unknown := [name for name in question.by if name not in {"unit", *PARTS}]:
        raise RefusedError(UNKNOWN_DIMENSION, dimension=unknown[0], known=", ".join(("unit", *PARTS)))
    structure = structure_at(tx, version, periods[-1].cut_at)
    found = count(
        tx,
        version,
        periods,
        structure,
        question.structure,
        FIGURES,
        question.trial,
        procedure=question.procedure,
    ).of_level(question.level, structure)
    groups: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for key, sums in found.sums.items():
        values = {"unit": key.unit, **dict.fromkeys(PARTS, key.period)}
        groups[tuple(values[name] for name in question.by)].update(sums)
    rows: list[Row] = [
        (*group, *(sums[figure.key] for figure in FIGURES)) for group, sums in sorted(groups.items())
    ]
    units = {key.unit for key in found.sums}
    named = {("unit", unit): names for unit in units if (names := structure.names(unit))}
    made = answer(question, periods, rows, named)
    if "unit" in question.by:
        made["rows"] = [{**row, "level": structure.level(row["unit"])} for row in made["rows"]]
    return found.position, made


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
    *,
    procedure: str | None = None,
) -> tuple[int | None, list[Row]]:
    """Return the position in the ledger and the rows (dimensions, then figures) in one statement.

    The position is None when another version is live by now, or when there is no row.
    """
    parameters = {"version": version, "procedure": procedure, **bounds(periods)}
    rows = tx.execute(_sql(version, len(periods), by, counted(trial, procedure)), parameters)
    return (rows[0][0] if rows else None), [row[1:] for row in rows]


@lru_cache(maxsize=64)
def _sql(version: int, count: int, by: tuple[str, ...], dossiers: str) -> str:
    dimensions = "".join(f"{DIMENSIONS[name]}, " for name in by)
    counts = ", ".join(f"count(*) FILTER (WHERE {figure.condition})" for figure in FIGURES)
    grouping = ", ".join(str(place) for place in range(2, 2 + len(by)))
    # The position in the same statement: so it is exactly what these figures are made of.
    return versions.at_version(
        "SELECT (SELECT ledger_sequence FROM read_model WHERE name = 'dossiers' AND live_version = :version),"  # noqa: S608 - our own words
        f" {dimensions}{counts} FROM dossier_v# d JOIN ({period_rows(count)}) AS p ON {CONCERNS}"
        f" LEFT JOIN agency_v# a ON a.agency = d.desk WHERE {dossiers}"
        + (f" GROUP BY {grouping} ORDER BY {grouping}" if by else ""),
        version,
    )
