"""What intake's use cases need beyond aggregates; `tables` and the vault of personal data provide it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.intake.domain.desk import Desk, Ending
from shared.working_time.calendar import WorkingCalendar

DeskDay = tuple[str, date]
"""A desk's identifier (as it stands in codes) and a local date."""


class DossierCodes(Protocol):
    """Gives running numbers."""

    def take(self, wanted: Mapping[DeskDay, int]) -> Mapping[DeskDay, int]:
        """Take so many numbers for each desk and day; return the first of each."""
        ...


class Desks(Protocol):
    """Knows agencies and their areas."""

    def desks(self, ids: Collection[str]) -> Mapping[str, Desk]:
        """Return those that are known."""
        ...

    def areas(self, areas: Collection[str]) -> Mapping[str, bool]:
        """Return those that are known, and whether each counts as remote."""
        ...

    def ending(self, agency: str) -> Ending | None:
        """Return the end of an agency, if it ended."""
        ...


class Lookups(Protocol):
    """Takes down how doors find a dossier."""

    def add(self, dossier_id: UUID, row: Mapping[str, Any]) -> None:
        """Enter a new dossier."""
        ...

    def change(self, dossier_id: UUID, code: str | None, status: int) -> None:
        """Note a dossier's code and status."""
        ...

    def forget_person(self, dossier_id: UUID) -> None:
        """Let nothing lead from the person to the dossier any more."""
        ...


class PersonalData(Protocol):
    """Turns people into ciphertext; its keys are durable before it returns."""

    def seal_many(self, people: Mapping[UUID, Mapping[str, str]]) -> Mapping[UUID, str]:
        """Return each new dossier's person as ciphertext."""
        ...

    def blind_index(self, identity_number: str) -> bytes:
        """Return what stands for an identity number in look-ups."""
        ...

    def erase(self, dossier_id: UUID, at: datetime) -> None:
        """Destroy a dossier's key."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """All of it."""

    codes: DossierCodes
    desks: Desks
    lookups: Lookups
    people: PersonalData
    calendar: WorkingCalendar
