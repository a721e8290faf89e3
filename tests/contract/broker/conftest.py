from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shared.messaging.broker import Broker
from shared.messaging.memory import MemoryBroker
from shared.messaging.memory_queues import MemoryServer
from shared.messaging.rabbitmq import RabbitBroker

Opener = Callable[[], Broker]


@pytest.fixture(params=["memory", pytest.param("rabbitmq", marks=pytest.mark.integration)])
def open_broker(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens broker objects on one and the same empty server: every test here runs against both kinds."""
    server = MemoryServer()
    url = "" if request.param == "memory" else request.getfixturevalue("amqp_url")
    opened: list[Broker] = []

    def open_one() -> Broker:
        broker: Broker = RabbitBroker(url) if url else MemoryBroker(server)
        opened.append(broker)
        return broker

    yield open_one
    for broker in opened:
        broker.close()


@pytest.fixture
def broker(open_broker: Opener) -> Broker:
    """A broker object on an empty server."""
    return open_broker()
