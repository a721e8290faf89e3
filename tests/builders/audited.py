"""A system with a history to audit: the four services as they are composed, fed without their processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from deploy.composition.parts import Parts, Runtime, migration_sets
from deploy.composition.statistics import build
from deploy.files import REPORT_KEY
from deploy.names import SERVICES
from shared.access import TokenFile
from shared.acts import Actor
from shared.clock import SetClock
from shared.event_sourcing import Application
from shared.messaging.broker import Delivery
from shared.messaging.epochs import Epochs
from shared.messaging.memory import MemoryBroker
from shared.messaging.publishing import LogPublisher, Translator, to_event_with
from shared.partitions import partition_of
from shared.persistence.database import Database
from shared.persistence.migrations import migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork
from shared.readings import record_reading
from shared.signing import Signer
from shared.topology import input_queues, services_topology
from tests.contract.messages import story

NOW = datetime(2025, 8, 1, 2, 0, tzinfo=UTC)
READER = Actor("auditor", "nguyen-thi-ha")


class Log:
    """A service's log with its publisher; what the service decides is not needed here."""

    def __init__(self, name: str, database: Database, broker: MemoryBroker, clock: SetClock) -> None:
        recorder = LogRecorder(database)
        self.application = Application(recorder)
        self.unit = UnitOfWork(database, self.application)
        to_event = to_event_with(self.application.mapper)
        translator = Translator(Epochs(name), story.SERVICES[name], to_event)
        self.publisher = LogPublisher(name, database, recorder, translator, broker, clock)


class History:
    """Three logs and the real statistics over given databases; all of it happens when it is told to."""

    def __init__(self, databases: Mapping[str, Database], home: Path) -> None:
        self.databases = databases
        self.clock = SetClock(NOW)
        self.broker = MemoryBroker()
        self.broker.declare(services_topology())
        for name in SERVICES:
            migrate(databases[name], migration_sets(name))
        self.logs = {name: Log(name, databases[name], self.broker, self.clock) for name in story.STORIES}
        tokens = TokenFile(home / "tokens.json")
        self.statistics = build(
            Parts(
                databases["statistics"], self.broker, self.clock, tokens, signer=Signer.of(home / REPORT_KEY)
            )
        )
        self._incoming = self.broker.subscribe(input_queues("statistics"), prefetch=1000)

    def tell(self) -> None:
        """Record everything that can happen to a dossier, once."""
        for name, aggregates in story.STORIES.items():
            told = {
                aggregate.id: aggregate for aggregate in reversed([*aggregates()])
            }  # some lives are told twice
            events = [event for aggregate in told.values() for event in aggregate.pending_events]
            partitions = [partition_of(event.act["root"]) for event in events]
            self.logs[name].application.events.put(events, partitions=partitions)

    def read(self, dossier: UUID = story.DOSSIER, door: str = "applicant") -> None:
        """Let somebody read a dossier, at a door of intake or of statistics."""
        at: Log | Runtime = self.logs["intake"] if door == "applicant" else self.statistics
        at.unit.run(lambda _tx: record_reading(at.application, self.clock, READER, dossier, door))

    def read_often(self, dossier: UUID, times: int) -> None:
        """Let somebody read a dossier's history many times, in one unit of work."""

        def work(_tx: object) -> None:
            for _ in range(times):
                record_reading(self.statistics.application, self.clock, READER, dossier, "history")

        self.statistics.unit.run(work)

    def publish(self) -> None:
        """Let every service publish what it has."""
        for log in self.logs.values():
            while log.publisher.run_once():
                pass

    def enter(self, most: int = 1000, change: Callable[[Delivery], Delivery] = lambda one: one) -> int:
        """Let statistics take in some of what was published; return how much."""
        deliveries = self._incoming.take(most, 0)
        if deliveries:
            self.statistics.handler.handle([change(delivery) for delivery in deliveries])
            self._incoming.ack(deliveries)
        return len(deliveries)

    def settle(self) -> None:
        """Publish and enter everything."""
        self.publish()
        while self.enter():
            pass

    def close(self) -> None:
        """End it."""
        self._incoming.close()
        for log in self.logs.values():
            log.publisher.close()
