"""The embedded way: four services in one process, over an in-memory broker and SQLite files.

For evaluation, training and teaching. The files survive a restart; what was on the broker is sent
again from the services' logs. One process at a time may use a folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import eventlet
from nameko.containers import ServiceContainer

from deploy.composition.build import build
from deploy.composition.parts import Parts, Runtime, container, migration_sets
from deploy.files import MASTER_KEY, REPORT_KEY, SIGNING_KEY, TOKENS
from deploy.instances.ports import free_port
from deploy.names import SERVICES
from deploy.reach import CLAIM, FolderInUseError
from shared.access import TokenFile
from shared.clock import Clock, SystemClock
from shared.master_key import create_master_key
from shared.messaging.memory import MemoryBroker
from shared.persistence.database import Leadership
from shared.persistence.migrations import MigrationSet, migrate
from shared.persistence.sqlite import SqliteDatabase
from shared.signing import Signer
from shared.topology import services_topology
from shared.tracing import Tracer

KEYS = Path(__file__).parent.parent / "shared" / "persistence" / "keys_migrations"


@dataclass(slots=True)
class Embedded:
    """The running services: where they listen, and their parts for whoever shares the process."""

    home: Path
    urls: dict[str, str]
    broker: MemoryBroker
    tokens: TokenFile
    runtimes: dict[str, Runtime]


@contextmanager
def embedded(
    home: Path,
    clock: Clock | None = None,
    host: str = "127.0.0.1",
    tracer_of: Callable[[str], Tracer | None] = lambda _service: None,
) -> Iterator[Embedded]:
    """Run the four services in this process while the block runs.

    Raises FolderInUseError when another process runs on `home`.
    """
    home.mkdir(parents=True, exist_ok=True)
    clock = clock or SystemClock()
    Signer.of(home / SIGNING_KEY)
    broker = MemoryBroker()
    broker.declare(services_topology())
    tokens = TokenFile(home / TOKENS)
    databases: list[SqliteDatabase] = []
    containers: list[ServiceContainer] = []
    started: list[ServiceContainer] = []
    runtimes: dict[str, Runtime] = {}
    urls: dict[str, str] = {}
    ports: list[int] = []
    claim = _claim(home, databases)
    try:
        keys = _database(home, "keys", [MigrationSet("keys", KEYS)], databases)
        for name in SERVICES:
            parts = Parts(
                database=_database(home, name, migration_sets(name), databases),
                broker=broker,
                clock=clock,
                tokens=tokens,
                tolerance=timedelta(hours=24),
                public_url=urls.get("intake", ""),
                verify_senders=False,
                keys_database=keys,
                master_key=create_master_key(home / MASTER_KEY),
                signer=Signer.of(home / REPORT_KEY),
                tracer=tracer_of(name),
            )
            port = free_port(ports)
            ports.append(port)
            address = f"{host}:{port}"
            runtimes[name] = build(name, parts)
            urls[name] = f"http://{address}"
            containers.append(container(runtimes[name], address))
        for one in containers:
            started.append(one)
            one.start()
        yield Embedded(home, urls, broker, tokens, runtimes)
    finally:
        for stopping in [eventlet.spawn(one.stop) for one in started]:
            stopping.wait()
        for runtime in runtimes.values():
            if "publisher" in runtime.extras:
                runtime.extras["publisher"].close()
        claim.release()
        for database in databases:
            database.close()


def delete(home: Path) -> None:
    """Delete an embedded system's folder, if it is there. Raises FolderInUseError."""
    if not (home / CLAIM).exists():
        shutil.rmtree(home, ignore_errors=True)
        return
    databases: list[SqliteDatabase] = []
    claim = _claim(home, databases)
    shutil.rmtree(home)
    claim.release()
    for database in databases:
        database.close()


def _claim(home: Path, databases: list[SqliteDatabase]) -> Leadership:
    database = SqliteDatabase(home / CLAIM)
    databases.append(database)
    claim = database.elect("embedded")
    if claim is None:
        database.close()
        msg = f"another process runs on {home}"
        raise FolderInUseError(msg)
    return claim


def _database(
    home: Path,
    name: str,
    sets: list[MigrationSet],
    databases: list[SqliteDatabase],
) -> SqliteDatabase:
    database = SqliteDatabase(home / f"{name}.sqlite")
    databases.append(database)
    migrate(database, sets)
    return database
