from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from shared.messaging.broker import Broker
from tests.contract.broker.conftest import Opener
from tests.contract.broker.messages import (
    ANSWER_SECONDS,
    LONG_SECONDS,
    collect,
    ids,
    is_quiet,
    numbered,
    publish,
    queues,
)

SINGLE = queues("work", single_active_consumer=True)


def test_only_the_first_subscriber_gets_messages(broker: Broker) -> None:
    broker.declare(SINGLE)
    first, second = broker.subscribe(["work"], 2), broker.subscribe(["work"], 10)
    publish(broker, numbered(4))

    assert ids(collect(first, 2)) == ["m-1", "m-2"]
    assert is_quiet(second)


def test_the_next_subscriber_takes_over_what_is_left_in_order(open_broker: Opener) -> None:
    broker = open_broker()
    broker.declare(SINGLE)
    first, second = broker.subscribe(["work"], 3), open_broker().subscribe(["work"], 10)
    publish(broker, numbered(5))
    taken = collect(first, 3)
    first.ack(taken[:1])

    first.close()

    assert ids(collect(second, 4)) == ["m-2", "m-3", "m-4", "m-5"]


def test_a_subscriber_that_waits_is_woken_when_it_takes_over(open_broker: Opener) -> None:
    broker = open_broker()
    broker.declare(SINGLE)
    first, second = broker.subscribe(["work"], 3), open_broker().subscribe(["work"], 10)
    publish(broker, numbered(1))
    collect(first, 1)
    with ThreadPoolExecutor(1) as waiting:
        taken = waiting.submit(second.take, 10, LONG_SECONDS)
        assert not taken.done()

        first.close()

        assert ids(taken.result(ANSWER_SECONDS)) == ["m-1"]


def test_one_that_waited_and_left_does_not_stand_in_the_way(broker: Broker) -> None:
    broker.declare(SINGLE)
    first, second, third = (broker.subscribe(["work"], 10) for _ in range(3))
    publish(broker, numbered(2))

    second.close()
    assert ids(collect(first, 2)) == ["m-1", "m-2"]
    first.close()

    assert ids(collect(third, 2)) == ["m-1", "m-2"]


def test_each_queue_has_its_own_active_subscriber(broker: Broker) -> None:
    broker.declare(queues("work", "side", single_active_consumer=True))
    first = broker.subscribe(["work"], 10)
    second = broker.subscribe(["side", "work"], 10)
    publish(broker, numbered(1))
    publish(broker, numbered(1, 2))

    assert ids(collect(first, 2)) == ["m-1", "m-2"]
    assert is_quiet(second)
