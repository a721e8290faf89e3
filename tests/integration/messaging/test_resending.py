"""Requests to send again: answered in order with what is new, and passed over when they make no sense."""

from __future__ import annotations

import logging
from typing import Any

import orjson
import pytest

from shared.contracts.envelope import Message, from_bytes
from shared.messaging.broker import Outgoing
from shared.messaging.hearing import ResendRequest
from shared.messaging.memory import MemoryBroker
from shared.partitions import PARTITIONS, partition_of
from shared.topology import RESENDS, input_queue, resend_queue
from tests.builders.messaging import Listener, Writer, dossier, neighbour

pytestmark = pytest.mark.integration

FIRST = dossier(1)
PARTITION = partition_of(str(FIRST))


def ask(broker: MemoryBroker, *requests: ResendRequest) -> None:
    broker.publisher().publish([request.to_outgoing() for request in requests])


def arrived(broker: MemoryBroker, partition: int = PARTITION) -> list[Message]:
    subscription = broker.subscribe([input_queue("processing", partition)], prefetch=10_000)
    messages = [from_bytes(delivery.body) for delivery in subscription.take(10_000, 0)]
    subscription.close()
    return messages


def forget(broker: MemoryBroker) -> None:
    """Take what lies there and throw it away."""
    for partition in range(PARTITIONS):
        subscription = broker.subscribe([input_queue("processing", partition)], prefetch=10_000)
        subscription.ack(subscription.take(10_000, 0))
        subscription.close()


def test_what_is_sent_again_comes_in_order_and_before_what_is_new(
    writer: Writer, broker: MemoryBroker
) -> None:
    elsewhere = neighbour(1, same_partition=False)
    writer.write(FIRST, "a", "b")
    writer.write(elsewhere, "x")
    writer.publish()
    forget(broker)
    ask(broker, ResendRequest("routing", "processing", PARTITION, 1))
    writer.write(FIRST, "c")
    writer.publish()
    came = arrived(broker)
    assert [(message.id, message.data.get("code")) for message in came] == [
        ("2", "a"),
        ("3", "b"),
        ("6", "c"),
    ]
    assert [message.previousposition for message in came] == [1, 2, 3]


def test_only_the_consumer_that_asked_gets_it_again(writer: Writer, broker: MemoryBroker) -> None:
    writer.write(FIRST, "a")
    writer.publish()
    ask(broker, ResendRequest("routing", "processing", PARTITION, 0))
    writer.publish()
    assert len(arrived(broker)) == 4
    subscription = broker.subscribe([input_queue("intake", PARTITION)], prefetch=100)
    assert len(subscription.take(100, 0)) == 2


def test_nothing_is_sent_again_that_was_not_published_yet(writer: Writer, broker: MemoryBroker) -> None:
    writer.write(FIRST, "a")
    ask(broker, ResendRequest("routing", "processing", PARTITION, 0))
    writer.publish()
    assert [message.id for message in arrived(broker)] == ["1", "2"]


def test_a_marker_says_how_far_a_partition_was_published(writer: Writer, broker: MemoryBroker) -> None:
    writer.write(FIRST, "a")
    writer.publish()
    writer.write(FIRST, "b")
    forget(broker)
    ask(broker, *(ResendRequest("routing", "processing", number, None) for number in range(PARTITIONS)))
    assert writer.publisher.run_once() is True
    markers = [marker for number in range(PARTITIONS) for marker in arrived(broker, number)]
    positions = {
        marker.data["partition"]: marker.previousposition
        for marker in markers
        if marker.type == "lienthong.routing.log-position"
    }
    assert positions == {number: 2 if number == PARTITION else 0 for number in range(PARTITIONS)}


def test_a_long_partition_is_sent_again_whole(
    writer: Writer, listener: Listener, broker: MemoryBroker
) -> None:
    writer.write(FIRST, *(f"{n}" for n in range(1200)))
    writer.publish()
    forget(broker)
    ask(broker, ResendRequest("routing", "processing", PARTITION, 700))
    writer.publish()
    assert [message.sourceposition for message in arrived(broker)] == list(range(701, 1202))


MALFORMED: list[Any] = [
    b"",
    b"{",
    b"\xff",
    [],
    7,
    {},
    {"consumer": "processing", "partition": 0},
    {"consumer": "nobody", "partition": 0, "after": 0},
    {"consumer": ["processing"], "partition": 0, "after": 0},
    {"consumer": "routing", "partition": 0, "after": 0},
    {"consumer": "processing", "partition": PARTITIONS, "after": 0},
    {"consumer": "processing", "partition": -1, "after": 0},
    {"consumer": "processing", "partition": "0", "after": 0},
    {"consumer": "processing", "partition": True, "after": 0},
    {"consumer": "processing", "partition": 0.5, "after": 0},
    {"consumer": "processing", "partition": 0, "after": -1},
    {"consumer": "processing", "partition": 0, "after": 2**63},
    b'{"consumer": "processing", "partition": 0, "after": 99999999999999999999999}',
    b'{"consumer": "processing", "partition": 1e400, "after": 0}',
    {"consumer": "processing", "partition": 0, "after": "1"},
]


def test_requests_that_make_no_sense_are_passed_over_and_stop_nothing(
    writer: Writer, listener: Listener, broker: MemoryBroker, caplog: pytest.LogCaptureFixture
) -> None:
    bodies = [body if isinstance(body, bytes) else orjson.dumps(body) for body in MALFORMED]
    broker.publisher().publish([Outgoing(RESENDS, "routing", body, "m") for body in bodies])
    writer.write(FIRST, "a")
    with caplog.at_level(logging.WARNING):
        writer.publish()
    assert len(caplog.records) == len(MALFORMED)
    assert broker.subscribe([resend_queue("routing")], prefetch=10).take(10, 0) == [], "they are settled"
    listener.hear()
    assert listener.notes(FIRST) == ["a"]
