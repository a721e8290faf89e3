"""statistics as a nameko service: wiring only."""

from __future__ import annotations

from collections.abc import Sequence

from services.statistics.api import StatisticsApi
from shared.entrypoints.loops import batches, loop
from shared.entrypoints.wiring import Wired
from shared.messaging.broker import Delivery, Outgoing
from shared.messaging.consuming import BatchHandler
from shared.messaging.copying import CopyPublisher
from shared.topology import input_queues


class StatisticsService(StatisticsApi):
    """Takes every message into the ledger."""

    name = "statistics"
    handler: BatchHandler = Wired("handler")
    publisher: CopyPublisher = Wired("publisher")

    @batches(
        input_queues("statistics"), size=1000, on_connect="marker_requests", now_and_then="position_requests"
    )
    def take(self, deliveries: Sequence[Delivery]) -> list[Outgoing]:
        """Enter a batch; ask again for what is missing."""
        return [request.to_outgoing() for request in self.handler.handle(deliveries)]

    @loop("wake_publisher", interval=1.0)
    def publish(self) -> bool:
        """Let people see what was parked."""
        return self.publisher.run_once()
