"""The event sourcing library's own suites for recorders, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests import persistence as library

from shared.persistence.migrations import PLUMBING, migrate
from shared.persistence.recorder import LogRecorder
from tests.fixtures.databases import Open


class OnPostgres:
    @pytest.fixture(autouse=True)
    def _recorder(self, open_postgres: Open) -> None:
        self.recorder = _recorder_on(open_postgres)

    def create_recorder(self) -> LogRecorder:
        return self.recorder


class OnSqlite:
    @pytest.fixture(autouse=True)
    def _recorder(self, open_sqlite: Open) -> None:
        self.recorder = _recorder_on(open_sqlite)

    def create_recorder(self) -> LogRecorder:
        return self.recorder


def _recorder_on(open_database: Open) -> LogRecorder:
    database = open_database()
    migrate(database, [PLUMBING])
    return LogRecorder(database)


class WithoutPositions(LogRecorder):
    """The suite for aggregates alone holds that there are no positions to return."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class AggregateSuite(library.AggregateRecorderTestCase):
    recorder: LogRecorder

    def create_recorder(self) -> LogRecorder:
        return WithoutPositions(self.recorder._database)


class TestAggregatesOnPostgres(AggregateSuite, OnPostgres):
    pass


class TestAggregatesOnSqlite(AggregateSuite, OnSqlite):
    pass


class ApplicationSuite(library.ApplicationRecorderTestCase[LogRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestLogOnPostgres(OnPostgres, ApplicationSuite):
    pass


class TestLogOnSqlite(OnSqlite, ApplicationSuite):
    pass


class TestNonInterleavingOnPostgres(OnPostgres, library.NonInterleavingNotificationIDsBaseCase):
    pass


class TestNonInterleavingOnSqlite(OnSqlite, library.NonInterleavingNotificationIDsBaseCase):
    pass


del AggregateSuite, ApplicationSuite
