"""What happens to a work: its events. Topics are durable; `apply` only assigns."""

from __future__ import annotations

from typing import Any, ClassVar

from eventsourcing.utils import get_topic

from shared.clock import to_text
from shared.event_sourcing import Aggregate

COMPLETED = "completed"
RETURNED = "returned"
TRANSFERRED = "transferred"
RECALLED = "recalled"
WITHDRAWN = "withdrawn"
CONSENTED = "consented"
ELAPSED = "elapsed"
OUTCOMES = (COMPLETED, RETURNED, TRANSFERRED, RECALLED, WITHDRAWN, CONSENTED, ELAPSED)
"""How the work on a leg ends."""


class HandedOver(Aggregate.Created):
    """The leg was laid before the agency."""

    TOPIC: ClassVar[str] = "processing.work.handed-over"
    agency: str
    by: str
    due_at: str | None
    details: dict[str, Any]

    def apply(self, work: Any) -> None:
        """Assign."""
        work.root = self.act["root"]
        work.historical = self.act.get("historical", False)
        work.agency = self.agency
        work.by = self.by
        work.details = self.details
        work.opened_at = work.last_at = self.act["happened_at"]
        work.due_at = self.due_at
        work.term_version = self.details["attempt"]
        work.officer = work.outcome = work.suspended = work.accepted_by = None
        work.acknowledged = work.overdue = work.rehomed = False
        work.laid_at = to_text(self.timestamp)
        work.reminded = []
        work.reference = None


class Acknowledged(Aggregate.Event):
    """The agency's system said that it has the hand-over."""

    TOPIC: ClassVar[str] = "processing.work.acknowledged"
    agency: str
    reference: str | None

    def apply(self, work: Any) -> None:
        """Assign."""
        work.acknowledged = True
        work.reference = self.reference or work.reference
        work.last_at = self.act["happened_at"]


class Accepted(Aggregate.Event):
    """The agency took the work on."""

    TOPIC: ClassVar[str] = "processing.work.accepted"
    agency: str
    officer: str | None

    def apply(self, work: Any) -> None:
        """Assign."""
        work.accepted_by = self.agency
        work.officer = self.officer
        work.last_at = self.act["happened_at"]


class WorkRecorded(Aggregate.Event):
    """The agency did a step."""

    TOPIC: ClassVar[str] = "processing.work.work-recorded"
    agency: str
    step: str
    note: str | None

    def apply(self, work: Any) -> None:
        """Assign."""
        work.last_at = self.act["happened_at"]


class Completed(Aggregate.Event):
    """The agency has done its part."""

    TOPIC: ClassVar[str] = "processing.work.completed"
    agency: str
    note: str | None
    reference: str | None

    def apply(self, work: Any) -> None:
        """Assign."""
        work.outcome = COMPLETED
        work.reference = self.reference or work.reference
        work.last_at = self.act["happened_at"]


class OpinionGiven(Aggregate.Event):
    """The consulted agency said what it thinks; that is all its part."""

    TOPIC: ClassVar[str] = "processing.work.opinion-given"
    agency: str
    opinion: str
    note: str | None
    reference: str | None

    def apply(self, work: Any) -> None:
        """Assign."""
        work.outcome = COMPLETED
        work.reference = self.reference or work.reference
        work.last_at = self.act["happened_at"]


class Returned(Aggregate.Event):
    """The agency sent the dossier back."""

    TOPIC: ClassVar[str] = "processing.work.returned"
    class_version: ClassVar[int] = 2
    agency: str
    reason: str
    to: int | None
    """The number of the earlier leg it goes back to, 0 for the desk, None for whoever handed it over."""

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """A dossier always went back to whoever had handed it over."""
        state["to"] = None

    def apply(self, work: Any) -> None:
        """Assign."""
        work.outcome = RETURNED
        work.last_at = self.act["happened_at"]


class Transferred(Aggregate.Event):
    """The agency is not competent, and named the one that is."""

    TOPIC: ClassVar[str] = "processing.work.transferred"
    agency: str
    to: str
    reason: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.outcome = TRANSFERRED
        work.last_at = self.act["happened_at"]


class Recalled(Aggregate.Event):
    """Whoever handed the leg over took it back."""

    TOPIC: ClassVar[str] = "processing.work.recalled"
    agency: str
    by: str
    reason: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.outcome = RECALLED
        work.last_at = self.act["happened_at"]


class Withdrawn(Aggregate.Event):
    """Nobody needs the work any more."""

    TOPIC: ClassVar[str] = "processing.work.withdrawn"
    agency: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.outcome = WITHDRAWN


class Rehomed(Aggregate.Event):
    """The work lies before the agency that succeeds the one that had it; its term stays."""

    TOPIC: ClassVar[str] = "processing.work.rehomed"
    agency: str
    from_agency: str
    by: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.agency = self.agency
        work.by = self.by
        work.rehomed = True
        work.acknowledged = False
        work.laid_at = to_text(self.timestamp)
        work.reference = None


ALL: tuple[type[Any], ...] = (
    HandedOver,
    Acknowledged,
    Accepted,
    WorkRecorded,
    Completed,
    OpinionGiven,
    Returned,
    Transferred,
    Recalled,
    Withdrawn,
    Rehomed,
)
for _event in ALL:
    get_topic(_event)  # The library finds by itself only events that stand inside their aggregate.
