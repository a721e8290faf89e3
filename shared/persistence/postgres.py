"""The database port over PostgreSQL: for the full stack.

Under eventlet psycopg's compiled builds block every green thread while they wait for the server,
unless PSYCOPG_WAIT_FUNC=wait_select is in the environment before psycopg is first imported.
The composition root sees to that; `PostgresDatabase` refuses to start without it.
"""

from __future__ import annotations

import re
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any, cast

import psycopg
import psycopg.waiting
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from shared.persistence.database import DatabaseUnavailableError, Params, Row, UniqueViolationError
from shared.persistence.joining import Joining
from shared.persistence.postgres_bulk import COPY_FROM, BulkInsert, bulk_insert
from shared.persistence.postgres_types import strict_adapters
from shared.persistence.sql import for_postgres

Connection = psycopg.Connection[Row]

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]*")
_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.IdleInTransactionSessionTimeout,
    # A standby that was taken for the primary, or a primary that became one.
    psycopg.errors.ReadOnlySqlTransaction,
)
_TOO_MUCH = (
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.StatementTooComplex,
    psycopg.errors.TooManyArguments,
    psycopg.errors.TooManyColumns,
)
"""Counted among the operational errors, but trying again changes nothing: what was asked is at fault."""
_DEFAULTS = {
    "connect_timeout": "10",
    # A server that vanished without a word is noticed in about half a minute, not in two hours.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "30000",
}


RECONNECT_SECONDS = 2.0
"""How long the pool tries by itself, with growing pauses, before it leaves it to the next who asks."""


class PostgresDatabase:
    """One service's schema in a PostgreSQL database, over at most `pool_size` connections at a time.

    The schema must exist. `patience` is how many seconds a transaction waits for a free connection.
    Connections are made as they are needed: the server may be away when the process starts.
    """

    def __init__(self, conninfo: str, schema: str, pool_size: int, *, patience: float = 10.0) -> None:
        _wait_with_green_threads()
        self._schema = schema
        self._conninfo = _own_conninfo(conninfo, schema)
        self._joining: Joining[_Transaction] = Joining()
        self._jobs: list[SessionLeadership] = []
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            self._conninfo,
            connection_class=Connection,
            kwargs={"context": strict_adapters()},
            min_size=0,
            max_size=pool_size,
            timeout=patience,
            reconnect_timeout=RECONNECT_SECONDS,
            name=schema,
            open=True,
        )

    @contextmanager
    def transaction(self) -> Iterator[_Transaction]:
        """See `Database.transaction`.

        When the connection is lost during the commit nobody knows whether it took place:
        that too is a DatabaseUnavailableError, so what is tried again must be idempotent.
        """
        outer = self._joining.current()
        if outer is not None:
            with self._joining.joined(outer):
                yield outer
            return
        with _faults():
            connection = self._pool.getconn()
        try:
            # Leaving psycopg's own block commits, or rolls back on an exception.
            with _faults(), connection.transaction():
                transaction = _Transaction(connection)
                with self._joining.opened(transaction):
                    yield transaction
        finally:
            lost = connection.closed
            self._pool.putconn(connection)
            if lost:
                # The others are most likely gone as well: let each be tried before it is lent again.
                self._pool.check()

    def elect(self, job: str) -> SessionLeadership | None:
        """See `Database.elect`: an advisory lock dies with the connection that holds it."""
        self._jobs = [held for held in self._jobs if not held.is_over()]
        with _faults():
            connection = Connection.connect(self._conninfo, autocommit=True)
            try:
                row = connection.execute(
                    "SELECT pg_try_advisory_lock(%s)",
                    [_lock_key(self._schema, job)],
                ).fetchone()
            except BaseException:
                connection.close()
                raise
        if row is None or not row[0]:
            connection.close()
            return None
        held = SessionLeadership(connection)
        self._jobs.append(held)
        return held

    def close(self) -> None:
        """See `Database.close`: gives up every job too."""
        for held in self._jobs:
            held.release()
        self._pool.close()


