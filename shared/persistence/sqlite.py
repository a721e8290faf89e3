"""The database port over SQLite: for the embedded stack, one process, nothing to install.

synchronous is FULL though NORMAL would survive a kill: after a power cut NORMAL may forget a service's
last commits. Each file alone would still be sound, but four services remember each other's positions,
and one that forgot what another has already heard would number new events with used positions.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from io import FileIO
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.clock import from_text, to_text
from shared.persistence.database import DatabaseUnavailableError, Params, Row, UniqueViolationError
from shared.persistence.joining import Joining
from shared.persistence.sql import for_sqlite

_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    },
)
_TAKEN = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_JOB = re.compile(r"[a-z0-9._-]+")

sqlite3.register_converter("uuid", lambda text: UUID(text.decode()))
sqlite3.register_converter("timestamptz", lambda text: from_text(text.decode()))
sqlite3.register_converter("boolean", lambda text: text == b"1")
sqlite3.register_converter("date", lambda text: date.fromisoformat(text.decode()))


class SqliteDatabase:
    """One service's database in one file, over one connection. `path` is made when it is not there."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._joining: Joining[_Transaction] = Joining()
        self._jobs: list[FileLeadership] = []
        # A transaction holds it to its end; made after eventlet's patching, it is a green lock.
        self._lock = threading.Lock()
        with _faults():
            self._connection = sqlite3.connect(
                self._path,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
                detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
            )
            for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {setting}")

    @contextmanager
    def transaction(self) -> Iterator[_Transaction]:
        """See `Database.transaction`."""
        outer = self._joining.current()
        if outer is not None:
            with self._joining.joined(outer):
                yield outer
            return
        with self._lock, _faults():
            # IMMEDIATE: a reader that turns writer halfway could be refused for good.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                transaction = _Transaction(self._connection)
                with self._joining.opened(transaction):
                    yield transaction
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def elect(self, job: str) -> FileLeadership | None:
        """See `Database.elect`: the lock on a file beside the database dies with its process."""
        if not _JOB.fullmatch(job):
            msg = f"a job's name is part of a file name, so it cannot be {job!r}"
            raise ValueError(msg)
        self._jobs = [held for held in self._jobs if held.is_held()]
        try:
            file = FileIO(self._path.with_name(f"{self._path.name}.{job}.lock"), "a")
        except OSError as error:
            raise DatabaseUnavailableError(str(error)) from error
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except OSError:
            file.close()
            return None
        held = FileLeadership(file)
        self._jobs.append(held)
        return held

    def close(self) -> None:
        """See `Database.close`: gives up every job too."""
        for held in self._jobs:
            held.release()
        with self._lock:
            self._connection.close()


class FileLeadership:
    """A job held by an exclusive lock on an open file."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def is_held(self) -> bool:
        """See `Leadership.is_held`."""
        return not self._file.closed

    def release(self) -> None:
        """See `Leadership.release`."""
        self._file.close()


class _Transaction:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.writes = 0
        self.broken = False

    def execute(self, sql: str, params: Params | None = None) -> list[Row]:
        statement = self._prepared(sql)
        with self._breaking():
            return self._connection.execute(statement, _adapted(params or {})).fetchall()

    def execute_many(self, sql: str, rows: Sequence[Params]) -> None:
        statement = self._prepared(sql)
        with self._breaking():
            self._connection.executemany(statement, map(_adapted, rows))

    def _prepared(self, sql: str) -> str:
        statement = for_sqlite(sql)
        self.writes += statement.writes
        return statement.text

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        # PostgreSQL gives up the whole transaction at its first failed statement; so do we here.
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
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code in _TAKEN:
            raise UniqueViolationError(str(error)) from error
        # The low byte names the kind of fault, the rest its details.
        if code is not None and code & 0xFF in _AWAY:
            raise DatabaseUnavailableError(str(error)) from error
        raise


def _adapted(params: Params) -> dict[str, Any]:
    return {name: _adapt(value) for name, value in params.items()}


def _adapt(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            msg = f"a time needs an offset: {value!r}"
            raise ValueError(msg)
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return json.dumps([_adapt(item) for item in value])
    return value
