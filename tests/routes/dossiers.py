"""The words in which the routes are written down: dossiers, legs, and times in Viet Nam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.clock import VIETNAM


def at(text: str) -> datetime:
    """Read `dd/mm/yyyy hh:mm`, Viet Nam time."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)


def written(moment: datetime | None) -> str | None:
    """Write a moment the way `at` reads it; none stays none."""
    if moment is None:
        return None
    local = moment.astimezone(VIETNAM)
    assert (local.second, local.microsecond) == (0, 0)
    return f"{local:%d/%m/%Y %H:%M}"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as a desk receives it."""

    procedure: str
    desk: str
    received: str
    area: str | None = None
    channel: str = "direct"
    facts: Mapping[str, Any] = field(default_factory=dict)
    applicant_kind: str = "citizen"
    applicant_agency: str | None = None
    remote: bool = False

    @property
    def received_at(self) -> datetime:
        """When, in UTC."""
        return at(self.received).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg that is to open: which, where, how the hand-over goes, and until when."""

    id: str
    agency: str
    direction: str
    due: str | None = None
    attempt: int = 1
