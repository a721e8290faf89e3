"""Short ways to say what the tests of the broker say often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.messaging.broker import Broker, Delivery, Outcome, Outgoing, Subscription
from shared.topology import Binding, Exchange, Queue, Topology

ANSWER_SECONDS = 20.0
"""Far more than a message needs; reached only when it does not come."""

LONG_SECONDS = 3 * ANSWER_SECONDS
"""How long to wait in another thread, to see that it is woken and does not just give up."""

QUIET_SECONDS = 0.3
"""How long to listen before believing that nothing comes."""


def a_message(
    message_id: str = "m-1",
    *,
    to: str = "",
    key: str = "work",
    body: bytes = b"{}",
    headers: Mapping[str, str] | None = None,
) -> Outgoing:
    """Return a message, by default to the queue `work`."""
    return Outgoing(to, key, body, message_id, headers or {})


def numbered(count: int, first: int = 1) -> list[Outgoing]:
    """Return messages m-1, m-2 ... to the queue `work`."""
    return [a_message(f"m-{number}") for number in range(first, first + count)]


def publish(broker: Broker, batch: Iterable[Outgoing]) -> list[Outcome]:
    """Publish a batch through a publisher of its own."""
    publisher = broker.publisher()
    try:
        return publisher.publish(list(batch))
    finally:
        publisher.close()


def collect(subscription: Subscription, count: int) -> list[Delivery]:
    """Take exactly `count` messages, in as many takes as it needs."""
    taken: list[Delivery] = []
    while len(taken) < count:
        part = subscription.take(count - len(taken), ANSWER_SECONDS)
        assert part, f"only {len(taken)} of {count} messages came"
        taken += part
    return taken


def is_quiet(subscription: Subscription) -> bool:
    """Tell whether nothing comes."""
    return not subscription.take(1, QUIET_SECONDS)


def ids(deliveries: Iterable[Delivery]) -> list[str | None]:
    """Return the deliveries' message ids."""
    return [delivery.message_id for delivery in deliveries]


def queues(*names: str, single_active_consumer: bool = False) -> Topology:
    """Return a topology of nothing but queues."""
    return Topology(queues=tuple(Queue(name, single_active_consumer) for name in names))


def one_exchange(kind: str, **keys_of_queue: list[str]) -> Topology:
    """Return the exchange `hub` and queues that are bound to it by the keys given for each."""
    return queues(*keys_of_queue) + Topology(
        exchanges=(Exchange("hub", kind),),
        bindings=tuple(
            Binding("hub", queue, routing_key=key) for queue, keys in keys_of_queue.items() for key in keys
        ),
    )


def arrivals(broker: Broker, names: Iterable[str], count: int) -> set[tuple[str, str | None]]:
    """Return (queue, message id) of `count` messages in these queues, and see that there are no more."""
    subscription = broker.subscribe(list(names), 100)
    taken = collect(subscription, count)
    assert is_quiet(subscription)
    subscription.ack(taken)
    subscription.close()
    return {(delivery.queue, delivery.message_id) for delivery in taken}
