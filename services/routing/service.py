"""routing as a nameko service: wiring only."""

from __future__ import annotations

from collections.abc import Sequence

from services.routing.api import RoutingApi
from services.routing.beginnings import Beginnings
from shared.entrypoints.loops import batches, loop
from shared.entrypoints.wiring import Wired
from shared.messaging.broker import Delivery, Outgoing
from shared.messaging.publishing import LogPublisher
from shared.topology import input_queues


class RoutingService(RoutingApi):
    """Takes in what intake and processing say, and publishes what routing decides."""

    name = "routing"
    publisher: LogPublisher = Wired("publisher")
    beginnings: Beginnings = Wired("beginnings")

    @batches(input_queues("routing"), on_connect="marker_requests", now_and_then="position_requests")
    def take(self, deliveries: Sequence[Delivery]) -> list[Outgoing]:
        """Handle a batch; ask again for what is missing."""
        return [request.to_outgoing() for request in self.handler.handle(deliveries)]

    @loop("wake_publisher", interval=0.2)
    def publish(self) -> bool:
        """Publish what the log holds."""
        return self.publisher.run_once()

    @loop("wake_beginnings", interval=1.0)
    def begin(self) -> bool:
        """Let dossiers go on that waited for an agency's first day."""
        return self.beginnings.look()
