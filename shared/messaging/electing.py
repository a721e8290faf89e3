"""Publishing as the only process of a service that may: an advisory lock elects it."""

from __future__ import annotations

from collections.abc import Sequence

from shared.messaging.broker import Broker, BrokerUnavailableError, Outcome, Outgoing, Publisher
from shared.persistence.database import Database, Leadership

JOB = "publisher"


class ElectedPublisher:
    """Base of what publishes for a service, one process at a time. One thread at a time."""

    def __init__(self, service: str, database: Database, broker: Broker) -> None:
        self._service = service
        self._database = database
        self._broker = broker
        self._leadership: Leadership | None = None
        self._publisher: Publisher | None = None

    def run_once(self) -> bool:
        """Do what is to do now; return whether there may be more at once.

        Raises BrokerUnavailableError or DatabaseUnavailableError; calling again connects anew.
        """
        if not self._lead():
            return False
        try:
            return self._work()
        except BaseException:
            # Also after a fault of the database: what was taken from the broker must come again.
            self._disconnect()
            raise

    def close(self) -> None:
        """Stop being the publisher."""
        self._disconnect()
        self._resign()

    def _work(self) -> bool:
        raise NotImplementedError

    def _lead(self) -> bool:
        if self._leadership and self._leadership.is_held():
            return True
        self.close()
        self._leadership = self._database.elect(JOB)
        return self._leadership is not None

    def _resign(self) -> None:
        leadership, self._leadership = self._leadership, None
        if leadership:
            leadership.release()

    def _disconnect(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher:
            publisher.close()

    def _send(self, batch: Sequence[Outgoing]) -> None:
        """Publish all of it. Raises BrokerUnavailableError also when the broker does not have all of it."""
        if self._publisher is None:
            self._publisher = self._broker.publisher()
        require_confirmed(batch, self._publisher.publish(batch))


def require_confirmed(batch: Sequence[Outgoing], outcomes: Sequence[Outcome]) -> None:
    """Raise BrokerUnavailableError, naming the first message of a batch that the broker does not have."""
    for outgoing, outcome in zip(batch, outcomes, strict=True):
        if outcome is not Outcome.CONFIRMED:
            msg = f"{outgoing.routing_key} {outgoing.message_id}: {outcome.value}"
            raise BrokerUnavailableError(msg)
