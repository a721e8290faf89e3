"""Trying parked messages again, a dossier's in the order in which they came.

Several may be at it at once, while further messages of the same dossier come in: a parked message's
row decides. Whoever handles it settles it first, which nobody else then can; and whoever takes a new
message in keeps the rows of that dossier locked to its commit (`Parking.held_keys`), so the last one
cannot be settled while a further one is being put behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shared.contracts.envelope import from_bytes
from shared.messaging.broker import Delivery
from shared.messaging.failures import CONFLICT, TRANSIENT
from shared.messaging.handlers import Consumer, Taken
from shared.messaging.parking import Parked, Parking, why
from shared.persistence.database import Transaction
from shared.persistence.unit_of_work import UnitOfWork


class Releasing:
    """Handles messages after all that one consumer had parked."""

    def __init__(self, unit: UnitOfWork, consumer: Consumer, parking: Parking) -> None:
        self._unit = unit
        self._consumer = consumer
        self._parking = parking

    def release(self, references: Sequence[str]) -> None:
        """Handle what waited for these references, and what was held behind it, in order."""
        with self._unit.database.transaction() as tx:
            keys = self._parking.keys_waiting_for(tx, references)
        for key in keys:
            self.retry(key)

    def retry(self, partition_key: str) -> int:
        """Handle a dossier's parked messages in order, up to the first that still fails; return how many.

        Raises DatabaseUnavailableError, BrokerUnavailableError, RecordConflictError or
        UniqueViolationError; what is still parked then can be tried again.
        """
        done = 0
        while parked := self._oldest(partition_key):
            if not self._handled(parked):
                break
            done += 1
        return done

    def _oldest(self, partition_key: str) -> Parked | None:
        with self._unit.database.transaction() as tx:
            return self._parking.oldest_of_key(tx, partition_key)

    def _handled(self, parked: Parked) -> bool:
        try:
            self._unit.run(partial(self._handle, parked=parked))
        except (*TRANSIENT, *CONFLICT):
            raise
        except Exception as error:  # noqa: BLE001 - it stays parked, with the new reason
            with self._unit.database.transaction() as tx:
                self._parking.explain(tx, parked.id, why(error))
            return False
        return True

    def _handle(self, tx: Transaction, parked: Parked) -> None:
        if not self._parking.settle(tx, parked.id):
            return  # another was at it at the same time, and was quicker
        batch = [_taken(parked)]
        self._consumer.prepare(batch)
        self._consumer.handle(batch)


def _taken(parked: Parked) -> Taken:
    message = from_bytes(parked.body)
    delivery = Delivery(
        queue=parked.queue,
        body=parked.body,
        exchange="",
        routing_key="",
        message_id=message.id,
        headers=parked.headers,
        content_type=None,
        user_id=None,
        redelivered=True,
        tag=0,
    )
    return Taken(delivery, message)
