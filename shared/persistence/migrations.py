"""Numbered SQL files, applied in order, each in its own transaction and each once.

A service has two sets: the shared plumbing and its own folder. A file's name says what it is:
`0007_pre_<purpose>.sql` only adds and runs before new code starts, so that old processes keep working;
`0008_post_<purpose>.sql` takes away what the last old process needed and runs after it has stopped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from shared.clock import Clock, SystemClock
from shared.persistence.database import Database, Row
from shared.persistence.sql import split

Phase = Literal["pre", "post", "all"]

_FILE = re.compile(r"(?P<number>\d{4})_(?P<phase>pre|post)_[a-z0-9_]+\.sql")

_HISTORY = """
    CREATE TABLE IF NOT EXISTS schema_migration (
        set_name text NOT NULL,
        number integer NOT NULL,
        name text NOT NULL,
        sha256 text NOT NULL,
        applied_at timestamptz NOT NULL,
        PRIMARY KEY (set_name, number)
    )
"""
_APPLIED = "SELECT set_name, number, name, sha256 FROM schema_migration"
_RECORD = """
    INSERT INTO schema_migration (set_name, number, name, sha256, applied_at)
    VALUES (:set_name, :number, :name, :sha256, :applied_at)
"""


class MigrationError(Exception):
    """The migrations cannot be applied as they are; nothing of the refused one was kept."""


@dataclass(frozen=True, slots=True)
class MigrationSet:
    """A folder of migrations under a durable name."""

    name: str
    folder: Path


PLUMBING = MigrationSet("plumbing", Path(__file__).parent / "plumbing")
"""The tables that every service has."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of a set."""

    set_name: str
    number: int
    phase: str
    name: str
    script: str

    @property
    def digest(self) -> str:
        """What must never change once the file was applied anywhere."""
        return sha256(self.script.encode()).hexdigest()


def migrate(
    database: Database,
    sets: Sequence[MigrationSet],
    phase: Phase = "all",
    clock: Clock | None = None,
) -> list[Migration]:
    """Apply what is not yet applied and return it, set by set, in order of number.

    Files that the database knows and this code does not are left alone: during an upgrade an older
    process may start beside a newer one's schema.

    Raises MigrationError when an applied file was changed since, when a name or number is wrong,
    or when another process is migrating the same schema.
    """
    job = database.elect("migrate")
    if job is None:
        raise MigrationError("another process is migrating this schema")
    try:
        due = [found for found in pending(database, sets) if phase in ("all", found.phase)]
        for migration in due:
            _apply(database, migration, (clock or SystemClock()).now())
        return due
    finally:
        job.release()


def pending(database: Database, sets: Sequence[MigrationSet]) -> list[Migration]:
    """Return what is not yet applied, in the order in which it would be. Raises as `migrate`."""
    with database.transaction() as transaction:
        transaction.execute(_HISTORY)
        rows = transaction.execute(_APPLIED)
    applied = {(set_name, number): (name, digest) for set_name, number, name, digest in rows}
    found = [migration for one in sets for migration in read(one)]
    for migration in found:
        before = applied.get((migration.set_name, migration.number))
        if before is not None and before != (migration.name, migration.digest):
            msg = f"{migration.set_name}/{migration.name} differs from {before[0]} as it was applied"
            raise MigrationError(msg)
    return [each for each in found if (each.set_name, each.number) not in applied]


def read(migrations: MigrationSet) -> list[Migration]:
    """Return a set's files in order of number. Raises MigrationError on a bad name or a number used twice."""
    found: dict[int, Migration] = {}
    for path in sorted(migrations.folder.glob("*.sql")):
        parts = _FILE.fullmatch(path.name)
        if parts is None:
            msg = f"not named like 0001_pre_purpose.sql or 0001_post_purpose.sql: {path.name}"
            raise MigrationError(msg)
        number = int(parts["number"])
        if number in found:
            msg = f"{found[number].name} and {path.name} have the same number"
            raise MigrationError(msg)
        # read_text turns every kind of line end into \n, so a checkout's habits do not look like a change.
        script = path.read_text(encoding="utf-8")
        found[number] = Migration(migrations.name, number, parts["phase"], path.name, script)
    return list(found.values())


def history(database: Database) -> list[Row]:
    """Return (set name, number, file name, sha256) of everything applied, in order."""
    with database.transaction() as transaction:
        return transaction.execute(f"{_APPLIED} ORDER BY set_name, number")


def _apply(database: Database, migration: Migration, at: datetime) -> None:
    with database.transaction() as transaction:
        for statement in split(migration.script):
            transaction.execute(statement)
        transaction.execute(
            _RECORD,
            {
                "set_name": migration.set_name,
                "number": migration.number,
                "name": migration.name,
                "sha256": migration.digest,
                "applied_at": at,
            },
        )
