"""Taking a backup while everything runs: one snapshot of all schemas, with what lies outside of the database.

What is read before the snapshot is never newer than it: the last checkpoint is always one that the
restored stores must fit. Of the broker only the agencies' accounts are kept, as hashes: all that lies on
it is sent again from the logs and the delivery ledger.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.backup import erasures, problems
from deploy.backup.manifest import KEYS, LogPlace, Manifest, code_version, files_in
from deploy.files import KNOWN_TOKENS, MASTER_KEY, PASSWORDS, REPORT_KEY, SIGNING_KEY
from deploy.instances.errors import InstanceError
from deploy.instances.programs import postgres_programs
from deploy.names import SERVICES
from deploy.provision import VHOST, RabbitControl
from shared.clock import to_text
from shared.errors import RefusedError
from shared.messaging.epochs import FIRST, source_of
from shared.topology import agency_queue

HOME = "home"
"""What lies in the folder of secrets and opens nothing by itself: digests of tokens, the last checkpoint."""
KEY_FILES = (MASTER_KEY, SIGNING_KEY, REPORT_KEY)
"""They go to the keys."""
MADE_ANEW = (PASSWORDS, KNOWN_TOKENS)
"""They go nowhere: restored servers get other passwords, and the operator's command line other tokens."""
PASSING = (".new", ".lock")
"""What stands beside a file only while it is written."""
DATABASE_DUMP = "database.dump"
ACCOUNTS = "accounts.json"
KEYS_DUMP = "keys.dump"
ERASURES = "erasures.jsonl"

_PLACE = """
    SELECT (SELECT position FROM {0}.event_head), (SELECT position FROM {0}.published),
        (SELECT max(epoch) FROM {0}.log_epoch WHERE service = '{0}')
"""
_MIGRATIONS = "SELECT set_name, name, sha256 FROM {}.schema_migration"


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up."""

    dsn: str
    """The database, for its superuser."""
    home: Path
    rabbit: RabbitControl


def take(source: Source, folder: Path, keys: Path | None = None) -> Manifest:
    """Write a backup into a new folder and return its manifest; the keys into one of their own if it is named.

    Until all of it is on the disk the folders have other names, so a half backup is never taken for a
    whole one. Raises RefusedError `backup-exists` or `backup-failed`.
    """
    wanted = [folder, *([keys] if keys else ())]
    for each in wanted:
        if each.exists():
            raise RefusedError(problems.BACKUP_EXISTS, folder=each)
    drafts = [each.with_name(f".{each.name}.{secrets.token_hex(4)}") for each in wanted]
    try:
        for draft in drafts:
            draft.mkdir(parents=True, mode=0o700)
        keys_draft = drafts[1] if keys else drafts[0] / KEYS
        manifest = _write(source, drafts[0], keys_draft)
        for draft in drafts:
            _sync(draft)
        for draft, each in reversed([*zip(drafts, wanted, strict=True)]):
            draft.rename(each)
    except (InstanceError, OSError, psycopg.Error) as error:
        raise RefusedError(problems.BACKUP_FAILED, reason=error) from error
    finally:
        for draft in drafts:
            shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _write(source: Source, folder: Path, keys: Path) -> Manifest:
    _copy_home(source.home, folder / HOME, keys)
    (folder / ACCOUNTS).write_text(json.dumps(agency_accounts(source.rabbit), indent=1), encoding="utf-8")
    with psycopg.connect(source.dsn) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        [(snapshot, now, server)] = connection.execute(
            "SELECT pg_export_snapshot(), now(), current_setting('server_version')"
        ).fetchall()
        _dump(source.dsn, snapshot, SERVICES, folder / DATABASE_DUMP)
        _dump(source.dsn, snapshot, [KEYS], keys / KEYS_DUMP)
        (keys / ERASURES).write_text(erasures.as_lines(erasures.recorded(connection)), encoding="utf-8")
        manifest = _manifest(connection, now, server, folder, keys)
    manifest.write(folder)
    for path in _files(folder) + _files(keys):
        path.chmod(0o600)
    return manifest


def _manifest(
    connection: psycopg.Connection, now: datetime, server: str, folder: Path, keys: Path
) -> Manifest:
    files = files_in(folder, (path for path in _files(folder) if not path.is_relative_to(keys)))
    files |= {f"{KEYS}/{name}": said for name, said in files_in(keys, _files(keys)).items()}
    [(ledger,)] = connection.execute("SELECT sequence FROM statistics.ledger_head").fetchall()
    return Manifest(
        id=f"{to_text(now)[:19]}Z/{secrets.token_hex(4)}",
        made_at=to_text(now),
        version=code_version(),
        postgresql=server,
        migrations={schema: applied_migrations(connection, schema) for schema in (*SERVICES, KEYS)},
        logs={service: log_place(connection, service) for service in SERVICES},
        ledger=ledger,
        files=files,
    )


def applied_migrations(connection: psycopg.Connection, schema: str) -> dict[str, str]:
    """Return the migrations that a schema has had, as a manifest names them."""
    rows = connection.execute(_MIGRATIONS.format(schema)).fetchall()
    return {f"{set_name}/{name}": digest for set_name, name, digest in sorted(rows)}


def log_place(connection: psycopg.Connection, service: str) -> LogPlace:
    """Return how far a service's log is."""
    [(position, published, epoch)] = connection.execute(_PLACE.format(service)).fetchall()
    return LogPlace(source_of(service, epoch or FIRST), position, published)


def agency_accounts(rabbit: RabbitControl) -> dict[str, Any]:
    """Return the agencies' accounts on the broker: hashes of passwords, rights, limits, policies of their own."""
    everything = json.loads(rabbit.control("export_definitions", "-", "--format", "json"))

    def theirs(kind: str, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = everything.get(kind, [])
        in_place = (one for one in found if one.get("vhost", VHOST) == VHOST)
        return [one for one in in_place if one[name].startswith(agency_queue(""))]

    return {
        "users": theirs("users", "name"),
        "permissions": theirs("permissions", "user"),
        "policies": theirs("policies", "name"),
    }


def run_program(program: str, dsn: str, *args: str) -> None:
    """Run one of PostgreSQL's own programs on a database; the password goes through the environment.

    Raises InstanceError with what the program said.
    """
    given = conninfo_to_dict(dsn)
    password = {"PGPASSWORD": str(given["password"])} if given.get("password") else {}
    where = [
        f"--host={given['host']}",
        f"--port={given.get('port', 5432)}",
        f"--username={given['user']}",
        f"--dbname={given['dbname']}",
    ]
    done = subprocess.run(  # noqa: S603
        [str(postgres_programs() / program), "--no-password", *where, *args],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **password},
    )
    if done.returncode:
        msg = f"{program}: {done.stderr.strip()}"
        raise InstanceError(msg)


def _dump(dsn: str, snapshot: str, schemas: Iterable[str], path: Path) -> None:
    named = [f"--schema={schema}" for schema in schemas]
    run_program("pg_dump", dsn, "--format=custom", f"--snapshot={snapshot}", f"--file={path}", *named)


def _copy_home(home: Path, to: Path, keys: Path) -> None:
    to.mkdir(mode=0o700)
    keys.mkdir(mode=0o700, exist_ok=True)
    for path in sorted(home.iterdir()):
        if path.is_file() and path.name not in MADE_ANEW and path.suffix not in PASSING:
            shutil.copyfile(path, (keys if path.name in KEY_FILES else to) / path.name)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _sync(folder: Path) -> None:
    for path in [*_files(folder), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
