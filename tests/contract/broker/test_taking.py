from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from shared.messaging.broker import Broker, BrokerUnavailableError
from tests.contract.broker.messages import (
    ANSWER_SECONDS,
    LONG_SECONDS,
    a_message,
    collect,
    ids,
    is_quiet,
    numbered,
    publish,
    queues,
)


def test_messages_come_in_the_order_they_were_published(broker: Broker) -> None:
    broker.declare(queues("work"))
    publisher = broker.publisher()
    for first in range(1, 601, 100):
        publisher.publish(numbered(100, first))

    subscription = broker.subscribe(["work"], 1000)

    assert ids(collect(subscription, 600)) == [f"m-{number}" for number in range(1, 601)]


def test_a_take_brings_no_more_than_its_limit(broker: Broker) -> None:
    broker.declare(queues("work"))
    publish(broker, numbered(5))
    subscription = broker.subscribe(["work"], 100)

    collect(subscription, 1)

    assert len(subscription.take(3, ANSWER_SECONDS)) <= 3
    assert len(subscription.take(3, 0)) <= 3


def test_a_take_brings_at_once_all_that_has_come(broker: Broker) -> None:
    broker.declare(queues("work", "side"))
    subscription = broker.subscribe(["work", "side"], 100)
    publish(broker, numbered(50))
    publish(broker, [a_message("last", key="side")])
    # By the time the last has come, so have the others.
    seen = collect(subscription, 1)
    while "last" not in ids(seen):
        seen += collect(subscription, 1)

    assert len(seen) + len(subscription.take(100, 0)) == 51


def test_a_take_that_waits_gets_a_message_published_meanwhile(broker: Broker) -> None:
    broker.declare(queues("work"))
    subscription = broker.subscribe(["work"], 10)
    with ThreadPoolExecutor(1) as waiting:
        taken = waiting.submit(subscription.take, 10, LONG_SECONDS)
        publish(broker, [a_message("1")])

        assert ids(taken.result(ANSWER_SECONDS)) == ["1"]


def test_a_take_from_an_empty_queue_brings_nothing(broker: Broker) -> None:
    broker.declare(queues("work"))
    subscription = broker.subscribe(["work"], 10)

    assert subscription.take(10, 0) == []
    assert subscription.take(10, 0.05) == []


def test_no_more_than_the_prefetch_is_unsettled(broker: Broker) -> None:
    broker.declare(queues("work"))
    publish(broker, numbered(5))
    subscription = broker.subscribe(["work"], 2)

    first, second = collect(subscription, 2)
    assert is_quiet(subscription)

    subscription.ack([first])
    assert ids(collect(subscription, 1)) == ["m-3"]
    assert is_quiet(subscription)

    subscription.requeue([second])
    collect(subscription, 1)
    assert is_quiet(subscription)


def test_the_prefetch_counts_for_each_queue(broker: Broker) -> None:
    broker.declare(queues("work", "side"))
    publish(broker, [*numbered(5), a_message("s-1", key="side"), a_message("s-2", key="side")])
    subscription = broker.subscribe(["work", "side"], 1)

    assert set(ids(collect(subscription, 2))) == {"m-1", "s-1"}
    assert is_quiet(subscription)


def test_a_full_queue_does_not_keep_another_from_its_turn(broker: Broker) -> None:
    broker.declare(queues("work", "side"))
    publish(broker, [*numbered(50), a_message("s-1", key="side")])
    subscription = broker.subscribe(["work", "side"], 5)

    seen: list[str | None] = []
    while "s-1" not in seen:
        taken = collect(subscription, 1)
        subscription.ack(taken)
        seen += ids(taken)

    assert len(seen) < 30


def test_what_was_acked_does_not_come_again(broker: Broker) -> None:
    broker.declare(queues("work"))
    publish(broker, numbered(6))
    subscription = broker.subscribe(["work"], 10)
    taken = collect(subscription, 6)

    subscription.ack([taken[3], taken[1]])
    subscription.ack([taken[0], taken[2], taken[5]])
    subscription.ack([])
    subscription.close()

    again = broker.subscribe(["work"], 10)
    assert ids(collect(again, 1)) == ["m-5"]
    assert is_quiet(again)


def test_what_was_not_settled_comes_back_in_order_and_marked_when_the_subscription_closes(
    broker: Broker,
) -> None:
    broker.declare(queues("work"))
    publish(broker, numbered(5))
    subscription = broker.subscribe(["work"], 4)
    taken = collect(subscription, 4)
    assert not any(delivery.redelivered for delivery in taken)
    subscription.ack([taken[1]])

    subscription.close()

    again = collect(broker.subscribe(["work"], 10), 4)
    assert ids(again) == ["m-1", "m-3", "m-4", "m-5"]
    assert [delivery.redelivered for delivery in again[:3]] == [True] * 3


def test_what_was_requeued_comes_again_and_marked(broker: Broker) -> None:
    broker.declare(queues("work"))
    publish(broker, numbered(3))
    subscription = broker.subscribe(["work"], 10)
    first, second, third = collect(subscription, 3)

    subscription.requeue([second, first])

    again = collect(subscription, 2)
    assert set(ids(again)) == {"m-1", "m-2"}
    assert all(delivery.redelivered for delivery in again)
    subscription.ack([third, *again])
    assert is_quiet(subscription)


def test_what_comes_again_is_the_same_message(broker: Broker) -> None:
    broker.declare(queues("work"))
    publish(broker, [a_message("1", body=b"body", headers={"partition": "1"})])
    subscription = broker.subscribe(["work"], 10)
    [delivery] = collect(subscription, 1)

    subscription.requeue([delivery])
    [requeued] = collect(subscription, 1)
    subscription.close()
    [given_back] = collect(broker.subscribe(["work"], 10), 1)

    assert requeued == replace(delivery, redelivered=True, tag=requeued.tag)
    assert given_back == replace(delivery, redelivered=True, tag=given_back.tag)


def test_a_prefetch_of_nothing_is_a_mistake(broker: Broker) -> None:
    broker.declare(queues("work"))

    with pytest.raises(ValueError, match="prefetch"):
        broker.subscribe(["work"], 0)


def test_a_delivery_is_settled_once(broker: Broker) -> None:
    broker.declare(queues("work"))
    publish(broker, numbered(2))
    subscription = broker.subscribe(["work"], 10)
    first, second = collect(subscription, 2)
    subscription.ack([first])

    for settle in (subscription.ack, subscription.requeue):
        with pytest.raises(ValueError, match="settled already"):
            settle([second, first])

    subscription.ack([second])


def test_subscribers_share_a_queue(broker: Broker) -> None:
    broker.declare(queues("work"))
    one, other = broker.subscribe(["work"], 3), broker.subscribe(["work"], 3)
    publish(broker, numbered(6))

    assert set(ids(collect(one, 3) + collect(other, 3))) == {f"m-{number}" for number in range(1, 7)}


def test_subscribing_to_a_queue_that_is_not_there_is_a_fault(broker: Broker) -> None:
    broker.declare(queues("work"))

    with pytest.raises(BrokerUnavailableError):
        broker.subscribe(["work", "no-such-queue"], 1)
