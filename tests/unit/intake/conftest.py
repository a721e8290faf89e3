from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.persistence.sqlite import SqliteDatabase
from tests.unit.intake.one_stop_desk import OneStopDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OneStopDesk]:
    with (
        closing(SqliteDatabase(tmp_path / "intake.sqlite")) as database,
        closing(SqliteDatabase(tmp_path / "keys.sqlite")) as keys,
    ):
        yield OneStopDesk(database, keys).prepare()
