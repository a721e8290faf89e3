"""The work of one agency on one leg of a dossier's way.

Rules of turn: a leg is accepted before work on it is recorded or completed; it may be returned
unaccepted; completing or returning ends it. Acknowledging says only that the hand-over arrived,
so it is never out of turn, and a second time it is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from services.processing.problems import (
    LEG_ALREADY_ACCEPTED,
    LEG_ALREADY_CLOSED,
    NOT_YOUR_LEG,
    OUT_OF_TURN,
    TIME_OUT_OF_ORDER,
)
from shared.acts import CLOCK_SKEW, Act
from shared.clock import from_text, to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate

BY_QUEUE = "queue"
BY_WORKLIST = "worklist"

COMPLETED = "completed"
RETURNED = "returned"


class Work(Aggregate):
    """What an agency does on one leg; the aggregate's id is the leg's."""

    TOPIC = "processing.work"

    if TYPE_CHECKING:  # The library would make annotated attributes arguments of __init__.
        root: str
        """The dossier's id."""
        agency: str
        by: str
        """`queue` when the agency's own system gets the hand-over, else `worklist`."""
        details: dict[str, Any]
        """What routing said when it opened the leg: code, procedure, name, number, of, attempt ..."""
        opened_at: str
        due_at: str | None
        officer: str | None
        acknowledged: bool
        accepted: bool
        overdue: bool
        outcome: str | None
        """`completed`, `returned`, or None while the leg is open."""
        last_at: str
        """When the latest act of an agency on this leg happened."""

    class Event(Aggregate.Event):
        """Something that happened to the work."""

        TOPIC = "processing.work.event"

        agency: str

    class HandedOver(Event, Aggregate.Created):
        """The leg was laid before the agency."""

        TOPIC = "processing.work.handed-over"

        by: str
        due_at: str | None
        details: dict[str, Any]

        def apply(self, work: Any) -> None:
            """Assign."""
            work.root = self.act["root"]
            work.agency = self.agency
            work.by = self.by
            work.details = self.details
            work.opened_at = work.last_at = self.act["happened_at"]
            work.due_at = self.due_at
            work.officer = work.outcome = None
            work.acknowledged = work.accepted = work.overdue = False

    class Acknowledged(Event):
        """The agency's system said that it has the hand-over."""

        TOPIC = "processing.work.acknowledged"

        reference: str | None

        def apply(self, work: Any) -> None:
            """Assign."""
            work.acknowledged = True
            work.last_at = self.act["happened_at"]

    class Accepted(Event):
        """The agency took the work on."""

        TOPIC = "processing.work.accepted"

        officer: str | None

        def apply(self, work: Any) -> None:
            """Assign."""
            work.accepted = True
            work.officer = self.officer
            work.last_at = self.act["happened_at"]

    class WorkRecorded(Event):
        """The agency did a step."""

        TOPIC = "processing.work.work-recorded"

        step: str
        note: str | None

        def apply(self, work: Any) -> None:
            """Assign."""
            work.last_at = self.act["happened_at"]

    class Completed(Event):
        """The agency has done its part."""

        TOPIC = "processing.work.completed"

        note: str | None
        reference: str | None

        def apply(self, work: Any) -> None:
            """Assign."""
            work.outcome = COMPLETED
            work.last_at = self.act["happened_at"]

    class Returned(Event):
        """The agency sent the dossier back."""

        TOPIC = "processing.work.returned"

        reason: str

        def apply(self, work: Any) -> None:
            """Assign."""
            work.outcome = RETURNED
            work.last_at = self.act["happened_at"]

    class Overdue(Event):
        """The leg's term passed before the work was done."""

        TOPIC = "processing.work.overdue"

        due_at: str

        def apply(self, work: Any) -> None:
            """Assign."""
            work.overdue = True

    @classmethod
    def hand_over(cls, leg: UUID, opened: Mapping[str, Any], by: str, act: Act) -> Self:
        """Begin the work on a leg that routing opened."""
        apart = ("leg", "agency", "due_at")
        return cls.begin(
            cls.HandedOver,
            leg,
            act,
            agency=opened["agency"],
            by=by,
            due_at=opened["due_at"],
            details={name: value for name, value in opened.items() if name not in apart},
        )

    @property
    def state(self) -> str:
        """Where the work stands, in one word."""
        if self.outcome:
            return self.outcome
        if self.accepted:
            return "accepted"
        return "acknowledged" if self.acknowledged else "handed-over"

    def acknowledge(self, act: Act, reference: str | None = None) -> None:
        """Note that the agency has the hand-over; once is enough, and after the end it says nothing new.

        Raises RefusedError with `not-your-leg` or `time-out-of-order`.
        """
        self._check_agency(act)
        if not self.acknowledged and not self.outcome:
            self._note(self.Acknowledged, act, reference=reference)

    def accept(self, act: Act, officer: str | None = None) -> None:
        """Take the work on.

        Raises RefusedError with `not-your-leg`, `leg-already-closed`, `leg-already-accepted` or
        `time-out-of-order`.
        """
        self._check_open(act)
        if self.accepted:
            raise RefusedError(LEG_ALREADY_ACCEPTED, leg=self.id)
        self._note(self.Accepted, act, officer=officer)

    def record_work(self, act: Act, step: str, note: str | None = None) -> None:
        """Note a step of the work. Raises RefusedError as `complete` does."""
        self._check_accepted(act, "record-work")
        self._note(self.WorkRecorded, act, step=step, note=note)

    def complete(self, act: Act, note: str | None = None, reference: str | None = None) -> None:
        """End the leg with its work done.

        Raises RefusedError with `not-your-leg`, `leg-already-closed`, `out-of-turn` or
        `time-out-of-order`.
        """
        self._check_accepted(act, "complete-leg")
        self._note(self.Completed, act, note=note, reference=reference)

    def send_back(self, act: Act, reason: str) -> None:
        """End the leg by returning the dossier; an agency need not accept what it returns.

        Raises RefusedError with `not-your-leg`, `leg-already-closed` or `time-out-of-order`.
        """
        self._check_open(act)
        self._note(self.Returned, act, reason=reason)

    def fall_overdue(self, act: Act) -> bool:
        """Note that the term has passed, once; return whether that was news."""
        if self.outcome or self.overdue or self.due_at is None:
            return False
        self.record(self.Overdue, act, agency=self.agency, due_at=self.due_at)
        return True

    def _check_agency(self, act: Act) -> None:
        if act.actor.agency != self.agency:
            raise RefusedError(NOT_YOUR_LEG, leg=self.id, agency=act.actor.agency)

    def _check_open(self, act: Act) -> None:
        self._check_agency(act)
        if self.outcome:
            raise RefusedError(LEG_ALREADY_CLOSED, leg=self.id, outcome=self.outcome)

    def _check_accepted(self, act: Act, command: str) -> None:
        self._check_open(act)
        if not self.accepted:
            raise RefusedError(OUT_OF_TURN, command=command, missing="accept-leg")

    def _note(self, event_class: type[Any], act: Act, **fields: Any) -> None:
        self.record(event_class, self._in_order(act), agency=self.agency, **fields)

    def _in_order(self, act: Act) -> Act:
        # Two agencies' clocks differ a little; more than that would make durations negative.
        last = from_text(self.last_at)
        if act.happened_at >= last:
            return act
        if last - act.happened_at > CLOCK_SKEW:
            asserted = to_text(act.happened_at)
            raise RefusedError(TIME_OUT_OF_ORDER, asserted=asserted, last=self.last_at)
        return replace(act, happened_at=last)
