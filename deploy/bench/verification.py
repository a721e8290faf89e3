"""How fast the audit verifies every store and the ledger, beside SHA-256 alone over the same bytes.

The audit is the one that `lienthong audit verify` runs, whole, from the first entry on: it reads every
event twice (as it is stored, and in the ledger), computes three hashes for it and compares the rest.
The bare limit computes two of them, over bytes that are in memory already: nothing can verify faster.

`python -m deploy.bench.verification --events 200000` measures on a private PostgreSQL with a made-up
history of that length.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from deploy.audit.stores import Stores, stores_behind
from deploy.audit.verifying import audit
from deploy.names import SERVICES
from deploy.provision import AUDIT
from deploy.stack import Stack
from shared.persistence.database import Database

PAGE = 5000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was measured, over the same events."""

    events: int
    bytes: int
    """Of all stored events and ledger entries together."""
    events_per_second: float
    sha256_events_per_second: float

    @property
    def ratio_to_sha256(self) -> float:
        """Our rate over the bare limit."""
        return self.events_per_second / self.sha256_events_per_second


class NotWholeError(Exception):
    """The audit found something: a bench that lost something gives no figure."""


def measure(stack: Stack, rounds: int) -> Verified:
    """Verify and hash `rounds` times in turn and return the medians' rates. Raises NotWholeError."""
    with stores_behind(stack.dsn(AUDIT), stack.home) as stores:
        return measured(stores, rounds)


def measured(stores: Stores, rounds: int) -> Verified:
    """Measure on any stores, as `measure` does."""
    ours, bare, events, size = [], [], 0, 0
    for _ in range(rounds):
        begun = perf_counter()
        found = audit(stores)
        ours.append(perf_counter() - begun)
        if found.findings:
            raise NotWholeError(str(found.findings[:5]))
        events = found.events
        seconds, size = _hashing(stores.databases)
        bare.append(seconds)
    return Verified(events, size, events / median(ours), events / median(bare))


def _hashing(databases: Mapping[str, Database]) -> tuple[float, int]:
    """Return the seconds that hashing alone takes, and over how many bytes."""
    seconds, size = 0.0, 0
    for page in _pages(databases):
        begun = perf_counter()
        for content in page:
            hashlib.sha256(content).digest()
        seconds += perf_counter() - begun
        size += sum(map(len, page))
    return seconds, size


def _pages(databases: Mapping[str, Database]) -> Iterator[list[bytes]]:
    for name, database in databases.items():
        yield from _column(
            database, "SELECT position, state FROM event WHERE position > :a ORDER BY position LIMIT 5000"
        )
        if name == "statistics":
            yield from _column(
                database, "SELECT sequence, body FROM ledger WHERE sequence > :a ORDER BY sequence LIMIT 5000"
            )


def _column(database: Database, sql: str) -> Iterator[list[bytes]]:
    after = 0
    while True:
        with database.transaction() as tx:
            rows = tx.execute(sql, {"a": after})
        if not rows:
            return
        yield [bytes(row[1]) for row in rows]
        after = rows[-1][0]


def main() -> None:
    """Measure on a made-up history and print the figures."""
    import argparse

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    from deploy.bench.made_up import made_up_history

    with tempfile.TemporaryDirectory(prefix="lienthong-bench-") as folder, _private(Path(folder)) as stores:
        made_up_history(stores, asked.events)
        found = measured(stores, asked.rounds)
    print(  # noqa: T201
        f"{found.events:,} events, {found.bytes / 1e6:,.0f} MB: {found.events_per_second:,.0f} events/s verified, "
        f"SHA-256 alone {found.sha256_events_per_second:,.0f} events/s, ratio {found.ratio_to_sha256:.3f}"
    )


@contextmanager
def _private(folder: Path) -> Iterator[Stores]:
    """Give stores in a PostgreSQL of their own, written as the superuser."""
    import psycopg

    from deploy.composition.parts import migration_sets
    from deploy.instances.postgres import PrivatePostgres
    from shared.persistence.migrations import migrate
    from shared.persistence.postgres import PostgresDatabase

    server = PrivatePostgres(folder / "postgres")
    with ExitStack() as stack:
        server.start()
        stack.callback(server.destroy)
        dsn = server.admin_dsn()
        databases = {}
        for name in SERVICES:
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute(f"CREATE SCHEMA {name}")
            databases[name] = PostgresDatabase(dsn, name, 2)
            stack.callback(databases[name].close)
            migrate(databases[name], migration_sets(name))
        yield Stores(databases, folder)


if __name__ == "__main__":
    main()
