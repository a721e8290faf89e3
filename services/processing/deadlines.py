"""Ringing when a leg's term has passed. A timer only wakes this; the rows say what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.processing.application import LEG_DUE, REMIND, REQUEST_DUE, Processing, Requests
from shared.acts import SYSTEM, Act, Actor
from shared.clock import Clock
from shared.persistence.database import Transaction
from shared.persistence.deadlines import DeadlineTable
from shared.persistence.unit_of_work import UnitOfWork

BATCH = 200


class OpenRequests(Protocol):
    """Which requests want passing on."""

    def left_by_ended(self, tx: Transaction, now: datetime, limit: int) -> list[tuple[UUID, str]]:
        """Return requests that agencies left unanswered which have ended by now and have successors."""
        ...


class TermsOfLegs:
    """Ends terms that have passed: such legs are overdue, or over; reminds of what nobody does; so for requests.

    What agencies that have ended left unanswered goes to their successors.
    """

    def __init__(
        self,
        unit: UnitOfWork,
        application: Processing,
        requests: Requests,
        open_requests: OpenRequests,
        deadlines: DeadlineTable,
        clock: Clock,
    ) -> None:
        self._unit = unit
        self._application = application
        self._requests = requests
        self._open_requests = open_requests
        self._deadlines = deadlines
        self._clock = clock

    def ring(self) -> bool:
        """Fire what is due, in one unit of work; return whether there may be more at once.

        Raises DatabaseUnavailableError; what was not committed is due again.
        """
        ended = self._unit.run(lambda tx: self._fire(tx, LEG_DUE, self._application.end_term))
        reminded = self._unit.run(lambda tx: self._fire(tx, REMIND, self._application.remind))
        asked = self._unit.run(lambda tx: self._fire(tx, REQUEST_DUE, self._requests.fall_due))
        passed_on = self._unit.run(self._pass_on)
        return BATCH in {ended, reminded, asked, passed_on}

    def _pass_on(self, tx: Transaction) -> int:
        left = self._open_requests.left_by_ended(tx, self._clock.now(), BATCH)
        for request, agency in left:
            self._requests.pass_on(request, agency, self._act(request, f"passed-on/{request}/{agency}"))
        return len(left)

    def _fire(self, tx: Transaction, name: str, do: Callable[[UUID, int, Act], None]) -> int:
        due = self._deadlines.claim(tx, name, self._clock.now(), BATCH)
        self._application.prefetch(one.aggregate_id for one in due)
        for one in due:
            cause = f"{one.name}/{one.aggregate_id}/{one.version}"
            do(one.aggregate_id, one.version, self._act(one.aggregate_id, cause, one.fires_at))
        self._deadlines.fired(tx, due)
        return len(due)

    def _act(self, aggregate: UUID, cause: str, happened_at: datetime | None = None) -> Act:
        now = self._clock.now()
        return Act(
            actor=Actor(SYSTEM, "processing"),
            happened_at=happened_at or now,
            received_at=now,
            recorded_at=now,
            root=aggregate,
            causation=cause,
        )
