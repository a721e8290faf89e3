"""A province: the four real services as they are composed, without processes around them.

Nothing happens by itself. A test says who publishes, who takes how much, what is delivered twice, what
is lost and who crashes; so every history can be told again step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from deploy.composition.build import build
from deploy.composition.parts import Parts, Runtime, migration_sets
from deploy.embedded import KEYS
from deploy.files import REPORT_KEY
from deploy.names import SERVICES
from shared.access import TokenFile
from shared.clock import SetClock
from shared.messaging import consuming
from shared.messaging.broker import BrokerUnavailableError, Delivery, Outgoing, Publisher, Subscription
from shared.messaging.memory import MemoryBroker
from shared.messaging.memory_queues import MemoryServer
from shared.persistence.database import DatabaseUnavailableError
from shared.persistence.migrations import MigrationSet, migrate
from shared.persistence.sqlite import SqliteDatabase
from shared.signing import Signer
from shared.topology import COMMANDS_QUEUE, input_queues, services_topology

START = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
"""Monday morning at the desk."""

AWAY = (BrokerUnavailableError, DatabaseUnavailableError)


@dataclass(slots=True)
class Line:
    """A service's end of some queues, with what works off a batch."""

    queues: list[str]
    handle: Callable[[Sequence[Delivery]], list[Outgoing]]
    on_connect: Callable[[], list[Outgoing]] = list
    subscription: Subscription | None = None
    publisher: Publisher | None = None
    settled: list[Delivery] = field(default_factory=list)
    """What was handled before, to be delivered again."""

    def take(self, broker: MemoryBroker, limit: int) -> list[Delivery]:
        """Return what comes next; connects if need be."""
        if self.subscription is None:
            self.subscription = broker.subscribe(self.queues, prefetch=1000)
            self.publisher = broker.publisher()
            self.publish(self.on_connect())
        return self.subscription.take(limit, 0)

    def publish(self, batch: Sequence[Outgoing]) -> None:
        assert self.publisher
        if batch:
            self.publisher.publish(batch)

    def cut(self) -> None:
        """Let the connection break: what is not settled comes again."""
        for end in (self.subscription, self.publisher):
            if end is not None:
                end.close()
        self.subscription = self.publisher = None


