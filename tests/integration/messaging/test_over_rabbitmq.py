"""The same plumbing over a real RabbitMQ and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import monotonic

import pytest

from shared import topology
from shared.clock import SetClock
from shared.messaging.broker import Delivery
from shared.messaging.copying import CopyPublisher
from shared.messaging.rabbitmq import RabbitBroker
from shared.topology import services_topology
from tests.builders.messaging import NEEDS, POISON, Listener, Writer, dossier
from tests.fixtures.rabbitmq import Vhost
from tests.integration.messaging.conftest import OpenDatabase

pytestmark = [
    pytest.mark.integration,
    pytest.mark.parametrize("open_named", ["postgres"], indirect=True),
]

FIRST = dossier(1)
PATIENCE_SECONDS = 30


@pytest.fixture
def open_rabbit(rabbit_vhost: Vhost) -> Iterator[Callable[[], RabbitBroker]]:
    """Opens the broker as so many processes would."""
    with ExitStack() as stack:

        def open_one() -> RabbitBroker:
            broker = RabbitBroker(rabbit_vhost.url)
            stack.callback(broker.close)
            return broker

        open_one().declare(services_topology())
        yield open_one


@pytest.fixture
def writer(open_named: OpenDatabase, clock: SetClock, open_rabbit: Callable[[], RabbitBroker]) -> Writer:
    return Writer(open_named("writer"), clock, open_rabbit())


@pytest.fixture
def listener(
    open_named: OpenDatabase, clock: SetClock, open_rabbit: Callable[[], RabbitBroker]
) -> Iterator[Listener]:
    listener = Listener(open_named("listener"), clock, open_rabbit())
    yield listener
    listener.disconnect()


def talk_until(writer: Writer, listener: Listener, done: Callable[[], bool]) -> None:
    """Let both go on until something is so."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not done():
        assert monotonic() < deadline, "it did not come about"
        writer.publish()
        if deliveries := listener.take(wait_seconds=0.2):
            listener.settle(deliveries)


def test_notes_arrive_once_and_in_order(writer: Writer, listener: Listener) -> None:
    texts = [f"{n}" for n in range(1000)]
    for number in range(4):
        writer.write(dossier(number), *texts)
    talk_until(writer, listener, lambda: all(len(listener.notes(dossier(n))) == 1000 for n in range(4)))
    assert all(listener.notes(dossier(number)) == texts for number in range(4))


def test_purged_queues_are_filled_again_after_a_reconnect(
    writer: Writer, listener: Listener, open_rabbit: Callable[[], RabbitBroker]
) -> None:
    listener.connect()
    writer.write(FIRST, "lost")
    writer.publish()
    lost = listener.take(wait_seconds=PATIENCE_SECONDS)
    assert lost
    assert listener.subscription
    listener.subscription.ack(lost)  # as good as a broker that forgot them
    writer.write(FIRST, "b")
    listener.connect()
    talk_until(writer, listener, lambda: listener.notes(FIRST) == ["lost", "b"])


def test_a_batch_that_was_not_acknowledged_comes_again_to_the_next_process(
    writer: Writer, listener: Listener, open_named: OpenDatabase, open_rabbit: Callable[[], RabbitBroker]
) -> None:
    writer.write(FIRST, "a", "b")
    writer.publish()
    talk_until(writer, listener, lambda: bool(listener.notes(FIRST)))
    writer.write(FIRST, "c")
    writer.publish()
    deliveries = listener.take(wait_seconds=PATIENCE_SECONDS)
    listener.handler.handle(deliveries)
    listener.disconnect()
    next_life = Listener(open_named("listener"), listener.clock, open_rabbit())
    writer.write(FIRST, "d")
    talk_until(writer, next_life, lambda: "d" in next_life.notes(FIRST))
    assert next_life.notes(FIRST) == ["a", "b", "c", "d"]
    next_life.disconnect()


def test_what_was_parked_lies_in_the_parking_queue_and_what_waits_goes_on(
    writer: Writer, listener: Listener, open_rabbit: Callable[[], RabbitBroker]
) -> None:
    second = dossier(2)
    writer.write(FIRST, f"{POISON} 1")
    writer.write(second, f"{NEEDS}tax", "b")
    talk_until(writer, listener, lambda: len(listener.parked()) == 3)
    CopyPublisher("processing", listener.database, listener.broker).run_once()
    queues = [topology.parking_queue(queue) for queue in topology.input_queues("processing")]
    people = open_rabbit().subscribe(queues, prefetch=10)
    copies: list[Delivery] = []
    while len(copies) < 3:
        taken = people.take(10, PATIENCE_SECONDS)
        assert taken, "a copy is missing"
        copies += taken
    assert sorted(str(copy.headers["reason-class"]) for copy in copies) == ["held", "poison", "waiting"]
    people.close()
    writer.register("tax")
    talk_until(writer, listener, lambda: len(listener.notes(second)) == 2)
