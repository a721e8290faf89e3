"""How long the preview of a replay takes over a long delivery ledger.

The ledger's rows are made up, as many as asked for, of one agency; the preview is the one that
`lienthong replay --dry-run` asks for: how many messages of how many dossiers, how many of them superseded
and unanswered, from when to when.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

import psycopg

from deploy.bench.end_to_end import RunningStack
from services.processing.domain.replay import Selection
from services.processing.tables.replays import ReplayTable
from shared.persistence.postgres import PostgresDatabase

AGENCY = "H98.90"
PROCEDURE = "9.000007"
PROCEDURES = 50
_MADE_UP = """
INSERT INTO processing.work (leg_id, dossier_id, agency, code, procedure, name_vi, name_en, number, legs, attempt,
    from_agency, handed_by, state, overdue, opened_at, sorts_at, closed)
SELECT md5('leg' || n)::uuid, md5('dossier' || n / 2)::uuid, %(agency)s, 'H98.90-' || n,
    '9.' || lpad((n %% %(procedures)s)::text, 6, '0'), 'Thẩm định', 'Appraisal', 1 + n %% 2, 2, 1,
    'H98.10', 'queue', 'completed', false, %(from)s + n * interval '30 seconds', %(from)s, n %% 100 > 0
FROM generate_series(1, %(rows)s) AS n;
INSERT INTO processing.delivery (message_id, agency, dossier_id, leg_id, kind, body, state, attempts, first_sent_at, created_at)
SELECT md5('message' || n)::uuid, %(agency)s, md5('dossier' || n / 2)::uuid, md5('leg' || n)::uuid, 'hand-over',
    convert_to(repeat('x', 1200), 'UTF8'), 'answered', 1, %(from)s + n * interval '30 seconds',
    %(from)s + n * interval '30 seconds'
FROM generate_series(1, %(rows)s) AS n;
"""
_FROM = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Previewed:
    """What was measured over a ledger of so many messages of one agency."""

    messages: int
    seconds: float
    procedure_seconds: float
    """Of the part that is one procedure of fifty."""


def measure(stack: RunningStack, messages: int, rounds: int) -> Previewed:
    """Make a ledger up and return the medians' seconds; the made-up rows stay."""
    with psycopg.connect(stack.dsn("processing"), autocommit=True) as connection:
        values = {"agency": AGENCY, "procedures": PROCEDURES, "from": _FROM, "rows": messages}
        with psycopg.ClientCursor(connection) as cursor:  # two statements at once take no bound values
            cursor.execute(_MADE_UP, values)
        connection.execute("VACUUM ANALYZE processing.delivery")
        connection.execute("VACUUM ANALYZE processing.work")
    with closing(PostgresDatabase(stack.dsn("processing"), "processing", 1)) as database:
        table = ReplayTable(database)
        everything = median(_seconds(table, Selection(AGENCY), messages) for _ in range(rounds))
        part = median(
            _seconds(table, Selection(AGENCY, procedure=PROCEDURE), messages // PROCEDURES)
            for _ in range(rounds)
        )
    return Previewed(messages, everything, part)


class MiscountedError(Exception):
    """The preview did not count what is there."""


def _seconds(table: ReplayTable, selection: Selection, wanted: int) -> float:
    begun = perf_counter()
    counted = table.count(selection, datetime.now(UTC))
    took = perf_counter() - begun
    if counted.messages != wanted:
        raise MiscountedError(f"{counted.messages} of {wanted}")
    return took
