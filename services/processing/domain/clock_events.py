"""What happens to a work's clock: waits for the applicant, its term, reminders. Topics are durable; `apply` only assigns."""

from __future__ import annotations

from typing import Any, ClassVar

from eventsourcing.utils import get_topic

from shared.event_sourcing import Aggregate

SUPPLEMENT = "supplement"
PAYMENT = "payment"


class SupplementRequested(Aggregate.Event):
    """The agency needs more papers: it waits for the applicant."""

    TOPIC: ClassVar[str] = "processing.work.supplement-requested"
    agency: str
    reason: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.suspended = SUPPLEMENT
        work.last_at = self.act["happened_at"]


class PaymentRequested(Aggregate.Event):
    """The applicant has to pay first: the agency waits."""

    TOPIC: ClassVar[str] = "processing.work.payment-requested"
    agency: str
    reason: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.suspended = PAYMENT
        work.last_at = self.act["happened_at"]


class Resumed(Aggregate.Event):
    """The applicant did it: the agency goes on, with a new due time."""

    TOPIC: ClassVar[str] = "processing.work.resumed"
    agency: str
    due_at: str | None
    term_version: int

    def apply(self, work: Any) -> None:
        """Assign."""
        work.suspended = None
        work.due_at = self.due_at
        work.term_version = self.term_version
        # Nothing was done while it waited.
        work.last_at = max(work.last_at, self.act["happened_at"])


class Lapsed(Aggregate.Event):
    """The term ended the work: silence was consent, or the notice has hung long enough."""

    TOPIC: ClassVar[str] = "processing.work.lapsed"
    agency: str
    outcome: str
    due_at: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.outcome = self.outcome


class Reminded(Aggregate.Event):
    """Somebody was reminded of the work: that it lies uncollected, comes due, or is overdue."""

    TOPIC: ClassVar[str] = "processing.work.reminded"
    agency: str
    about: str
    rung: int
    to: str
    key: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.reminded = [*work.reminded, self.key]


class Overdue(Aggregate.Event):
    """The leg's term passed before the work was done."""

    TOPIC: ClassVar[str] = "processing.work.overdue"
    agency: str
    due_at: str

    def apply(self, work: Any) -> None:
        """Assign."""
        work.overdue = True


ALL: tuple[type[Any], ...] = (
    SupplementRequested,
    PaymentRequested,
    Resumed,
    Lapsed,
    Reminded,
    Overdue,
)
for _event in ALL:
    get_topic(_event)  # The library finds by itself only events that stand inside their aggregate.
