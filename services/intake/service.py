"""intake as a nameko service: wiring only."""

from __future__ import annotations

from collections.abc import Sequence

from services.intake.api import IntakeApi
from shared.entrypoints.loops import batches, loop
from shared.entrypoints.wiring import Wired
from shared.messaging.broker import Delivery, Outgoing
from shared.messaging.consuming import BatchHandler
from shared.messaging.publishing import LogPublisher
from shared.topology import input_queues


class IntakeService(IntakeApi):
    """Takes dossiers in at its doors, follows what routing says, and publishes."""

    name = "intake"
    handler: BatchHandler = Wired("handler")
    publisher: LogPublisher = Wired("publisher")

    @batches(input_queues("intake"), on_connect="marker_requests", now_and_then="position_requests")
    def take(self, deliveries: Sequence[Delivery]) -> list[Outgoing]:
        """Handle a batch; ask again for what is missing."""
        return [request.to_outgoing() for request in self.handler.handle(deliveries)]

    @loop("wake_publisher", interval=0.2)
    def publish(self) -> bool:
        """Publish what the log holds."""
        return self.publisher.run_once()
