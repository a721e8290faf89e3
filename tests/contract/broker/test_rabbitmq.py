"""What RabbitMQ alone can do, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import monotonic
from urllib.parse import urlsplit

import pytest

from shared.messaging.broker import BrokerUnavailableError, Outcome
from shared.messaging.errors import TopologyRefusedError
from shared.messaging.rabbitmq import RabbitBroker
from shared.topology import DEAD, Binding, Exchange, Queue, Topology
from tests.contract.broker.messages import (
    ANSWER_SECONDS,
    a_message,
    arrivals,
    collect,
    ids,
    is_quiet,
    numbered,
    publish,
    queues,
)
from tests.contract.broker.proxy import Proxy
from tests.fixtures.rabbitmq import Vhost

pytestmark = pytest.mark.integration

Opener = Callable[..., RabbitBroker]


@pytest.fixture
def connect() -> Iterator[Opener]:
    """Opens brokers that are closed at the end."""
    opened: list[RabbitBroker] = []

    def connect_one(url: str, **settings: float) -> RabbitBroker:
        opened.append(RabbitBroker(url, **settings))  # type: ignore[arg-type]
        return opened[-1]

    yield connect_one
    for broker in opened:
        broker.close()


@pytest.fixture
def proxy(amqp_url: str) -> Iterator[Proxy]:
    address = urlsplit(amqp_url)
    proxy = Proxy(address.hostname or "", address.port or 5672)
    yield proxy
    proxy.close()


def through(proxy: Proxy, url: str) -> str:
    """Return the address by way of the proxy."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}").geturl()


def test_a_full_queue_refuses_and_another_goes_on(rabbit_vhost: Vhost, connect: Opener) -> None:
    broker = connect(rabbit_vhost.url)
    broker.declare(queues("small", "work"))
    rabbit_vhost.set_policy("limit", "^small$", {"max-length": 3, "overflow": "reject-publish"})
    publisher = broker.publisher()
    batch = [a_message("s", key="small"), a_message("w", key="work"), a_message("u", key="nowhere")]

    # The limit is soft: the queue's leader tells publishers some time after it is reached.
    refused = next(outcomes for _ in range(500) if Outcome.REFUSED in (outcomes := publisher.publish(batch)))

    assert refused == [Outcome.REFUSED, Outcome.CONFIRMED, Outcome.UNROUTABLE]
    assert publisher.publish(batch[1:]) == [Outcome.CONFIRMED, Outcome.UNROUTABLE]


def test_a_message_delivered_too_often_is_parked(rabbit_vhost: Vhost, connect: Opener) -> None:
    broker = connect(rabbit_vhost.url)
    broker.declare(
        Topology(
            exchanges=(Exchange(DEAD, "direct"),),
            queues=(Queue("work", parking="work.dead"), Queue("work.dead")),
            bindings=(Binding(DEAD, "work.dead", routing_key="work.dead"),),
        )
    )
    safely = {"delivery-limit": 2, "dead-letter-strategy": "at-least-once", "overflow": "reject-publish"}
    rabbit_vhost.set_policy("limit", "^work$", safely)
    publish(broker, numbered(1))
    subscription = broker.subscribe(["work"], 10)

    for _ in range(3):
        subscription.requeue(collect(subscription, 1))

    assert arrivals(broker, ["work.dead"], 1) == {("work.dead", "m-1")}
    assert is_quiet(subscription)


def test_the_broker_vouches_for_the_account_that_sent_a_message(rabbit_vhost: Vhost, connect: Opener) -> None:
    agency = RabbitBroker(rabbit_vhost.add_account("agency.H01", "a-password"), stamp_user_id=True)
    broker = connect(rabbit_vhost.url)
    broker.declare(queues("work"))

    publish(agency, [a_message("stamped")])
    publish(broker, [a_message("unstamped")])
    agency.close()

    taken = collect(broker.subscribe(["work"], 10), 2)
    assert [delivery.user_id for delivery in taken] == ["agency.H01", None]


def test_an_account_that_may_not_declare_is_told_so(rabbit_vhost: Vhost, connect: Opener) -> None:
    url = rabbit_vhost.add_account("reader", "a-password")
    nothing_but_reading = {"configure": "^$", "write": "^$", "read": ".*"}
    rabbit_vhost.management.put("permissions", rabbit_vhost.name, "reader", content=nothing_but_reading)

    with pytest.raises(TopologyRefusedError, match="work"):
        connect(url).declare(queues("work"))


def test_a_wrong_password_and_a_server_that_is_not_there_are_faults(amqp_url: str, connect: Opener) -> None:
    address = urlsplit(amqp_url)
    wrong = address._replace(netloc=f"nobody:wrong@{address.hostname}:{address.port}").geturl()
    nowhere = address._replace(netloc="nobody:wrong@127.0.0.1:1").geturl()

    for url in (wrong, nowhere):
        with pytest.raises(BrokerUnavailableError):
            connect(url).publisher()


