"""Intake's own tables: running numbers of codes, known agencies, and how doors find a dossier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.intake.tables.agencies import Agencies
from services.intake.tables.counters import DeskCounters
from services.intake.tables.lookups import DossierLookups
from shared.persistence.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class IntakeTables:
    """All of them, as one collaborator of the unit of work."""

    counters: DeskCounters
    agencies: Agencies
    lookups: DossierLookups

    @classmethod
    def over(cls, database: Database) -> IntakeTables:
        """Return the tables of that database."""
        return cls(DeskCounters(database), Agencies(database), DossierLookups(database))

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        for table in self._gathering():
            table.flush(tx)

    def clear(self) -> None:
        """Forget what was gathered."""
        for table in self._gathering():
            table.clear()

    def _gathering(self) -> Iterable[Agencies | DossierLookups]:
        return (self.agencies, self.lookups)
