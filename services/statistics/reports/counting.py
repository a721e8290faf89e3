"""What statements that count dossiers share: the periods as rows, and which dossiers count at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.statistics.reports.periods import Period

TRIAL: Mapping[str | None, str] = {None: "true", "only": "d.trial", "without": "NOT d.trial"}
"""Which dossiers count, in SQL, by what a question says of those whose process was on trial."""


def counted(trial: str | None, procedure: str | None) -> str:
    """Return which dossiers `d` count, in SQL; a procedure is the parameter of that name."""
    return TRIAL[trial] + (" AND d.procedure = :procedure" if procedure is not None else "")


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
