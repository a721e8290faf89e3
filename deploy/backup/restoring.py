"""Restoring a backup into a new folder: checked first, then all of it or nothing that would start.

PostgreSQL is filled and a new epoch begins before any service runs; RabbitMQ begins empty, but for the
agencies' accounts. While a restore is under way its folder holds a mark, and no stack starts in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.backup import erasures as lists
from deploy.backup import new_epoch, problems
from deploy.backup.manifest import KEYS, Manifest
from deploy.backup.taking import (
    ACCOUNTS,
    DATABASE_DUMP,
    ERASURES,
    HOME,
    KEY_FILES,
    KEYS_DUMP,
    log_place,
    run_program,
)
from deploy.files import MASTER_KEY
from deploy.instances.errors import InstanceError
from deploy.names import SERVICES
from deploy.provision import DATABASE, ROLES, provision_broker, provision_database
from deploy.stack import RESTORING, Stack
from shared.clock import from_text
from shared.errors import RefusedError
from shared.master_key import MasterKeyError, read_master_key
from shared.persistence.database import Database, DatabaseUnavailableError
from shared.persistence.postgres import PostgresDatabase
from shared.privacy import PersonalDataVault

Report = Callable[[str], None]
NUMBERS = 1000
"""So many numbers a desk passes over on each day since the backup: more than a desk gives in a day."""
_TROUBLE = (InstanceError, OSError, psycopg.Error, DatabaseUnavailableError, MasterKeyError)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be restored, and where."""

    backup: Path
    target: Path
    """The folder of the new stack."""
    keys: Path | None = None
    """Where the keys are, if they are not in the backup."""
    erasures: Path | None = None
    """A list of erasures that is newer than the backup."""
    numbers: int = NUMBERS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was restored."""

    manifest: Manifest
    epoch: int
    agencies: list[str]
    """Those that will be told."""
    erased: int
    """Whose keys stay destroyed."""


def restore(request: Request, now: datetime, report: Report = lambda _line: None) -> Outcome:
    """Restore a backup; its servers run afterwards, and `Stack.start` starts the services.

    Raises RefusedError with a code of `problems`: before anything was touched, or `restore-failed`.
    """
    manifest, keys, erasures = _checked(request)
    _check_target(request.target)
    stack = Stack(request.target, report)
    (stack.directory / RESTORING).touch()
    try:
        _put_home(request.backup, keys, stack.home)
        report("PostgreSQL ...")
        _put_databases(request.backup, keys, stack, manifest)
        report("epoch ...")
        with _databases(stack) as databases:
            vault = PersonalDataVault(databases[KEYS], read_master_key(stack.home / MASTER_KEY))
            new_epoch.erase_again(databases["intake"], vault, erasures)
            epoch = new_epoch.begin(databases, manifest.id, now)
            known_until = from_text(manifest.made_at)
            new_epoch.pass_over_numbers(databases["intake"], known_until, now, request.numbers)
            agencies = new_epoch.tell_agencies(databases["processing"], known_until, now)
        report("RabbitMQ ...")
        stack.rabbit.start()
        provision_broker(stack.rabbit, stack.passwords)
        accounts = (request.backup / ACCOUNTS).read_text(encoding="utf-8")
        stack.rabbit.control("import_definitions", stdin=accounts)
    except _TROUBLE as error:
        stack.stop()
        raise RefusedError(problems.RESTORE_FAILED, reason=error, folder=stack.directory) from error
    (stack.directory / RESTORING).unlink()
    return Outcome(manifest, epoch, agencies, len(erasures))


def _checked(request: Request) -> tuple[Manifest, Path, lists.Erasures]:
    """Return manifest, folder of keys and all erasures, once every file is known to be whole."""
    manifest = Manifest.read(request.backup)
    keys = request.keys or request.backup / KEYS
    if not keys.is_dir():
        raise RefusedError(problems.KEYS_ELSEWHERE)
    manifest.check_version()
    manifest.check_files(request.backup, keys)
    newer = lists.read_list(request.erasures) if request.erasures else {}
    return manifest, keys, {**newer, **lists.read_list(keys / ERASURES)}


def _check_target(target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        running = (target / "postgres").exists() and Stack(target).postgres.is_running()
        raise RefusedError(problems.TARGET_RUNNING if running else problems.TARGET_NOT_EMPTY, folder=target)


def _put_home(backup: Path, keys: Path, home: Path) -> None:
    home.mkdir(mode=0o700)
    for path in [*(backup / HOME).iterdir(), *_keys_in(keys)]:
        copied = home / path.name
        copied.touch(mode=0o600)
        shutil.copyfile(path, copied)


def _keys_in(keys: Path) -> list[Path]:
    """Return the keys that a backup has; one of an older release lacks those that came later."""
    return [keys / name for name in KEY_FILES if (keys / name).exists()]


def _put_databases(backup: Path, keys: Path, stack: Stack, manifest: Manifest) -> None:
    stack.postgres.start()
    provision_database(stack.postgres.admin_dsn(), stack.passwords)
    admin = stack.postgres.admin_dsn(DATABASE)
    with psycopg.connect(admin) as connection:
        for schema in ROLES:  # just made, and empty: the dumps bring them
            connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(schema)))
    for dump in (backup / DATABASE_DUMP, keys / KEYS_DUMP):
        run_program("pg_restore", admin, "--single-transaction", "--exit-on-error", str(dump))
    with psycopg.connect(admin) as connection:
        connection.execute("ANALYZE")
        found = {service: log_place(connection, service) for service in SERVICES}
    if found != dict(manifest.logs):
        msg = f"the logs are at {found}, not at {manifest.logs}"
        raise InstanceError(msg)


@contextmanager
def _databases(stack: Stack) -> Iterator[Mapping[str, Database]]:
    with ExitStack() as closing:
        databases = {}
        for schema in ROLES:
            databases[schema] = PostgresDatabase(stack.dsn(schema), schema, 2)
            closing.callback(databases[schema].close)
        yield databases
