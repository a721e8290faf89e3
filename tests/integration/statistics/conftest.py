"""statistics over a real database, once on each engine: all but the nameko service around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import services.statistics
from services.statistics.application import Statistics
from services.statistics.consumer import LedgerWriter
from services.statistics.ledger.verification import Verification, verify
from services.statistics.read_model import versions
from services.statistics.read_model.builds import Builder
from services.statistics.read_model.dump import Digest, digest
from services.statistics.reports.answers import Question
from services.statistics.reports.asking import Reports
from shared.clock import SetClock
from shared.contracts.envelope import Message
from shared.persistence.database import Database
from shared.persistence.migrations import PLUMBING, MigrationSet, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork
from tests.builders.statistics import vietnam, with_bodies
from tests.fixtures.databases import Open

MIGRATIONS = MigrationSet("statistics", Path(services.statistics.__file__ or "").parent / "migrations")


class Office:
    """One process of statistics, and what a test wants to ask of its database."""

    def __init__(self, database: Database, clock: SetClock) -> None:
        self.database, self.clock = database, clock
        self.application = Statistics(LogRecorder(database))
        self.unit = UnitOfWork(database, self.application)
        self.writer = LedgerWriter(database, clock)
        self.builder = Builder(database, self.unit, self.application, clock)
        self.reports = Reports(database, clock)

    def take(self, messages: Sequence[Message], batch: int = 50) -> None:
        """Take messages in, in batches, each in a unit of work."""
        for start in range(0, len(messages), batch):
            with self.unit.begin():
                self.writer.append(with_bodies(messages[start : start + batch]))

    def report(self, first: date, last: date, *by: str, as_of: datetime | None = None) -> dict[str, Any]:
        return self.reports.report("resolution", Question(first, last, as_of, by))

    def live(self) -> versions.Live:
        with self.database.transaction() as tx:
            return versions.live(tx)

    def digest(self) -> Digest:
        with self.database.transaction() as tx:
            return digest(tx, versions.live(tx).version)

    def verify(self, *checkpoints: tuple[int, bytes]) -> Verification:
        return verify(self.database, checkpoints)

    def ask(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.database.transaction() as tx:
            return tx.execute(sql, parameters)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(vietnam(2019, 12, 31, 12))


@pytest.fixture
def office(open_database: Open, clock: SetClock) -> Office:
    """A process over a migrated database."""
    database = open_database()
    migrate(database, [PLUMBING, MIGRATIONS])
    office = Office(database, clock)
    office.builder.define()
    return office


@pytest.fixture
def another_office(office: Office, open_database: Open, clock: SetClock) -> Office:
    """A second process over the same database."""
    return Office(open_database(), clock)
