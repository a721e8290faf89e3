"""The stores of one system, to be read: in the full stack with the auditor's role, which can write nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from deploy.names import SERVICES
from deploy.provision import AUDIT
from deploy.reach import CLAIM, FolderInUseError, NotRunningError
from shared.persistence.database import Database
from shared.persistence.postgres import PostgresDatabase
from shared.persistence.sqlite import SqliteDatabase

READ_ONLY = "-c default_transaction_read_only=on"


@dataclass(frozen=True, slots=True)
class Stores:
    """Every service's database, by the service's name, and the folder of secrets."""

    databases: Mapping[str, Database]
    home: Path

    @property
    def statistics(self) -> Database:
        """Where the ledger is."""
        return self.databases["statistics"]


@contextmanager
def stores_at(run: Path, embedded: Path | None) -> Iterator[Stores]:
    """Give the stores of an embedded system's folder, or else of the full stack of `run`.

    No service is started. Raises NotRunningError and FolderInUseError.
    """
    if embedded is not None:
        with _files(embedded) as stores:
            yield stores
        return
    from deploy.stack import Stack

    if not run.exists() or not (stack := Stack(run)).postgres.is_running():
        msg = f"no full stack runs in {run}"
        raise NotRunningError(msg)
    with stores_behind(stack.dsn(AUDIT), stack.home) as stores:
        yield stores


@contextmanager
def stores_behind(dsn: str, home: Path) -> Iterator[Stores]:
    """Give the stores of a PostgreSQL database; `dsn` names a role that may read them."""
    with ExitStack() as stack:
        databases = {}
        for name in SERVICES:
            database = PostgresDatabase(make_conninfo(dsn, options=READ_ONLY), name, 2)
            stack.callback(database.close)
            databases[name] = database
        yield Stores(databases, home)


@contextmanager
def _files(home: Path) -> Iterator[Stores]:
    with ExitStack() as stack:

        def opened(path: Path) -> SqliteDatabase:
            database = SqliteDatabase(path)
            stack.callback(database.close)
            return database

        claim = opened(home / CLAIM).elect("embedded")
        if claim is None:
            msg = f"another process runs on {home}"
            raise FolderInUseError(msg)
        stack.callback(claim.release)
        yield Stores({name: opened(home / f"{name}.sqlite") for name in SERVICES}, home)
