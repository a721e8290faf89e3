"""Run by test_green_threads.py in a process of its own: eventlet patches a whole process.

    python -m tests.contract.broker.green_threads memory
    python -m tests.contract.broker.green_threads amqp://...

Ends with an error unless a waiting take lets other green threads run and gets what one publishes.
"""

from __future__ import annotations

import sys

import eventlet

eventlet.monkey_patch()

from shared.messaging.broker import Broker, Outcome  # noqa: E402
from shared.messaging.memory import MemoryBroker  # noqa: E402
from shared.messaging.rabbitmq import RabbitBroker  # noqa: E402
from tests.contract.broker.messages import ANSWER_SECONDS, collect, ids, numbered, queues  # noqa: E402

COUNT = 2_000


def main(address: str) -> None:
    broker: Broker = MemoryBroker() if address == "memory" else RabbitBroker(address)
    broker.declare(queues("work"))
    publisher, subscription = broker.publisher(), broker.subscribe(["work"], 100)

    def take_all() -> list[str | None]:
        taken: list[str | None] = []
        while len(taken) < COUNT:
            part = collect(subscription, 1) + subscription.take(50, 0)
            subscription.ack(part)
            taken += ids(part)
        return taken

    with eventlet.Timeout(ANSWER_SECONDS):
        taker = eventlet.spawn(take_all)
        eventlet.sleep(0)  # the taker waits first
        for first in range(1, COUNT + 1, 100):
            assert set(publisher.publish(numbered(100, first))) == {Outcome.CONFIRMED}
            eventlet.sleep(0)
        assert taker.wait() == [message.message_id for message in numbered(COUNT)]

        waiter = eventlet.spawn(subscription.take, 1, ANSWER_SECONDS)
        ticks = eventlet.spawn(lambda: [eventlet.sleep(0) for _ in range(100)])
        ticks.wait()
        assert not waiter.dead, "the take did not wait"
        publisher.publish(numbered(1))
        assert ids(waiter.wait()) == ["m-1"]
    broker.close()


if __name__ == "__main__":
    main(sys.argv[1])
