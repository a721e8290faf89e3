"""Counting dossiers by the unit that answers for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from services.statistics.read_model import versions
from services.statistics.reports.columns import Figure
from services.statistics.reports.counting import bounds, counted, period_rows
from services.statistics.reports.periods import Period
from services.statistics.reports.structure import End, Entry, Structure
from shared.persistence.database import Transaction

THEN, NOW = "then", "now"
STRUCTURES = (THEN, NOW)
"""By the agencies as they answered for their dossiers, or by who goes on with them."""

POSITION = "SELECT ledger_sequence FROM read_model WHERE name = 'dossiers' AND live_version = :version"
_REGISTER = """
    SELECT agency, log_position, valid_from, level, parent, vertical, connected, name_vi, name_en, ended_at, successors
    FROM register_v# ORDER BY log_position
"""
_COUNTS = """
    SELECT ({position}), p.label, coalesce(d.lead, d.desk), {area}, {counts}
    FROM dossier_v# d JOIN ({periods}) AS p ON ({concerns})
    WHERE {trial} GROUP BY 2, 3, 4
"""


class Key(NamedTuple):
    """What a sum is of: a period by its label, and a unit."""

    period: str
    unit: str


class Counted(NamedTuple):
    """Sums by unit, with the position in the ledger; None when another version went live."""

    position: int | None
    sums: dict[Key, Counter[str]]

    def of_level(self, level: str | None, structure: Structure) -> Counted:
        """Return the same of the units of a level; None: of all."""
        if level is None:
            return self
        sums = {key: counts for key, counts in self.sums.items() if structure.level(key.unit) == level}
        return self._replace(sums=sums)


def structure_at(tx: Transaction, version: int, at: datetime) -> Structure:
    """Return the agencies as they stood at a moment."""
    entries, ends = [], []
    for agency, position, begun, level, parent, vertical, connected, vi, en, ended, heirs in tx.execute(
        versions.at_version(_REGISTER, version)
    ):
        if begun is not None:
            entries.append(
                Entry(agency, position, begun, level, parent, bool(vertical), (vi, en), bool(connected))
            )
        if ended is not None:
            ends.append(End(agency, position, ended, _heirs(heirs)))
    return Structure(entries, ends, at)


def position_of(tx: Transaction, version: int) -> int | None:
    """Return up to which entry of the ledger a version knows; None when another one is live."""
    rows = tx.execute(POSITION, {"version": version})
    return rows[0][0] if rows else None


def count(
    tx: Transaction,
    version: int,
    periods: Sequence[Period],
    structure: Structure,
    how: str,
    figures: Sequence[Figure],
    trial: str | None,
    *,
    procedure: str | None = None,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Counted:
    """Return the sum of each figure by period and unit, in one statement over the dossiers.

    `procedure` lets dossiers of that one count alone. `given` are the parameters that the figures' conditions name besides the period's.
    """
    sql = _COUNTS.format(
        position=POSITION,
        # Only what is divided among heirs needs to be counted by area.
        area="d.area" if how == NOW else "CAST(NULL AS text)",
        counts=", ".join(f"count(*) FILTER (WHERE {figure.condition})" for figure in figures),
        periods=period_rows(len(periods)),
        concerns=" OR ".join(f"({figure.condition})" for figure in figures),
        trial=counted(trial, procedure),
    )
    rows = tx.execute(
        versions.at_version(sql, version),
        {"version": version, "procedure": procedure, **bounds(periods), **given},
    )
    sums: dict[Key, Counter[str]] = {}
    for _position, label, lead, area, *counts in rows:
        # Of what ended before its reception became known nobody is known to answer for it.
        agency = "" if lead is None else structure.successor(lead, area) if how == NOW else lead
        found = sums.setdefault(Key(label, structure.unit(agency)), Counter())
        found.update(dict(zip((figure.key for figure in figures), counts, strict=True)))
    return Counted(rows[0][0] if rows else position_of(tx, version), sums)


def _heirs(text: str) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    return tuple(
        (heir["agency"], tuple(heir["areas"]) if heir.get("areas") else None) for heir in orjson.loads(text)
    )
