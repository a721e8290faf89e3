"""The composition root: the one place that knows which database, broker and clock stand behind the ports.

`build` makes one service from its parts; `container` wraps it for nameko. Embedded and full stack
call the same functions with other parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from nameko.containers import ServiceContainer

import services
from shared.access import TokenFile
from shared.clock import Clock
from shared.entrypoints.loops import Wake
from shared.event_sourcing import Application
from shared.messaging.broker import Broker
from shared.messaging.consuming import BatchHandler, Consumer, HandlerTable
from shared.messaging.hearing import marker_requests
from shared.messaging.publishing import LogPublisher, Translation, Translator, source_of, to_event_with
from shared.persistence.database import Database
from shared.persistence.grouping import GroupCommit
from shared.persistence.migrations import PLUMBING, MigrationSet
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import Collaborator, UnitOfWork
from shared.topology import agency_topology
from shared.working_time.vietnam import vietnam_calendar

EPOCH = 1
"""Epoch of the services' logs; a restore from a backup begins a new one."""

SERVICES_FOLDER = Path(services.__file__ or "").parent


def migration_sets(service: str) -> list[MigrationSet]:
    """Return the migrations of a service's schema, in order."""
    return [PLUMBING, MigrationSet(service, SERVICES_FOLDER / service / "migrations")]


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


@dataclass(slots=True)
class Runtime:
    """A service that is put together and not yet running."""

    name: str
    service_class: type[Any]
    parts: Parts
    application: Application
    unit: UnitOfWork
    handler: BatchHandler
    extras: dict[str, Any] = field(default_factory=dict)

    def wiring(self) -> dict[str, Any]:
        """Return what the service's entrypoints are given, by name."""
        parts = self.parts
        return {
            "database": parts.database,
            "broker": parts.broker,
            "clock": parts.clock,
            "tokens": parts.tokens,
            "application": self.application,
            "unit": self.unit,
            "handler": self.handler,
            "tolerance": parts.tolerance,
            "group": GroupCommit(self.unit, parts.clock),
            "marker_requests": lambda: [request.to_outgoing() for request in marker_requests(self.name)],
            **self.extras,
        }


def container(runtime: Runtime, http: str) -> ServiceContainer:
    """Return a nameko container for a service, listening for HTTP on `http` (address:port)."""
    config = {"WEB_SERVER_ADDRESS": http, "max_workers": 500, **runtime.wiring()}
    return ServiceContainer(runtime.service_class, config)


def _assemble(
    name: str,
    service_class: type[Any],
    parts: Parts,
    application: Application,
    collaborators: Sequence[Collaborator],
    consumer: Consumer,
    translations: Mapping[type[Any], Translation] | None,
) -> Runtime:
    unit = UnitOfWork(parts.database, application, collaborators)
    runtime = Runtime(
        name,
        service_class,
        parts,
        application,
        unit,
        BatchHandler(name, unit, consumer, parts.clock),
    )
    if translations is not None:
        wake = Wake()
        unit.after_commit(wake.ring)
        runtime.extras["wake_publisher"] = wake
        runtime.extras["publisher"] = LogPublisher(
            name,
            parts.database,
            LogRecorder(parts.database),
            Translator(source_of(name, EPOCH), translations, to_event_with(application.mapper)),
            parts.broker,
            parts.clock,
        )
    return runtime


def _routing(parts: Parts) -> Runtime:
    from services.routing.application import Routing
    from services.routing.consumer import aggregate_of, handlers
    from services.routing.publisher import TRANSLATIONS
    from services.routing.service import RoutingService
    from services.routing.tables import DirectoryTables

    directory = DirectoryTables(parts.database)
    application = Routing(LogRecorder(parts.database), directory, vietnam_calendar())
    consumer = HandlerTable(
        handlers(application),
        parts.clock,
        "routing",
        prefetch=application.prefetch,
        aggregate_of=aggregate_of,
    )
    return _assemble(
        "routing", RoutingService, parts, application, [directory], consumer, TRANSLATIONS
    )


