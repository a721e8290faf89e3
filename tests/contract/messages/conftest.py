from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.composition.build import build
from deploy.composition.parts import Parts, Runtime, migration_sets
from deploy.files import REPORT_KEY
from shared.access import TokenFile
from shared.clock import SetClock
from shared.messaging.memory import MemoryBroker
from shared.persistence.migrations import MigrationSet, migrate
from shared.persistence.sqlite import SqliteDatabase
from shared.signing import Signer
from tests.contract.messages.story import MONDAY

KEYS = Path(__file__).parents[3] / "shared/persistence/keys_migrations"
MakeService = Callable[[str], Runtime]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[MakeService]:
    """Put services together as they run, each over a database of its own."""
    with ExitStack() as open_databases:

        def database(name: str, sets: list[MigrationSet]) -> SqliteDatabase:
            made = open_databases.enter_context(closing(SqliteDatabase(tmp_path / f"{name}.sqlite")))
            migrate(made, sets)
            return made

        def make(name: str) -> Runtime:
            parts = Parts(
                database=database(name, migration_sets(name)),
                broker=MemoryBroker(),
                clock=SetClock(MONDAY + timedelta(days=7)),
                tokens=TokenFile(tmp_path / "tokens.json"),
                tolerance=timedelta(days=30),
                keys_database=database(f"{name}-keys", [MigrationSet("keys", KEYS)]),
                master_key=bytes(32),
                signer=Signer.of(tmp_path / REPORT_KEY),
            )
            return build(name, parts)

        yield make
