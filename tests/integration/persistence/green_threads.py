"""Run by test_under_eventlet.py in a process of its own: does waiting for a database leave others running?"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402 - eventlet and the wait function come before everything else
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

if "wait_select" in sys.argv:
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"

from uuid import uuid4  # noqa: E402

from eventsourcing.persistence import StoredEvent  # noqa: E402

from shared.persistence.database import Database  # noqa: E402
from shared.persistence.migrations import PLUMBING, migrate  # noqa: E402
from shared.persistence.postgres import PostgresDatabase  # noqa: E402
from shared.persistence.recorder import LogRecorder  # noqa: E402
from shared.persistence.sqlite import SqliteDatabase  # noqa: E402

THREADS, ROUNDS, SIZE = 12, 10, 5


def write_from_many(database: Database) -> None:
    """More green threads than connections write at once, each in blocks within blocks."""
    migrate(database, [PLUMBING])
    log = LogRecorder(database)

    def write(_: int) -> None:
        for _ in range(ROUNDS):
            with database.transaction() as outer:
                outer.execute("SELECT 1")
                eventlet.sleep(0)
                log.insert_events([StoredEvent(uuid4(), 1, "test.happened", b"{}") for _ in range(SIZE)])
                eventlet.sleep(0)

    pool = eventlet.GreenPool(THREADS)
    list(pool.imap(write, range(THREADS)))
    positions = [entry.position for entry in log.read_log(0, 10_000)]
    assert positions == list(range(1, THREADS * ROUNDS * SIZE + 1)), positions


def others_run_meanwhile(database: Database) -> None:
    """While one green thread waits for the server, another one counts."""
    turns = 0

    def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            eventlet.sleep(0)

    counting = eventlet.spawn(count)
    with database.transaction() as transaction:
        before = turns
        transaction.execute("SELECT pg_sleep(0.3)")
        assert turns > before, "nobody else ran"
    counting.kill()


def main() -> None:
    """Expects the addresses of an empty PostgreSQL database and of an empty folder."""
    dsn, folder = sys.argv[1:3]
    postgres = PostgresDatabase(dsn, "service", pool_size=4)
    write_from_many(postgres)
    others_run_meanwhile(postgres)
    postgres.close()
    sqlite = SqliteDatabase(Path(folder) / "service.sqlite")
    write_from_many(sqlite)
    sqlite.close()
    print("done")  # noqa: T201 - read by the test


main()
