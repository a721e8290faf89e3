"""A conformance run against the tests' RabbitMQ."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from deploy.conformance.kit import RemoteServer, Trial, run
from deploy.conformance.report import Report
from deploy.containers.management import Management
from tests.fixtures.rabbitmq_servers import RabbitServer

Tried = Callable[..., Report]


@pytest.fixture
def kit_server(rabbit_server: RabbitServer) -> RemoteServer:
    place = urlsplit(rabbit_server.amqp_url("/"))
    management = Management(rabbit_server.management_url())
    return RemoteServer(management, f"{place.hostname}:{place.port}")


@pytest.fixture
def tried(kit_server: RemoteServer) -> Tried:
    def try_(*command: str, patience: float = 20.0) -> Report:
        trial = Trial(command, patience=patience, connect_seconds=60.0)
        return run(kit_server, trial, said=lambda _vi, _en: None, announce=lambda _settings: None)

    return try_
