"""What the in-memory broker alone promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from shared.messaging.broker import Delivery
from shared.messaging.memory import MemoryBroker
from shared.messaging.memory_queues import MemoryServer
from tests.contract.broker.messages import (
    ANSWER_SECONDS,
    a_message,
    collect,
    ids,
    numbered,
    publish,
    queues,
)


def test_threads_that_publish_and_take_at_once_lose_and_double_nothing() -> None:
    broker = MemoryBroker()
    broker.declare(queues("work"))
    each, publishers, takers = 2_000, 3, 3

    def publish_all(number: int) -> None:
        publisher = broker.publisher()
        for message in range(each):
            publisher.publish([a_message(f"{number}-{message}")])

    def take_until_last() -> list[Delivery]:
        subscription, taken = broker.subscribe(["work"], 50), []
        while part := subscription.take(20, ANSWER_SECONDS):
            subscription.ack(part)
            taken += part
            if "last" in ids(part):
                publish(broker, [a_message("last")])
                break
        subscription.close()
        return taken

    with ThreadPoolExecutor(publishers + takers) as pool:
        taking = [pool.submit(take_until_last) for _ in range(takers)]
        for done in [pool.submit(publish_all, number) for number in range(publishers)]:
            done.result()
        publish(broker, [a_message("last")])
        taken = [name for result in taking for name in ids(result.result()) if name != "last"]

    assert sorted(taken, key=str) == sorted(
        f"{number}-{message}" for number in range(publishers) for message in range(each)
    )


def test_what_two_subscribers_give_back_stands_in_its_old_order() -> None:
    broker = MemoryBroker()
    broker.declare(queues("work"))
    publish(broker, numbered(6))
    one, other = broker.subscribe(["work"], 10), broker.subscribe(["work"], 10)
    for number in range(6):
        collect(other if number % 2 else one, 1)

    one.close()
    other.close()

    assert ids(collect(broker.subscribe(["work"], 10), 6)) == [f"m-{number}" for number in range(1, 7)]


def test_what_was_requeued_comes_after_what_waited_as_in_a_quorum_queue() -> None:
    broker = MemoryBroker()
    broker.declare(queues("work"))
    publish(broker, numbered(3))
    subscription = broker.subscribe(["work"], 10)

    subscription.requeue(collect(subscription, 1))

    assert ids(collect(subscription, 3)) == ["m-2", "m-3", "m-1"]


def test_a_broker_without_a_server_to_share_stands_alone() -> None:
    server = MemoryServer()
    MemoryBroker(server).declare(queues("work"))

    assert publish(MemoryBroker(server), numbered(1)) != publish(MemoryBroker(), numbered(1))