def test_ends_that_rest_or_wait_outlive_many_heartbeats(rabbit_vhost: Vhost, connect: Opener) -> None:
    broker = connect(rabbit_vhost.url, heartbeat_seconds=1)
    broker.declare(queues("work"))
    publisher, resting = broker.publisher(), broker.subscribe(["work"], 1)
    waiting = broker.subscribe(["work"], 1)

    # The server gives up a silent client after two to three heartbeats.
    assert waiting.take(1, 5) == []

    assert publisher.publish(numbered(2)) == [Outcome.CONFIRMED] * 2
    assert len(collect(resting, 1) + collect(waiting, 1)) == 2


def test_a_silent_network_is_noticed_by_those_who_publish(
    amqp_url: str, proxy: Proxy, connect: Opener
) -> None:
    broker = connect(through(proxy, amqp_url), timeout_seconds=1)
    broker.declare(queues("work"))
    publisher = broker.publisher()
    assert publisher.publish(numbered(1)) == [Outcome.CONFIRMED]

    proxy.fall_silent()

    with pytest.raises(BrokerUnavailableError):
        publisher.publish(numbered(10))
    with pytest.raises(BrokerUnavailableError):
        publisher.publish(numbered(10))


def test_a_silent_network_is_noticed_by_those_who_wait(amqp_url: str, proxy: Proxy, connect: Opener) -> None:
    broker = connect(through(proxy, amqp_url), timeout_seconds=1, heartbeat_seconds=1)
    broker.declare(queues("work"))
    subscription = broker.subscribe(["work"], 10)

    proxy.fall_silent()

    with pytest.raises(BrokerUnavailableError):
        subscription.take(10, ANSWER_SECONDS)


def test_a_queue_that_is_deleted_is_a_fault_for_its_subscribers(rabbit_vhost: Vhost, connect: Opener) -> None:
    broker = connect(rabbit_vhost.url)
    broker.declare(queues("work"))
    subscription = broker.subscribe(["work"], 10)

    rabbit_vhost.management.delete("queues", rabbit_vhost.name, "work")

    with pytest.raises(BrokerUnavailableError):
        subscription.take(1, ANSWER_SECONDS)


@pytest.mark.slow
def test_what_was_confirmed_survives_a_broker_that_stops_in_the_middle(
    rabbit_vhost: Vhost, connect: Opener
) -> None:
    server = rabbit_vhost.server
    if not server.can_restart:
        pytest.skip("the server under --amqp-url is not ours to stop")
    broker = connect(rabbit_vhost.url)
    broker.declare(queues("work", "idle"))
    idle = broker.subscribe(["idle"], 10)
    publisher = broker.publisher()
    confirmed: set[str | None] = set()

    def publish_until_it_stops() -> None:
        for first in count(1, 20):
            batch = numbered(20, first)
            assert set(publisher.publish(batch)) == {Outcome.CONFIRMED}
            confirmed.update(message.message_id for message in batch)

    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(publish_until_it_stops)
        collect(broker.subscribe(["work"], 10), 10)
        server.stop()
        with pytest.raises(BrokerUnavailableError):
            publishing.result(ANSWER_SECONDS)
    with pytest.raises(BrokerUnavailableError):
        idle.take(1, ANSWER_SECONDS)
    with pytest.raises(BrokerUnavailableError):
        broker.publisher()

    server.start()

    subscription = connect(rabbit_vhost.url).subscribe(["work"], 1000)
    found: set[str | None] = set()
    while not confirmed <= found:
        part = subscription.take(1000, ANSWER_SECONDS)
        assert part, f"lost: {len(confirmed - found)} of {len(confirmed)}"
        found.update(ids(part))
        subscription.ack(part)
    assert confirmed


def test_an_end_that_looks_again_and_again_outlives_many_heartbeats(
    rabbit_vhost: Vhost, connect: Opener
) -> None:
    broker = connect(rabbit_vhost.url, heartbeat_seconds=1)
    broker.declare(queues("work"))
    subscription = broker.subscribe(["work"], 10)

    looks_until = monotonic() + 5  # the server gives up a silent client after two to three heartbeats
    while monotonic() < looks_until:
        assert subscription.take(1, 0.05) == []


def test_who_comes_back_to_a_wiped_broker_declares_again_what_it_had_declared(
    rabbit_vhost: Vhost, connect: Opener
) -> None:
    broker = connect(rabbit_vhost.url)
    broker.declare(queues("work"))
    broker.declare(queues("other"))
    subscription = broker.subscribe(["work"], 10)

    rabbit_vhost.delete()
    with pytest.raises(BrokerUnavailableError):
        collect(subscription, 1)
    rabbit_vhost.create()

    subscription = broker.subscribe(["work"], 10)
    batch = [a_message("a", key="work"), a_message("b", key="other")]
    assert publish(broker, batch) == [Outcome.CONFIRMED] * 2
    assert ids(collect(subscription, 1)) == ["a"]


def test_a_broker_that_was_never_lost_is_not_laid_out_again(rabbit_vhost: Vhost, connect: Opener) -> None:
    broker = connect(rabbit_vhost.url)
    broker.declare(queues("work"))
    rabbit_vhost.management.delete("queues", rabbit_vhost.name, "work")

    assert publish(broker, [a_message()]) == [Outcome.UNROUTABLE]
