"""Copies of parked messages, in the parking queue of where each came from, for people to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared import topology
from shared.contracts.envelope import MAX_BYTES
from shared.messaging.broker import Broker, Outgoing
from shared.messaging.electing import ElectedPublisher
from shared.messaging.parking import Parked, Parking
from shared.persistence.database import Database

BATCH = 100


class ParkedCopies:
    """Publishes a copy of each message that a service parked; after a crash one may come twice."""

    def __init__(self, service: str, database: Database) -> None:
        self._service = service
        self._database = database
        self._parking = Parking(service)

    def send_new(self, send: Callable[[Sequence[Outgoing]], None]) -> bool:
        """Send copies of what was parked since; return whether there may be more."""
        with self._database.transaction() as tx:
            parked = self._parking.uncopied(tx, BATCH)
        if not parked:
            return False
        send([self._copy(one) for one in parked])
        with self._database.transaction() as tx:
            self._parking.mark_copied(tx, [one.id for one in parked])
        return len(parked) == BATCH

    def _copy(self, parked: Parked) -> Outgoing:
        return Outgoing(
            exchange=topology.DEAD,
            routing_key=topology.parking_queue(parked.queue),
            body=parked.body[:MAX_BYTES],
            message_id=f"parked/{self._service}/{parked.id}",
            headers={**parked.headers, "reason-class": parked.reason_class, "reason": parked.reason},
        )


class CopyPublisher(ElectedPublisher):
    """For a service that publishes nothing but these copies."""

    def __init__(self, service: str, database: Database, broker: Broker) -> None:
        super().__init__(service, database, broker)
        self._copies = ParkedCopies(service, database)

    def _work(self) -> bool:
        return self._copies.send_new(self._send)
