from __future__ import annotations

import pytest

from shared.persistence.database import Database
from tests.fixtures.databases import Open


@pytest.fixture
def database(open_database: Open) -> Database:
    return open_database()