class Province:
    """Four services over databases in a folder, and a broker; `home` may hold an earlier province's."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = SetClock(START)
        self.server = MemoryServer()
        self.broker = MemoryBroker(self.server)
        self.broker.declare(services_topology())
        self.databases = {name: self._database(name, migration_sets(name)) for name in SERVICES}
        self.keys = self._database("keys", [MigrationSet("keys", KEYS)])
        self.dossiers: list[UUID] = []
        """Ids in the order in which they were given."""
        self.runtimes: dict[str, Runtime] = {}
        self.lines: dict[str, Line] = {}
        # Gaps are asked for again by the province's time, so that every run is the same.
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(consuming, "monotonic", lambda: self.clock.now().timestamp())
        for name in SERVICES:
            self.start(name)

    def start(self, name: str) -> None:
        """Put a service together; what an earlier life of it kept in memory is gone."""
        parts = Parts(
            database=self.databases[name],
            broker=self.broker,
            clock=self.clock,
            tokens=TokenFile(self.home / "tokens.json"),
            verify_senders=False,
            keys_database=self.keys,
            master_key=bytes(32),
            signer=Signer.of(self.home / REPORT_KEY),
        )
        runtime = self.runtimes[name] = build(name, parts)
        handler = runtime.handler
        self.lines[name] = Line(
            input_queues(name),
            lambda batch: [request.to_outgoing() for request in handler.handle(batch)],
            handler.connected,
        )
        if name == "intake":
            intake: Any = runtime.application
            intake._new_id = self._new_dossier
        if name == "processing":
            commands = runtime.extras["commands"]
            self.lines["commands"] = Line([COMMANDS_QUEUE], lambda batch: commands.handle(batch) or [])

    def stop(self, name: str) -> None:
        """End a service, as a kill would."""
        for line in [name, "commands"] if name == "processing" else [name]:
            self.lines[line].cut()
        self.runtimes[name].extras["publisher"].close()

    def restart(self, name: str) -> None:
        """Kill a service and start it again."""
        self.stop(name)
        self.start(name)

    def close(self) -> None:
        """End everything."""
        self._patch.undo()
        for name in SERVICES:
            self.stop(name)
        for database in (*self.databases.values(), self.keys):
            database.close()

    def publish(self, name: str) -> None:
        """Let a service's publisher run once."""
        with suppress(*AWAY):
            self.runtimes[name].extras["publisher"].run_once()

    def publish_and_crash(self, name: str) -> None:
        """Let a publisher's process end after the broker has a batch and before the position moves."""

        def crash(_old: int, _new: int) -> None:
            raise DatabaseUnavailableError("crashed")

        publisher = self.runtimes[name].extras["publisher"]
        with pytest.MonkeyPatch.context() as patch:
            if hasattr(publisher, "_move"):
                patch.setattr(publisher, "_move", crash)
            self.publish(name)
        self.restart(name)

    def take(self, name: str, limit: int) -> int:
        """Let a line work off a batch; return its size."""
        line = self.lines[name]
        try:
            deliveries = line.take(self.broker, limit)
            if deliveries:
                line.publish(line.handle(deliveries))
                assert line.subscription
                line.subscription.ack(deliveries)
        except AWAY:
            line.cut()
            return 0
        line.settled = [*line.settled, *deliveries][-20:]
        return len(deliveries)

    def take_and_crash(self, name: str, limit: int) -> None:
        """Let a service's process end after the commit of a batch and before its acknowledgement."""
        line = self.lines[name]
        deliveries = line.take(self.broker, limit)
        if deliveries:
            line.handle(deliveries)
        self.restart("processing" if name == "commands" else name)

    def take_while_the_commit_fails(self, name: str, limit: int) -> None:
        """Let a batch's transaction fail at its end."""

        def fail() -> int:
            raise DatabaseUnavailableError("away")

        service = "processing" if name == "commands" else name
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.runtimes[service].application, "flush", fail)
            self.take(name, limit)

    def take_twice(self, name: str, limit: int) -> None:
        """Deliver a batch with all that was delivered before it lately, and each of it twice."""
        line = self.lines[name]
        deliveries = line.take(self.broker, limit)
        line.publish(line.handle([*line.settled, *deliveries, *deliveries]))
        assert line.subscription
        line.subscription.ack(deliveries)
        line.settled = [*line.settled, *deliveries][-20:]

    def put_back(self, name: str, limit: int) -> None:
        """Return a batch to the end of its queues, as a broker may after a failed consumer."""
        line = self.lines[name]
        deliveries = line.take(self.broker, limit)
        assert line.subscription
        line.subscription.requeue(deliveries)

    def cut(self, name: str) -> None:
        """Break a line's connection."""
        self.lines[name].cut()

    def wipe(self) -> None:
        """Let the broker lose every message and every connection."""
        self.broker.close()
        with self.server.lock:
            for queue in self.server.queues.values():
                queue.messages.clear()
        for line in self.lines.values():
            line.cut()

    def deliver(self) -> None:
        """Let processing send what agencies are to get, and ring what is due."""
        extras = self.runtimes["processing"].extras
        extras["terms"].ring()
        extras["declare_agencies"]()
        with suppress(*AWAY):
            extras["deliverer"].deliver()

    def rest(self) -> None:
        """Let everything go on, with new connections now and then, until nothing changes any more."""
        before: object = None
        for _ in range(50):
            for line in self.lines.values():
                line.cut()
            self._run_dry()
            after = self._state()
            if after == before:
                return
            before = after
            self.clock.advance(timedelta(seconds=consuming.ASK_AGAIN_SECONDS + 1))
        raise AssertionError("the province does not come to rest")

    def ask(self, name: str, sql: str, **params: Any) -> list[Any]:
        """Ask a service's database."""
        with self.databases[name].transaction() as tx:
            return tx.execute(sql, params)

    def _run_dry(self) -> None:
        for _ in range(1000):
            for name in SERVICES:
                self.publish(name)
            self.deliver()
            if not sum([self.take(name, 1000) for name in self.lines]):
                return
        raise AssertionError("messages go round and round")

    def _state(self) -> object:
        return [
            self.ask(
                name,
                "SELECT (SELECT position FROM event_head), (SELECT position FROM published),"
                " (SELECT count(*) FROM inbox), (SELECT sum(position) FROM heard),"
                " (SELECT count(*) FROM parked WHERE state = 'parked')",
            )
            for name in SERVICES
        ]

    def _new_dossier(self) -> UUID:
        self.dossiers.append(uuid5(NAMESPACE_OID, f"dossier {len(self.dossiers)}"))
        return self.dossiers[-1]

    def _database(self, name: str, sets: list[MigrationSet]) -> SqliteDatabase:
        database = SqliteDatabase(self.home / f"{name}.sqlite")
        database._connection.execute("PRAGMA synchronous = OFF")  # no power cuts here
        migrate(database, sets)
        return database


@contextmanager
def province(home: Path) -> Iterator[Province]:
    """Run a province in a folder while the block runs."""
    opened = Province(home)
    try:
        yield opened
    finally:
        opened.close()
