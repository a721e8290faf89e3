"""What every service is put together from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from nameko.containers import ServiceContainer

import services
from shared.access import TokenFile
from shared.clock import Clock
from shared.entrypoints.counting import Counting
from shared.entrypoints.loops import Wake
from shared.entrypoints.metrics import Measure, StateCollector
from shared.event_sourcing import Application
from shared.messaging.broker import Broker
from shared.messaging.consuming import BatchHandler, Consumer
from shared.messaging.copying import CopyPublisher
from shared.messaging.epochs import Epochs, epochs_of, read_epochs
from shared.messaging.publishing import LogPublisher, Translation, Translator, to_event_with
from shared.messaging.traced import Tracing
from shared.persistence.database import Database
from shared.persistence.grouping import GroupCommit
from shared.persistence.migrations import PLUMBING, MigrationSet
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import Collaborator, UnitOfWork
from shared.signing import Signer
from shared.tracing import Tracer

SERVICES_FOLDER = Path(services.__file__ or "").parent


def migration_sets(service: str) -> list[MigrationSet]:
    """Return the migrations of a service's schema, in order."""
    return [PLUMBING, MigrationSet(service, SERVICES_FOLDER / service / "migrations")]


def own_epochs(database: Database, service: str) -> Epochs:
    """Return the epochs of a service's own log. They begin by a restore, while no service runs."""
    with database.transaction() as tx:
        return epochs_of(read_epochs(tx), service)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the composition root chose for one service."""

    database: Database
    broker: Broker
    clock: Clock
    tokens: TokenFile
    tolerance: timedelta = timedelta(hours=24)
    public_url: str = "http://127.0.0.1:8001"
    verify_senders: bool = True
    keys_database: Database | None = None
    master_key: bytes | None = None
    signer: Signer | None = None
    """Signs what the service publishes; statistics alone has one."""
    shows_views: bool = False
    """Whether other tools read the database: statistics then keeps views for them."""
    tracer: Tracer | None = None
    """Takes the service's spans, where somebody collects them."""


@dataclass(slots=True)
class Runtime:
    """A service that is put together and not yet running."""

    name: str
    service_class: type[Any]
    parts: Parts
    application: Application
    unit: UnitOfWork
    handler: BatchHandler
    tracing: Tracing | None = None
    publishes: bool = True
    """Whether its log goes to the broker."""
    measures: list[Measure] = field(default_factory=list)
    """What only this service has to tell at `/metrics`."""
    extras: dict[str, Any] = field(default_factory=dict)

    def wiring(self) -> dict[str, Any]:
        """Return what the service's entrypoints are given, by name."""
        parts = self.parts
        progress: dict[str, float] = {}
        return {
            "counting": self._counting(progress),
            "tracing": self.tracing,
            "database": parts.database,
            "broker": parts.broker,
            "clock": parts.clock,
            "tokens": parts.tokens,
            "application": self.application,
            "unit": self.unit,
            "handler": self.handler,
            "tolerance": parts.tolerance,
            "progress": progress,
            "group": GroupCommit(self.unit, parts.clock),
            "marker_requests": self.handler.connected,
            "position_requests": self.handler.positions_asked,
            **self.extras,
        }

    def _counting(self, progress: Mapping[str, float]) -> Counting:
        counting = Counting()
        oldest = self._oldest_unpublished if self.publishes else None
        collector = StateCollector(self.parts.database, self.parts.clock, progress, oldest)
        for measure in self.measures:
            collector.also(measure)
        counting.registry.register(collector)
        self.unit.timed_by(counting.unit_seconds.observe)
        return counting

    def _oldest_unpublished(self, published: int) -> datetime | None:
        """Return when the first event past that position was recorded."""
        entries = LogRecorder(self.parts.database).read_log(published, 1)
        to_event = to_event_with(self.application.mapper)
        return cast("datetime", to_event(entries[0]).timestamp) if entries else None


def container(runtime: Runtime, http: str) -> ServiceContainer:
    """Return a nameko container for a service, listening for HTTP on `http` (address:port)."""
    config = {"WEB_SERVER_ADDRESS": http, "max_workers": 500, **runtime.wiring()}
    return ServiceContainer(runtime.service_class, config)


def assemble(
    name: str,
    service_class: type[Any],
    parts: Parts,
    application: Application,
    collaborators: Sequence[Collaborator],
    consumer: Consumer,
    translations: Mapping[type[Any], Translation] | None,
) -> Runtime:
    """Join a service's own pieces with the plumbing; `translations` None: its log stays its own."""
    tracing = Tracing(name, parts.tracer, parts.clock) if parts.tracer else None
    if tracing:
        application.watch = tracing.saves
        collaborators = [*collaborators, tracing]
    unit = UnitOfWork(parts.database, application, collaborators)
    runtime = Runtime(
        name,
        service_class,
        parts,
        application,
        unit,
        BatchHandler(name, unit, consumer, parts.clock, tracing),
        tracing,
    )
    wake = runtime.extras["wake_publisher"] = Wake()
    if translations is None:
        runtime.publishes = False
        runtime.extras["publisher"] = CopyPublisher(name, parts.database, parts.broker)
    else:
        unit.after_commit(wake.ring)
        runtime.extras["publisher"] = LogPublisher(
            name,
            parts.database,
            LogRecorder(parts.database),
            Translator(own_epochs(parts.database, name), translations, to_event_with(application.mapper)),
            parts.broker,
            parts.clock,
            tracing,
        )
    return runtime
