"""Who did something, when it happened, when we got word of it and when we recorded it.

Every event carries these. An asserted time counts within a tolerance; beyond it nobody backdates
lateness away, except the role `historian`, whose events say that they are historical.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.clock import from_text, to_text
from shared.errors import Problem, RefusedError

HISTORIAN = "historian"
SYSTEM = "system"

TIME_IN_FUTURE = Problem(
    "time-in-future",
    422,
    "Thời điểm {asserted} ở tương lai (hiện tại là {now})",
    "The time {asserted} lies in the future (it is now {now})",
)
TIME_OUT_OF_TOLERANCE = Problem(
    "time-out-of-tolerance",
    422,
    "Thời điểm {asserted} đã qua quá {hours} giờ; cần người có thẩm quyền đính chính",
    "The time {asserted} lies back by more than {hours} hours; an authorised correction is needed",
)

CLOCK_SKEW = timedelta(minutes=2)
"""How far ahead of ours another system's clock may run."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a role, a person or system by name, and the agency acted for."""

    role: str
    subject: str
    agency: str | None = None

    @property
    def principal(self) -> str:
        """Who this is, apart from everybody else."""
        return f"{self.role}/{self.agency or ''}/{self.subject}"


@dataclass(frozen=True, slots=True)
class Act:
    """The circumstances of one action on a dossier."""

    actor: Actor
    happened_at: datetime
    received_at: datetime
    recorded_at: datetime
    root: UUID
    """The dossier that a citizen sees, whatever part of the work this is about."""
    leg: UUID | None = None
    causation: str | None = None
    correlation: str | None = None
    historical: bool = False
    """Whether the time was asserted freely, by a historian; what follows from such an act is so too."""

    def on(self, *, root: UUID | None = None, leg: UUID | None = None) -> Act:
        """Return the same act, about that dossier or leg."""
        return replace(self, root=root or self.root, leg=leg or self.leg)

    def state(self) -> dict[str, Any]:
        """Return what an event stores of the act; the recorded time is the event's own timestamp."""
        state: dict[str, Any] = {
            "role": self.actor.role,
            "subject": self.actor.subject,
            "happened_at": to_text(self.happened_at),
            "received_at": to_text(self.received_at),
            "root": str(self.root),
        }
        if self.actor.agency:
            state["agency"] = self.actor.agency
        if self.leg:
            state["leg"] = str(self.leg)
        if self.causation:
            state["causation"] = self.causation
        if self.correlation:
            state["correlation"] = self.correlation
        if self.historical:
            state["historical"] = True
        return state


def asserted_time(text: str | None, actor: Actor, now: datetime, tolerance: timedelta) -> datetime:
    """Return when an action happened: `text` (RFC 3339) if that may be believed, else `now`.

    Raises RefusedError with `time-in-future` or `time-out-of-tolerance`, and ValueError for no time.
    """
    if text is None:
        return now
    asserted = from_text(text)
    if asserted > now + CLOCK_SKEW:
        raise RefusedError(TIME_IN_FUTURE, asserted=to_text(asserted), now=to_text(now))
    if asserted < now - tolerance and actor.role != HISTORIAN:
        hours = f"{tolerance / timedelta(hours=1):g}"
        raise RefusedError(TIME_OUT_OF_TOLERANCE, asserted=to_text(asserted), hours=hours)
    return min(asserted, now)
