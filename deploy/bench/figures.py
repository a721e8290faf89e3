"""How statistics does over a long ledger: building its read model, and every report, live and as known before.

`python -m deploy.bench.figures --events 3000000` measures on a private PostgreSQL that is deleted afterwards.
Three limits are taken in the same run: the plain SQL aggregate of `rebuild` over the same bytes, what reading
the ledger's bytes alone takes, and parsing them.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import orjson
import psycopg

from deploy.bench import long_ledger
from deploy.bench.rebuild import AGGREGATE, DifferentError
from deploy.composition.parts import migration_sets
from deploy.instances.postgres import PrivatePostgres
from services.statistics.application import Statistics
from services.statistics.ledger import entries
from services.statistics.read_model.builds import BATCH, Builder
from services.statistics.reports.answers import Question
from services.statistics.reports.asking import REPORTS, Reports
from shared.clock import SetClock
from shared.persistence.database import Database
from shared.persistence.migrations import migrate
from shared.persistence.postgres import PostgresDatabase
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork

SCHEMA = "statistics"
LEFT_OUT = ("index", "ranking")
"""Scores need a set of rules, and are made of the figures of other reports."""
BEFORE = (30, 180, 550)
"""Days before the ledger's end as of which reports are asked for."""
_KIB = 1024


@dataclass(slots=True)
class Figures:
    """What was measured, over a ledger of so many events; seconds."""

    events: int
    written: float
    projected: list[float] = field(default_factory=list)
    """Until every entry was projected."""
    rebuilt: list[float] = field(default_factory=list)
    """Until the new version was live, after indexes and, from the second on, the comparison."""
    sql: list[float] = field(default_factory=list)
    read: float = 0
    """Reading the bytes alone."""
    parsed: float = 0
    """Reading and parsing them."""
    peak_mib: int = 0
    """The most memory this process had when it had built."""
    live: dict[str, float] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)
    """As known so many days before the end."""


def measure(dsn: str, dossiers: int, rounds: int) -> Figures:
    """Write a ledger, build the read model `rounds` times, and ask for every report. Raises DifferentError."""
    with (
        closing(PostgresDatabase(dsn, SCHEMA, 4)) as database,
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        migrate(database, migration_sets(SCHEMA))
        clock = SetClock(long_ledger.FIRST + long_ledger.YEARS)
        application = Statistics(LogRecorder(database))
        builder = Builder(database, UnitOfWork(database, application), application, clock)
        builder.define()
        # As if the release before had laid it out otherwise: the first build has nothing to compare.
        connection.execute("UPDATE statistics.read_model SET layout = 0")
        begun = perf_counter()
        found = Figures(long_ledger.write(connection, dossiers), perf_counter() - begun)
        for _ in range(rounds):
            _rebuild(builder, found)
            found.sql.append(_seconds(lambda: connection.execute(AGGREGATE)))
        found.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KIB
        found.read = _seconds(partial(_read, database, found.events, None))
        found.parsed = _seconds(partial(_read, database, found.events, orjson.loads))
        connection.execute("ANALYZE")
        _ask(Reports(database, clock), found)
    return found


def _rebuild(builder: Builder, found: Figures) -> None:
    begun = perf_counter()
    projected = begun

    def on_progress(_done: int, _of: int) -> None:
        nonlocal projected
        projected = perf_counter()

    outcome = builder.rebuild(accept_differences=False, on_progress=on_progress)
    if not outcome.swapped:
        raise DifferentError(str(outcome.differences[:5]))
    found.projected.append(projected - begun)
    found.rebuilt.append(perf_counter() - begun)


def _ask(reports: Reports, found: Figures) -> None:
    year = Question(date(2025, 1, 1), long_ledger.LAST_DAY)
    for name in (name for name in REPORTS if name not in LEFT_OUT):
        found.live[name] = _asked(reports, name, year)
    found.live["resolution by unit and month"] = _asked(
        reports, "resolution", Question(year.first, year.last, by=("unit", "month"))
    )
    end = long_ledger.FIRST + long_ledger.YEARS
    for name in ("resolution", "flows", "lateness"):
        for days in BEFORE:
            known = Question(date(2023, 1, 1), date(2023, 12, 31), published_at=end - timedelta(days=days))
            found.before[f"{name}, {days} days ago"] = _asked(reports, name, known)


def _asked(reports: Reports, name: str, question: Question) -> float:
    return median(_seconds(lambda: reports.report(name, question)) for _ in range(3))


def _read(database: Database, events: int, take: Callable[[bytes], Any] | None) -> None:
    for after in range(0, events, BATCH):
        with database.transaction() as tx:
            for body in entries.read(tx, after, after + BATCH):
                if take is not None:
                    take(body)


def _seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def lines(found: Figures) -> Iterator[str]:
    """Give what was measured as lines of text."""
    events = found.events
    yield f"{events:,} events, written by COPY in {found.written:.0f} s"
    for what, seconds in (
        ("projected", median(found.projected)),
        ("rebuilt, whole", median(found.rebuilt)),
        ("SQL GROUP BY", median(found.sql)),
        ("read alone", found.read),
        ("read and parsed", found.parsed),
    ):
        yield f"{what:>16}: {seconds:7.1f} s {events / seconds:11,.0f} events/s"
    yield f"ratio to SQL: {median(found.sql) / median(found.projected):.3f}; peak memory {found.peak_mib:,} MiB"
    for title, asked in (("as of now", found.live), ("as known before", found.before)):
        yield f"reports {title}:"
        yield from (f"{seconds:8.2f} s  {name}" for name, seconds in asked.items())


def main() -> None:
    """Measure on a private PostgreSQL and print the figures."""
    import argparse

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lienthong-bench-") as folder, _private(Path(folder)) as dsn:
        found = measure(dsn, asked.events // long_ledger.EVENTS_A_DOSSIER, asked.rounds)
    for line in lines(found):
        print(line)  # noqa: T201


@contextmanager
def _private(folder: Path) -> Iterator[str]:
    server = PrivatePostgres(folder / "postgres")
    server.start()
    try:
        with psycopg.connect(server.admin_dsn(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
        yield server.admin_dsn()
    finally:
        server.destroy()


if __name__ == "__main__":
    main()
