"""The broker inside one process: for the embedded way of running, and for tests."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from time import monotonic

from shared.messaging.broker import BrokerUnavailableError, Delivery, Outcome, Outgoing
from shared.messaging.memory_queues import MemoryQueue, MemoryServer, Stored
from shared.topology import Topology


class MemoryBroker:
    """A `Broker` whose messages live as long as the `MemoryServer` it shares with others.

    It claims no authentication (`user_id` is None), never refuses a message, and dead-letters
    nothing: the port cannot reject, so a queue's `parking` is filled by services alone.
    """

    def __init__(self, server: MemoryServer | None = None) -> None:
        self._server = server or MemoryServer()
        self._ends: list[MemoryPublisher | MemorySubscription] = []

    def declare(self, topology: Topology, *, again: bool = True) -> None:  # noqa: ARG002 - it loses nothing
        """Create what is missing; leave what is there. Raises TopologyRefusedError."""
        with self._server.lock:
            self._server.declare(topology)

    def missing(self, queues: Sequence[str]) -> set[str]:
        """Return which of these queues are not there."""
        with self._server.lock:
            return {name for name in queues if name not in self._server.queues}

    def losses(self) -> int:
        """Return 0: inside one process no connection is lost."""
        return 0

    def publisher(self) -> MemoryPublisher:
        """Open a publishing end."""
        publisher = MemoryPublisher(self._server)
        self._keep(publisher)
        return publisher

    def subscribe(self, queues: Sequence[str], prefetch: int) -> MemorySubscription:
        """Open a receiving end. Raises BrokerUnavailableError when a queue is not there."""
        if prefetch < 1:
            raise ValueError("prefetch must be at least 1")
        subscription = MemorySubscription(self._server, queues, prefetch)
        self._keep(subscription)
        return subscription

    def close(self) -> None:
        """Close every end this object opened; messages stay with the server."""
        for end in self._ends:
            end.close()

    def _keep(self, end: MemoryPublisher | MemorySubscription) -> None:
        self._ends = [*(kept for kept in self._ends if kept.is_open), end]


class MemoryPublisher:
    """A `Publisher`; a batch is put into all its queues at once."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self.is_open = True

    def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Put each message into its queues; those who wait are woken at once."""
        outcomes = []
        reached: dict[MemoryQueue, None] = {}
        with self._server.lock:
            if not self.is_open:
                raise BrokerUnavailableError("this publisher is closed")
            try:
                for message in batch:
                    queues = self._server.route(message)
                    headers = dict(message.headers)
                    for queue in queues:
                        queue.put(message, headers)
                        reached[queue] = None
                    outcomes.append(Outcome.CONFIRMED if queues else Outcome.UNROUTABLE)
            except KeyError as missing:
                raise BrokerUnavailableError(f"no exchange {missing}") from missing
            finally:
                for queue in reached:
                    queue.wake()
        return outcomes

    def close(self) -> None:
        """Refuse to publish from now on."""
        self.is_open = False


class MemorySubscription:
    """A `Subscription`; messages stay in their queue until they are taken."""

    def __init__(self, server: MemoryServer, queues: Sequence[str], prefetch: int) -> None:
        self._server = server
        self._prefetch = prefetch
        self._arrival = threading.Condition(server.lock)
        self._waiting = False
        self.is_open = True
        self._last_tag = 0
        self._unsettled: dict[int, tuple[MemoryQueue, Stored]] = {}
        with server.lock:
            missing = [name for name in queues if name not in server.queues]
            if missing:
                raise BrokerUnavailableError(f"no queue {missing[0]}")
            self._queues = deque(server.queues[name] for name in queues)
            self._held = dict.fromkeys(self._queues, 0)
            for queue in self._queues:
                queue.takers.append(self)

    def take(self, limit: int, wait_seconds: float) -> list[Delivery]:
        """Return up to `limit` messages, waiting up to `wait_seconds` for a first one."""
        deadline = monotonic() + wait_seconds
        with self._server.lock:
            while True:
                self._check_open()
                taken = self._take_present(limit)
                left = deadline - monotonic()
                if taken or left <= 0:
                    return taken
                self._waiting = True
                self._arrival.wait(left)
                self._waiting = False

    def _take_present(self, limit: int) -> list[Delivery]:
        taken: list[Delivery] = []
        for queue in list(self._queues):
            if len(taken) == limit:
                break
            # The next call begins one queue further: none starves behind a full one.
            self._queues.rotate(-1)
            if queue.serves(self):
                room = min(limit - len(taken), self._prefetch - self._held[queue], len(queue.messages))
                taken += [self._hand_out(queue) for _ in range(room)]
        return taken

    def _hand_out(self, queue: MemoryQueue) -> Delivery:
        stored = queue.messages.popleft()
        self._last_tag += 1
        self._held[queue] += 1
        self._unsettled[self._last_tag] = (queue, stored)
        message = stored.message
        return Delivery(
            queue=queue.definition.name,
            body=message.body,
            exchange=message.exchange,
            routing_key=message.routing_key,
            message_id=message.message_id,
            headers=dict(stored.headers),
            content_type=message.content_type,
            user_id=None,
            redelivered=stored.redelivered,
            tag=self._last_tag,
        )

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Settle for good. Raises ValueError for what is settled already."""
        with self._server.lock:
            self._check_open()
            self._release([delivery.tag for delivery in deliveries])

    def requeue(self, deliveries: Sequence[Delivery]) -> None:
        """Put back behind all others, as quorum queues do. Raises ValueError for what is settled already."""
        with self._server.lock:
            self._check_open()
            for queue, stored in self._release([delivery.tag for delivery in deliveries]):
                queue.put(stored.message, stored.headers, redelivered=True)
                queue.wake()

    def close(self) -> None:
        """Give back what is unsettled; the next subscriber of a single-active queue takes over."""
        with self._server.lock:
            if self.is_open:
                self.is_open = False
                for queue in self._queues:
                    queue.takers.remove(self)
                self._give_back_all()
                for queue in self._queues:
                    queue.wake()
                self.wake()

    def wake(self) -> None:
        """Look again at the queues, if waiting."""
        if self._waiting:
            self._arrival.notify()

    def _give_back_all(self) -> None:
        returned: dict[MemoryQueue, list[Stored]] = {}
        for queue, stored in self._release(list(self._unsettled)):
            returned.setdefault(queue, []).append(stored)
        for queue, messages in returned.items():
            queue.give_back(messages)

    def _release(self, tags: list[int]) -> list[tuple[MemoryQueue, Stored]]:
        settled_before = [tag for tag in tags if tag not in self._unsettled]
        if settled_before:
            raise ValueError(f"settled already: {settled_before}")
        released = [self._unsettled.pop(tag) for tag in tags]
        for queue, _ in released:
            self._held[queue] -= 1
        return released

    def _check_open(self) -> None:
        if not self.is_open:
            raise BrokerUnavailableError("this subscription is closed")
