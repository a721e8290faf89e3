"""The made-up ledger is one that statistics can build from and report on: its figures are those written into it."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import psycopg
import pytest

from deploy.bench import figures, long_ledger
from services.statistics.reports.answers import Question
from services.statistics.reports.asking import REPORTS, Reports
from shared.clock import SetClock
from shared.persistence.postgres import PostgresDatabase
from tests.fixtures.postgres import PostgresServer

pytestmark = pytest.mark.integration

DOSSIERS = 80


def test_a_long_ledger_is_built_from_and_asked(postgres_server: PostgresServer) -> None:
    dsn = postgres_server.fresh_with_schema()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA statistics")
    found = figures.measure(dsn, DOSSIERS, rounds=2)
    reference = (
        1 + long_ledger.DEPARTMENTS + long_ledger.DISTRICTS + long_ledger.COMMUNES + long_ledger.PROCEDURES
    )
    assert found.events == reference + DOSSIERS * long_ledger.EVENTS_A_DOSSIER
    assert set(REPORTS) - set(figures.LEFT_OUT) <= set(found.live)
    assert len(found.before) == 3 * len(figures.BEFORE)
    assert any("ratio to SQL" in line for line in figures.lines(found))
    clock = SetClock(long_ledger.FIRST + long_ledger.YEARS)
    with closing(PostgresDatabase(dsn, "statistics", 2)) as database:
        whole = Question(date(2023, 1, 1), long_ledger.LAST_DAY)
        total = Reports(database, clock).report("resolution", whole)["total"]
    assert total["received_total"] == total["resolved_total"] == DOSSIERS
    assert total["resolved_late"] == DOSSIERS // long_ledger.LATE
