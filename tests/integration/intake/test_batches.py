from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from services.intake.application import Filing
from services.intake.domain.dossier import Dossier
from shared.persistence.database import Database, Leadership, Params, Row, Transaction
from tests.integration.intake.conftest import OpenDesk
from tests.unit.intake.one_stop_desk import OneStopDesk, submission

pytestmark = pytest.mark.integration


class Counted:
    """A database that counts what is asked of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.asked: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self.database.transaction() as tx:
            yield _Counting(tx, self.asked)

    def elect(self, job: str) -> Leadership | None:
        return self.database.elect(job)

    def close(self) -> None:
        self.database.close()


class _Counting:
    def __init__(self, tx: Transaction, asked: list[str]) -> None:
        self._tx = tx
        self._asked = asked

    def execute(self, sql: str, params: Params | None = None) -> list[Row]:
        self._asked.append(" ".join(sql.split()[:3]))
        return self._tx.execute(sql, params)

    def execute_many(self, sql: str, rows: Any) -> None:
        self._asked.append(" ".join(sql.split()[:3]))
        self._tx.execute_many(sql, rows)


@pytest.mark.parametrize("size", [1, 50])
def test_a_batch_costs_the_same_few_round_trips_whatever_its_size(open_desk: OpenDesk, size: int) -> None:
    opened = open_desk()
    database, keys = Counted(opened.database), Counted(opened.keys)
    desk = OneStopDesk(database, keys)

    filed = desk.submit_many(*[Filing(submission(), desk.act())] * size)

    assert all(isinstance(one, Dossier) for one in filed)
    assert keys.asked == ["INSERT INTO dossier_key"]
    assert database.asked == [
        "SELECT originator_id, originator_version,",
        "SELECT id, code,",
        "INSERT INTO desk_counter",
        "UPDATE event_head SET",
        "INSERT INTO event",
        "INSERT INTO dossier_lookup",
    ]
