from __future__ import annotations

import pytest

from shared.persistence.database import Database
from shared.persistence.migrations import PLUMBING, migrate
from shared.persistence.recorder import LogRecorder
from tests.fixtures.databases import Open


@pytest.fixture
def database(open_database: Open) -> Database:
    database = open_database()
    migrate(database, [PLUMBING])
    return database


@pytest.fixture
def log(database: Database) -> LogRecorder:
    return LogRecorder(database)
