"""processing as a nameko service: wiring only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.processing.api import ProcessingApi
from services.processing.commands import CommandConsumer
from services.processing.deadlines import TermsOfLegs
from services.processing.deliverer import Deliverer
from services.processing.replayer import Replayer
from shared.entrypoints.loops import batches, loop
from shared.entrypoints.wiring import Wired
from shared.messaging.broker import Delivery, Outgoing
from shared.messaging.consuming import BatchHandler
from shared.messaging.publishing import LogPublisher
from shared.topology import COMMANDS_QUEUE, input_queues


class ProcessingService(ProcessingApi):
    """Takes in what routing decides and agencies command; hands over, publishes, rings deadlines."""

    name = "processing"
    handler: BatchHandler = Wired("handler")
    commands: CommandConsumer = Wired("commands")
    publisher: LogPublisher = Wired("publisher")
    deliverer: Deliverer = Wired("deliverer")
    replayer: Replayer = Wired("replayer")
    terms: TermsOfLegs = Wired("terms")
    declare_agencies: Callable[[], None] = Wired("declare_agencies")

    @batches(input_queues("processing"), on_connect="marker_requests", now_and_then="position_requests")
    def take(self, deliveries: Sequence[Delivery]) -> list[Outgoing]:
        """Handle a batch; ask again for what is missing."""
        return [request.to_outgoing() for request in self.handler.handle(deliveries)]

    @batches([COMMANDS_QUEUE])
    def take_commands(self, deliveries: Sequence[Delivery]) -> None:
        """Carry out a batch of commands."""
        self.commands.handle(deliveries)

    @loop("wake_publisher", interval=0.2)
    def publish(self) -> bool:
        """Publish what the log holds."""
        return self.publisher.run_once()

    @loop("wake_deliverer", interval=1.0)
    def deliver(self) -> bool:
        """Send what the delivery ledger holds, to queues that are there."""
        self.declare_agencies()
        return self.deliverer.deliver()

    @loop("wake_replayer", interval=1.0)
    def replay(self) -> bool:
        """Send a page of a replay that is due."""
        return self.replayer.replay()

    @loop("wake_deadlines", interval=1.0)
    def ring(self) -> bool:
        """Mark legs overdue whose term has passed."""
        return self.terms.ring()
