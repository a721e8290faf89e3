"""Bringing what lies in the delivery ledger onto agencies' queues.

Claim, publish, record: each step is durable before the next. A crash between any two leaves rows that
come due again, so a message may reach an agency twice, under the same id, and is never lost.
"""

from __future__ import annotations

from collections.abc import Callable

from services.processing.tables.ledger import Claimed, DeliveryLedger
from shared.clock import Clock
from shared.contracts.envelope import from_bytes
from shared.messaging.broker import BrokerUnavailableError, Outcome, Outgoing, Publisher
from shared.messaging.consuming import headers_of
from shared.messaging.traced import Tracing, with_place
from shared.topology import AGENCIES
from shared.tracing import AGENCY

BATCH = 200


class Deliverer:
    """Works the ledger through; several may run at once. One thread at a time."""

    def __init__(
        self,
        ledger: DeliveryLedger,
        publisher: Callable[[], Publisher],
        clock: Clock,
        queue_is_missing: Callable[[str], None] = lambda _agency: None,
        tracing: Tracing | None = None,
    ) -> None:
        self._ledger = ledger
        self._open_publisher = publisher
        self._clock = clock
        self._queue_is_missing = queue_is_missing
        self._publisher: Publisher | None = None
        self._tracing = tracing

    def deliver(self) -> bool:
        """Send what is due, once; return whether there was anything: then there may be more at once.

        Raises BrokerUnavailableError or DatabaseUnavailableError; calling again connects anew.
        """
        claimed = self._ledger.claim(self._clock.now(), BATCH)
        if not claimed:
            return False
        try:
            outcomes = self._publish(claimed)
        except BrokerUnavailableError:
            self.close()
            self._ledger.release(claimed, self._clock.now())
            raise
        self._ledger.record_outcomes(self._clock.now(), zip(claimed, outcomes, strict=True))
        for one, outcome in zip(claimed, outcomes, strict=True):
            if outcome is Outcome.UNROUTABLE:
                self._queue_is_missing(one.agency)
            elif self._tracing and outcome is Outcome.CONFIRMED:
                self._tracing.sent(from_bytes(one.body), one.attempts + 1, **{AGENCY: one.agency})
        return True

    def close(self) -> None:
        """Let go of the broker."""
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()

    def _publish(self, claimed: list[Claimed]) -> list[Outcome]:
        if self._publisher is None:
            self._publisher = self._open_publisher()
        return self._publisher.publish([_outgoing(one, traced=self._tracing is not None) for one in claimed])


def _outgoing(claimed: Claimed, *, traced: bool) -> Outgoing:
    message = from_bytes(claimed.body)
    headers = headers_of(message)
    return Outgoing(
        exchange=AGENCIES,
        routing_key=claimed.agency,
        body=claimed.body,
        message_id=claimed.message_id,
        headers=with_place(headers, message) if traced else headers,
    )