class SessionLeadership:
    """A job held by a PostgreSQL session of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_held(self) -> bool:
        """See `Leadership.is_held`: while the session lives, so does its lock."""
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self._connection.close()
            return False
        return True

    def is_over(self) -> bool:
        """Say whether it is known to have ended."""
        return self._connection.closed

    def release(self) -> None:
        """See `Leadership.release`: the next one need not wait until the server sees the session end."""
        with suppress(psycopg.Error):
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._connection.close()


class _Transaction:
    def __init__(self, connection: Connection) -> None:
        # Binary results: twice as fast to read as text.
        self._cursor = connection.cursor(binary=True)
        self.writes = 0
        self.broken = False

    def execute(self, sql: str, params: Params | None = None) -> list[Row]:
        statement = self._prepared(sql)
        with self._breaking():
            self._cursor.execute(statement, params or {})
            return self._cursor.fetchall() if self._cursor.description else []

    def execute_many(self, sql: str, rows: Sequence[Params]) -> None:
        statement = self._prepared(sql)
        insert = bulk_insert(sql)
        with self._breaking():
            if insert is None or not rows:
                self._cursor.executemany(statement, rows)
            elif insert.copy is not None and len(rows) >= COPY_FROM:
                self._copy(insert, insert.copy, rows)
            else:
                for start in range(0, len(rows), insert.most_rows):
                    several, values = insert.values(rows[start : start + insert.most_rows])
                    self._cursor.execute(cast("Any", several), values)

    def _copy(self, insert: BulkInsert, statement: str, rows: Sequence[Params]) -> None:
        with self._cursor.copy(cast("Any", statement)) as copy:
            for params in rows:
                copy.write_row(insert.tuple_of(params))

    def _prepared(self, sql: str) -> Any:
        statement = for_postgres(sql)
        self.writes += statement.writes
        return cast("Any", statement.text)

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        # Without this a caught failure would end in a COMMIT that PostgreSQL quietly turns into ROLLBACK.
        try:
            with _faults():
                yield
        except BaseException:
            self.broken = True
            raise


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        raise UniqueViolationError(str(error)) from error
    except _TOO_MUCH:
        raise
    except _AWAY as error:
        raise DatabaseUnavailableError(str(error)) from error


def _own_conninfo(conninfo: str, schema: str) -> str:
    if not _SCHEMA.fullmatch(schema):
        msg = f"not a plain lower-case schema name: {schema!r}"
        raise ValueError(msg)
    given = conninfo_to_dict(conninfo)
    # Compiling a statement takes longer than any of ours runs: reports were five to ten times as slow with it.
    own = f"-c search_path={schema} -c timezone=UTC -c jit=off"
    options = f"{given.get('options') or ''} {own}".strip()
    parameters: dict[str, Any] = {**_DEFAULTS, **given, "options": options}
    return make_conninfo(**parameters)


def _lock_key(schema: str, job: str) -> int:
    # Advisory locks are shared by the whole database, so the schema is part of the key.
    return int.from_bytes(sha256(f"{schema}/{job}".encode()).digest()[:8], signed=True)


def _wait_with_green_threads() -> None:
    patcher = sys.modules.get("eventlet.patcher")
    if patcher is None or not patcher.is_monkey_patched("select"):
        return
    if psycopg.waiting.wait is not psycopg.waiting.wait_select:
        msg = "under eventlet, set PSYCOPG_WAIT_FUNC=wait_select before psycopg is imported"
        raise RuntimeError(msg)
    psycopg.waiting.select = _LookFirst(patcher.original("select").select)  # type: ignore[attr-defined,assignment]


class _LookFirst:
    """Stands in for the module `select` where psycopg waits: looks before it lets other threads run.

    Most answers are there already. Going through the hub for them cost a third of a service's
    processor time (profile under load, 2026-11-22, 2 cores).
    """

    def __init__(self, look: Any) -> None:
        self._look = look

    def select(self, read: Any, write: Any, fault: Any, seconds: float | None = None) -> Any:
        """See `select.select`."""
        found = self._look(read, write, fault, 0)
        return found if any(found) else select.select(read, write, fault, seconds)
