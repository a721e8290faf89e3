"""One service in a process of its own: what `lienthong serve SERVICE` runs."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from typing import Any, TypeVar

import eventlet
from eventlet.event import Event
from nameko.containers import ServiceContainer

from deploy.composition.build import build
from deploy.composition.parts import Parts, container
from deploy.files import MASTER_KEY, REPORT_KEY, TOKENS
from shared.access import TokenFile
from shared.clock import SystemClock
from shared.log import said
from shared.master_key import create_master_key
from shared.messaging.failures import TRANSIENT
from shared.messaging.rabbitmq import RabbitBroker
from shared.persistence.postgres import PostgresDatabase
from shared.settings import Settings
from shared.signing import Signer
from shared.topology import services_topology
from shared.tracing import Tracer

log = logging.getLogger(__name__)

Done = TypeVar("Done")

CONNECTIONS = 8
"""Database connections a process: one writer at a time, the rest for readers, publisher and deliverer."""


def parts_of(service: str, settings: Settings) -> Parts:
    """Return a service's parts for the full stack."""
    keys = None
    if settings.keys_database:
        keys = PostgresDatabase(settings.keys_database, "keys", CONNECTIONS)
    return Parts(
        database=PostgresDatabase(settings.database, service, CONNECTIONS),
        broker=RabbitBroker(settings.broker),
        clock=SystemClock(),
        tokens=TokenFile(settings.home / TOKENS),
        tolerance=settings.tolerance,
        public_url=settings.public_url,
        verify_senders=settings.verify_senders,
        shows_views=True,
        keys_database=keys,
        master_key=create_master_key(settings.home / MASTER_KEY) if keys else None,
        signer=Signer.of(settings.home / REPORT_KEY) if service == "statistics" else None,
        tracer=_tracer_of(service) if settings.traces else None,
    )


def serve(service: str, settings: Settings) -> None:
    """Run a service until SIGTERM or SIGINT."""
    parts = parts_of(service, settings)
    try:
        _patiently(lambda: parts.broker.declare(services_topology()))
        running = container(_patiently(lambda: build(service, parts)), settings.http)
        _run(service, running, settings.http)
    finally:
        if parts.tracer:
            parts.tracer.close()
        parts.broker.close()
        for database in filter(None, (parts.database, parts.keys_database)):
            database.close()


def _tracer_of(service: str) -> Tracer:
    from deploy.tracing import OpenTelemetryTracer  # Most provinces collect no traces.

    return OpenTelemetryTracer(service)


def _run(service: str, running: ServiceContainer, http: str) -> None:
    asked_to_stop = Event()

    def stop(_signal: int, _frame: Any) -> None:
        if not asked_to_stop.ready():
            eventlet.spawn_after(0, asked_to_stop.send, None)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    running.start()
    log.info("%s listens on %s", service, http, extra=said("listening"))
    watcher = eventlet.spawn(running.wait)
    watcher.link(lambda _watcher: None if asked_to_stop.ready() else asked_to_stop.send(None))
    asked_to_stop.wait()
    if watcher.dead:
        watcher.wait()  # raises what ended the container, so that whoever runs us starts us again
    running.stop()


def _patiently(step: Callable[[], Done]) -> Done:
    """Return what a step at the start gives; a broker or database that comes late is no fault."""
    while True:
        try:
            return step()
        except TRANSIENT as error:
            log.warning("waiting for what is away: %s", error, extra=said("waiting", problem="unavailable"))
            eventlet.sleep(1)