def _intake(parts: Parts) -> Runtime:
    from services.intake.api import submit_many
    from services.intake.application import Intake
    from services.intake.consumer import aggregate_of, handlers
    from services.intake.ports import Outside
    from services.intake.publisher import TRANSLATIONS
    from services.intake.service import IntakeService
    from services.intake.tables import IntakeTables
    from shared.privacy import PersonalDataVault

    if parts.keys_database is None or parts.master_key is None:
        msg = "intake needs the database of keys and the master key"
        raise ValueError(msg)
    tables = IntakeTables.over(parts.database)
    vault = PersonalDataVault(parts.keys_database, parts.master_key)
    outside = Outside(tables.counters, tables.agencies, tables.lookups, vault, vietnam_calendar())
    application = Intake(LogRecorder(parts.database), outside)
    consumer = HandlerTable(
        handlers(application, tables),
        parts.clock,
        "intake",
        prefetch=application.prefetch,
        aggregate_of=aggregate_of,
    )
    runtime = _assemble("intake", IntakeService, parts, application, [tables], consumer, TRANSLATIONS)
    runtime.extras |= {
        "submissions": GroupCommit(runtime.unit, parts.clock, submit_many(application)),
        "tables": tables,
        "vault": vault,
    }
    return runtime


def _processing(parts: Parts) -> Runtime:
    from services.processing.application import Processing
    from services.processing.commands import CommandConsumer
    from services.processing.consumer import REFERENCES, aggregate_of, handlers
    from services.processing.deadlines import TermsOfLegs
    from services.processing.deliverer import Deliverer
    from services.processing.messages import Letters
    from services.processing.publisher import TRANSLATIONS
    from services.processing.senders import Senders
    from services.processing.service import ProcessingService
    from services.processing.tables.agencies import AgencyTable
    from services.processing.tables.deliveries import DeliveryTable
    from services.processing.tables.ledger import DeliveryLedger
    from services.processing.tables.worklist import WorklistTable
    from shared.persistence.deadlines import DeadlineTable

    database = parts.database
    agencies, deadlines, worklist = AgencyTable(database), DeadlineTable(), WorklistTable(database)
    applicant_link = f"{parts.public_url}/v1/dossiers/{{dossier}}/applicant"
    deliveries = DeliveryTable(Letters(source_of("processing", EPOCH), applicant_link))
    application = Processing(LogRecorder(database), agencies, deliveries, deadlines, worklist)
    consumer = HandlerTable(
        handlers(application, agencies),
        parts.clock,
        "processing",
        prefetch=application.prefetch,
        aggregate_of=aggregate_of,
        references=REFERENCES,
    )
    runtime = _assemble(
        "processing",
        ProcessingService,
        parts,
        application,
        [agencies, deadlines, worklist, deliveries],
        consumer,
        TRANSLATIONS,
    )
    wake_deliverer = Wake()
    runtime.unit.after_commit(wake_deliverer.ring)
    runtime.extras |= {
        "worklist": worklist,
        "commands": CommandConsumer(
            runtime.unit,
            application,
            agencies,
            deliveries,
            parts.clock,
            Senders(verify=parts.verify_senders),
            parts.tolerance,
            wake_deliverer.ring,
        ),
        "deliverer": Deliverer(DeliveryLedger(database), parts.broker.publisher, parts.clock),
        "terms": TermsOfLegs(runtime.unit, application, deadlines, parts.clock),
        "wake_deliverer": wake_deliverer,
        "wake_deadlines": Wake(),
        "declare_agencies": AgencyQueues(agencies, parts.broker).declare_new,
    }
    return runtime


class AgencyQueues:
    """Sees to it that every connected agency has its queue before something is sent there."""

    def __init__(self, agencies: ConnectedAgencies, broker: Broker) -> None:
        self._agencies = agencies
        self._broker = broker
        self._declared: set[str] = set()

    def declare_new(self) -> None:
        """Declare queues of agencies not seen before. Raises BrokerUnavailableError."""
        for agency in self._agencies.connected():
            if agency not in self._declared:
                self._broker.declare(agency_topology(agency))
                self._declared.add(agency)


class ConnectedAgencies(Protocol):
    """Knows which agencies have a system of their own."""

    def connected(self) -> list[str]:
        """Return their ids."""
        ...


BUILDERS: Mapping[str, Callable[[Parts], Runtime]] = {
    "intake": _intake,
    "routing": _routing,
    "processing": _processing,
}


def build(service: str, parts: Parts) -> Runtime:
    """Put one service together from its parts."""
    return BUILDERS[service](parts)
