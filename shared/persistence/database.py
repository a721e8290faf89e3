"""The database port: what services may ask of a database, whichever engine stands behind it.

SQL is written once, in the subset that PostgreSQL and SQLite share, with `:name` parameters.
`column IN :names` takes a list. Values come back as Python objects on both engines:
`uuid` as UUID, `timestamptz` as aware UTC datetime, `boolean` as bool, `bytea` as bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]
Params = Mapping[str, Any]


class DatabaseUnavailableError(Exception):
    """The database is away (refused, cut off, shutting down): a transient fault, try again later."""


class UniqueViolationError(Exception):
    """A row with that key is already there."""


class Transaction(Protocol):
    """Statements that become durable together or not at all."""

    def execute(self, sql: str, params: Params | None = None) -> list[Row]:
        """Run one statement and return its rows (none for a statement that returns none)."""
        ...

    def execute_many(self, sql: str, rows: Sequence[Params]) -> None:
        """Run one statement once a row of parameters, in as few round trips as the engine allows.

        Rows for an `ON CONFLICT ... DO UPDATE` must not meet each other.
        """
        ...


class Leadership(Protocol):
    """Proof that this process alone holds a named job; lost with its connection."""

    def is_held(self) -> bool:
        """Ask the engine whether the job is still ours."""
        ...

    def release(self) -> None:
        """Give the job up."""
        ...


class Database(Protocol):
    """One service's own schema. Safe to use from several threads (or green threads)."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: commits at the end of the block, rolls back on an exception.

        Inside another `transaction()` block of the same thread it joins that one.
        Raises DatabaseUnavailableError or UniqueViolationError.
        """
        ...

    def elect(self, job: str) -> Leadership | None:
        """Try to become the only holder of `job`; None when another process holds it."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
