"""How fast statistics builds its read model again from the ledger, beside a plain SQL aggregate.

The rebuild is the one that operators run, whole: project every entry, write the tables, index them,
compare with the live version, make live. The aggregate groups the same rows of the ledger by dossier
and takes out of their stored bytes most of what the read model's table of dossiers holds: one statement,
which writes nothing and compares nothing. So SQL does less.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import psycopg

from deploy.bench.end_to_end import RunningStack
from services.statistics.application import Statistics
from services.statistics.read_model.builds import Builder
from shared.clock import SystemClock
from shared.persistence.postgres import PostgresDatabase
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork

AGGREGATE = """
WITH entry AS (
    SELECT root_id, type, happened_at, convert_from(body, 'UTF8')::jsonb -> 'data' AS data
    FROM statistics.ledger WHERE root_id IS NOT NULL
), dossier AS MATERIALIZED (
SELECT root_id,
       max(data ->> 'code') FILTER (WHERE type = 'lienthong.intake.dossier-received') AS code,
       max(data ->> 'procedure') FILTER (WHERE type = 'lienthong.intake.dossier-submitted') AS procedure,
       max(data ->> 'desk') FILTER (WHERE type = 'lienthong.intake.dossier-submitted') AS desk,
       max(data ->> 'channel') FILTER (WHERE type = 'lienthong.intake.dossier-submitted') AS channel,
       min(happened_at) FILTER (WHERE type = 'lienthong.intake.dossier-submitted') AS submitted_at,
       min(happened_at) FILTER (WHERE type = 'lienthong.intake.dossier-received') AS received_at,
       max(data ->> 'due_at') FILTER (WHERE type = 'lienthong.intake.dossier-received') AS due_at,
       max(happened_at) FILTER (WHERE type = 'lienthong.intake.dossier-resolved') AS resolved_at,
       max(data ->> 'verdict') FILTER (WHERE type = 'lienthong.intake.dossier-resolved') AS verdict,
       max(happened_at) FILTER (WHERE type = 'lienthong.intake.result-handed-back') AS handed_back_at,
       count(*) FILTER (WHERE type = 'lienthong.routing.leg-opened') AS legs_opened,
       count(*) FILTER (WHERE type = 'lienthong.processing.leg-completed') AS legs_completed
FROM entry GROUP BY root_id
)
SELECT count(*) FROM dossier
"""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What was measured, over the same entries of the ledger."""

    events: int
    events_per_second: float
    sql_events_per_second: float

    @property
    def ratio_to_sql(self) -> float:
        """Our rate over the aggregate's."""
        return self.events_per_second / self.sql_events_per_second


class DifferentError(Exception):
    """The rebuilt read model is not the one that was live."""


def measure(stack: RunningStack, rounds: int) -> Rebuild:
    """Rebuild and aggregate `rounds` times in turn and return the medians' rates.

    Raises DifferentError when a rebuild does not come out equal to what ran live.
    """
    with (
        closing(PostgresDatabase(stack.dsn("statistics"), "statistics", 4)) as database,
        psycopg.connect(stack.dsn("statistics"), autocommit=True) as connection,
    ):
        recorder = LogRecorder(database)
        application = Statistics(recorder)
        builder = Builder(database, UnitOfWork(database, application), application, SystemClock())
        ours, sql, events = [], [], 0
        for _ in range(rounds):
            ours.append(_seconds(lambda: _rebuild(builder)))
            sql.append(_seconds(lambda: connection.execute(AGGREGATE)))
            events = _count(connection)
    return Rebuild(events, events / median(ours), events / median(sql))


def _rebuild(builder: Builder) -> None:
    outcome = builder.rebuild(accept_differences=False)
    if not outcome.swapped:
        raise DifferentError(str(outcome.differences[:5]))


def _count(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute("SELECT count(*) FROM statistics.ledger").fetchone()
    return row[0] if row else 0


def _seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun
