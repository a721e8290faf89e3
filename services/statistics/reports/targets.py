"""Which target counts for a unit's figure: its own, that of its level, or the province's, as set by a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from services.statistics.read_model import versions
from shared.persistence.database import Transaction

_SQL = """
    SELECT scope, whose, version, percent, reach_by, basis FROM target_v#
    WHERE indicator = :indicator AND year = :year AND set_at < :until ORDER BY version
"""


class Target(NamedTuple):
    """What a figure is to reach."""

    percent: str
    reach_by: date
    basis: str
    version: int


class Targets:
    """The targets of one indicator in one year."""

    def __init__(self, found: Iterable[tuple[str, str | None, Target]]) -> None:
        self._by_scope = {(scope, whose): target for scope, whose, target in found}

    def of(self, unit: str, level: str | None) -> Target | None:
        """Return the nearest target: the unit's, its level's, the province's."""
        for key in (("agency", unit), ("level", level), ("province", None)):
            if key in self._by_scope:
                return self._by_scope[key]
        return None

    def of_level(self, level: str) -> Target | None:
        """Return a level's target, or the province's."""
        return self.of("", level)

    def of_province(self) -> Target | None:
        """Return the whole province's target."""
        return self._by_scope.get(("province", None))


def targets_at(tx: Transaction, version: int, indicator: str, year: int, until: datetime) -> Targets:
    """Return the targets of an indicator in a year as they had been set before a moment."""
    asked = {"indicator": indicator, "year": year, "until": until}
    rows = tx.execute(versions.at_version(_SQL, version), asked)
    return Targets(
        (scope, whose, Target(percent, date.fromisoformat(reach_by), basis, number))
        for scope, whose, number, percent, reach_by, basis in rows
    )
