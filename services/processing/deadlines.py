"""Ringing when a leg's term has passed. A timer only wakes this; the rows say what is due."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.processing.application import LEG_DUE, REMIND, REQUEST_DUE, Processing, Requests
from shared.acts import SYSTEM, Act, Actor
from shared.clock import Clock
from shared.persistence.database import Transaction
from shared.persistence.deadlines import DeadlineTable, Due
from shared.persistence.unit_of_work import UnitOfWork

BATCH = 200


class TermsOfLegs:
    """Ends terms that have passed: such legs are overdue, or over; reminds of what nobody does; so for requests."""

    def __init__(
        self,
        unit: UnitOfWork,
        application: Processing,
        requests: Requests,
        deadlines: DeadlineTable,
        clock: Clock,
    ) -> None:
        self._unit = unit
        self._application = application
        self._requests = requests
        self._deadlines = deadlines
        self._clock = clock

    def ring(self) -> bool:
        """Fire what is due, in one unit of work; return whether there may be more at once.

        Raises DatabaseUnavailableError; what was not committed is due again.
        """
        ended = self._unit.run(lambda tx: self._fire(tx, LEG_DUE, self._application.end_term))
        reminded = self._unit.run(lambda tx: self._fire(tx, REMIND, self._application.remind))
        asked = self._unit.run(lambda tx: self._fire(tx, REQUEST_DUE, self._requests.fall_due))
        return BATCH in {ended, reminded, asked}

    def _fire(self, tx: Transaction, name: str, do: Callable[[UUID, int, Act], None]) -> int:
        due = self._deadlines.claim(tx, name, self._clock.now(), BATCH)
        self._application.prefetch(one.aggregate_id for one in due)
        for one in due:
            do(one.aggregate_id, one.version, self._act(one))
        self._deadlines.fired(tx, due)
        return len(due)

    def _act(self, due: Due) -> Act:
        now = self._clock.now()
        return Act(
            actor=Actor(SYSTEM, "processing"),
            happened_at=due.fires_at,
            received_at=now,
            recorded_at=now,
            root=due.aggregate_id,
            causation=f"{due.name}/{due.aggregate_id}/{due.version}",
        )
