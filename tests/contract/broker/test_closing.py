from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.messaging.broker import Broker, BrokerUnavailableError
from tests.contract.broker.conftest import Opener
from tests.contract.broker.messages import (
    ANSWER_SECONDS,
    LONG_SECONDS,
    a_message,
    arrivals,
    collect,
    numbered,
    publish,
    queues,
)


@pytest.mark.parametrize("at_once", [False, True], ids=["each end", "the broker"])
def test_a_closed_end_can_do_nothing_more(broker: Broker, at_once: bool) -> None:
    broker.declare(queues("work"))
    publish(broker, numbered(1))
    publisher, subscription = broker.publisher(), broker.subscribe(["work"], 10)
    [delivery] = collect(subscription, 1)

    if at_once:
        broker.close()
    else:
        publisher.close()
        subscription.close()

    uses: list[Callable[[], object]] = [
        lambda: publisher.publish([a_message()]),
        lambda: subscription.take(1, 0),
        lambda: subscription.ack([delivery]),
        lambda: subscription.requeue([delivery]),
    ]
    for use in uses:
        with pytest.raises(BrokerUnavailableError):
            use()


@pytest.mark.parametrize("all_at_once", [False, True], ids=["the end", "the broker"])
def test_closing_in_another_thread_frees_a_take_that_waits(broker: Broker, all_at_once: bool) -> None:
    broker.declare(queues("work"))
    subscription = broker.subscribe(["work"], 10)
    with ThreadPoolExecutor(1) as waiting:
        taken = waiting.submit(subscription.take, 10, LONG_SECONDS)

        (broker if all_at_once else subscription).close()

        with pytest.raises(BrokerUnavailableError):
            taken.result(ANSWER_SECONDS)


def test_closing_twice_is_the_same_as_once(broker: Broker) -> None:
    broker.declare(queues("work"))
    publisher, subscription = broker.publisher(), broker.subscribe(["work"], 10)

    for end in (publisher, subscription, broker) * 2:
        end.close()


def test_messages_outlive_the_broker_object_that_published_them(open_broker: Opener) -> None:
    first = open_broker()
    first.declare(queues("work"))
    publish(first, numbered(2))
    collect(first.subscribe(["work"], 10), 1)

    first.close()

    assert arrivals(open_broker(), ["work"], 2) == {("work", "m-1"), ("work", "m-2")}


def test_a_broker_object_that_was_closed_can_be_used_again(broker: Broker) -> None:
    broker.declare(queues("work"))
    broker.publisher()

    broker.close()

    publish(broker, numbered(1))
    assert arrivals(broker, ["work"], 1) == {("work", "m-1")}
