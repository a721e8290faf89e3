"""What stops and moves a dossier's clock: events. Topics are durable; `apply` only assigns."""

from __future__ import annotations

from typing import Any

from services.intake.domain import pauses
from services.intake.domain.dossier_events import Event


class Paused(Event):
    """The clock stops: for papers (status 5), money (6), or a public notice."""

    TOPIC = "intake.dossier.paused"

    code: str
    pause: str
    kind: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """Begin the pause."""
        super().apply(aggregate)
        aggregate.pauses = pauses.begun(
            aggregate.pauses, self.pause, self.kind, self.reason, self.act["happened_at"]
        )
        aggregate.status = pauses.status_of(aggregate.pauses, returned=aggregate.returned)


class Resumed(Event):
    """The clock goes on; the appointment moved by as much as it stood still before it was due."""

    TOPIC = "intake.dossier.resumed"

    code: str
    pause: str
    kind: str
    until: str
    due_at: str | None
    note: str | None

    def apply(self, aggregate: Any) -> None:
        """End the pause and keep the new appointment."""
        super().apply(aggregate)
        aggregate.pauses = pauses.ended(aggregate.pauses, self.until, self.pause)
        aggregate.due_at = self.due_at
        aggregate.status = pauses.status_of(aggregate.pauses, returned=aggregate.returned)


class Extended(Event):
    """There is more time: the process gives it, such as after a return, or the desk in writing."""

    TOPIC = "intake.dossier.extended"
    class_version = 2

    code: str
    by: dict[str, str]
    reason: str
    due_at: str | None
    notice: str | None
    """The letter by which the desk told the applicant; None: the process gives it."""

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Only processes gave more time."""
        state.update(notice=None)

    def apply(self, aggregate: Any) -> None:
        """Keep the new appointment."""
        super().apply(aggregate)
        aggregate.extensions = [*aggregate.extensions, self.by]
        aggregate.notice = self.notice or aggregate.notice
        aggregate.due_at = self.due_at
