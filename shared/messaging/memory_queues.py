"""The queues of the in-memory broker and what they hold."""

from __future__ import annotations

import threading
from collections import deque
from operator import itemgetter
from typing import NamedTuple, Protocol

from shared.messaging.broker import Outgoing
from shared.messaging.errors import TopologyRefusedError
from shared.messaging.memory_routing import Routing
from shared.topology import Queue, Topology


class Stored(NamedTuple):
    """A message in a queue; `position` is its place in the order of arrival."""

    position: int
    message: Outgoing
    headers: dict[str, str]
    redelivered: bool


class Taker(Protocol):
    """Whoever takes from a queue."""

    def wake(self) -> None:
        """Look again: there may be something to take."""
        ...


class MemoryQueue:
    """One queue: its messages, oldest first, and its takers, in the order they came."""

    def __init__(self, definition: Queue) -> None:
        self.definition = definition
        self.messages: deque[Stored] = deque()
        self.takers: list[Taker] = []
        self._arrived = 0

    def put(self, message: Outgoing, headers: dict[str, str], *, redelivered: bool = False) -> None:
        """Append a message."""
        self._arrived += 1
        self.messages.append(Stored(self._arrived, message, headers, redelivered))

    def give_back(self, returned: list[Stored]) -> None:
        """Put messages back to where they were, marked as redelivered."""
        merged = [stored._replace(redelivered=True) for stored in returned]
        last = max(stored.position for stored in merged)
        while self.messages and self.messages[0].position < last:
            merged.append(self.messages.popleft())
        merged.sort(key=itemgetter(0))
        self.messages.extendleft(reversed(merged))

    def serves(self, taker: Taker) -> bool:
        """Tell whether the taker may have messages now; a single active one is the one longest here."""
        return not self.definition.single_active_consumer or self.takers[0] is taker

    def wake(self) -> None:
        """Wake those who may take."""
        for taker in self.takers[:1] if self.definition.single_active_consumer else self.takers:
            taker.wake()


class MemoryServer:
    """What brokers in one process share, as a RabbitMQ server is shared. Use only under `lock`."""

    def __init__(self) -> None:
        # Made when called and by name, so that green locks come in where eventlet has patched.
        self.lock = threading.Lock()
        self.routing = Routing()
        self.queues: dict[str, MemoryQueue] = {}

    def declare(self, topology: Topology) -> None:
        """Create what is missing. Raises TopologyRefusedError."""
        for exchange in topology.exchanges:
            self.routing.add(exchange)
        for queue in topology.queues:
            held = self.queues.setdefault(queue.name, MemoryQueue(queue)).definition
            if held != queue:
                raise TopologyRefusedError(f"queue {queue.name} is there and differs: {held}, not {queue}")
        for binding in topology.bindings:
            ends = {binding.source: True, binding.destination: binding.to_exchange}
            for name, is_exchange in ends.items():
                if not (self.routing.holds(name) if is_exchange else name in self.queues):
                    raise TopologyRefusedError(f"{binding} names {name}, which is not there")
            self.routing.bind(binding)

    def route(self, message: Outgoing) -> list[MemoryQueue]:
        """Return the queues a message belongs in. Raises KeyError when its exchange is not there."""
        if not message.exchange:
            queue = self.queues.get(message.routing_key)
            return [queue] if queue else []
        names = self.routing.queues(message.exchange, message.routing_key, message.headers)
        return [self.queues[name] for name in names]
