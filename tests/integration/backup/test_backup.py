"""What is refused before anything is touched, what a backup holds, and what a restore that died leaves."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.backup import new_epoch
from deploy.backup.erasures import as_lines
from deploy.backup.manifest import MANIFEST, Manifest
from deploy.backup.restoring import Request, restore
from deploy.backup.taking import Source, run_program, take
from deploy.files import MASTER_KEY, SIGNING_KEY, TOKENS
from deploy.instances.errors import InstanceError
from deploy.instances.postgres import PrivatePostgres
from deploy.instances.rabbitmq import PrivateRabbit
from deploy.names import SERVICES
from deploy.provision import DATABASE
from deploy.stack import RESTORING, Stack
from services.intake.tables.counters import DeskCounters
from shared.access import TokenFile
from shared.errors import RefusedError
from shared.master_key import create_master_key, read_master_key
from shared.persistence.postgres import PostgresDatabase
from shared.privacy import PersonalDataVault
from shared.signing import Signer

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
STAYS, GOES = UUID(int=1), UUID(int=2)
PERSON = {"name": "Nguyễn Thị Hoa"}
DESK = "H60.20.11"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack without its services: two people's keys, one desk that gave numbers, one agency's account."""
    stack = Stack(tmp_path_factory.mktemp("backed-up"))
    create_master_key(_made(stack.home) / MASTER_KEY)
    Signer.of(stack.home / SIGNING_KEY)
    TokenFile(stack.home / TOKENS).issue("auditor", "ha")
    try:
        stack.start_servers()
        stack.enrol("H60.61")
        vault(stack).seal_many({STAYS: PERSON, GOES: PERSON})
        with opened(stack, "intake") as intake, intake.transaction():
            DeskCounters(intake).take({(DESK, date(2026, 1, 5)): 7})
        yield stack
    finally:
        stack.stop()
        stack.rabbit.destroy()
        stack.postgres.destroy()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def backup(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "backup"
    take(source(stack), folder)
    return folder


@pytest.fixture
def own(backup: Path, tmp_path: Path) -> Path:
    """A copy of the backup, to be damaged."""
    return Path(shutil.copytree(backup, tmp_path / "own"))


def source(stack: Stack) -> Source:
    return Source(stack.postgres.admin_dsn(DATABASE), stack.home, stack.rabbit)


@contextmanager
def opened(stack: Stack, schema: str) -> Iterator[PostgresDatabase]:
    """Give a schema's database, under its own role."""
    database = PostgresDatabase(stack.dsn(schema), schema, 2)
    try:
        yield database
    finally:
        database.close()


def vault(stack: Stack) -> PersonalDataVault:
    return PersonalDataVault(
        PostgresDatabase(stack.dsn("keys"), "keys", 1), read_master_key(stack.home / MASTER_KEY)
    )


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as refused:
        act()
    said = refused.value.details()
    assert said["title"]
    assert said["title_vi"]
    return refused.value.code


def test_a_backup_opens_nothing_without_its_keys(backup: Path, stack: Stack) -> None:
    manifest = Manifest.read(backup)
    names = set(manifest.files)
    assert {name for name in names if not name.startswith("keys/")} == {
        "accounts.json",
        "database.dump",
        f"home/{TOKENS}",
    }
    assert {"keys/keys.dump", "keys/master.key", "keys/checkpoint.key", "keys/erasures.jsonl"} <= names
    password = stack.passwords.of("agency.H60.61").encode()
    for path in backup.rglob("*"):
        assert path.is_dir() or password not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0 or path.is_dir()
    assert backup.stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(stack: Stack, backup: Path, tmp_path: Path) -> None:
    assert code_of(lambda: take(source(stack), backup)) == "backup-exists"
    fresh = tmp_path / "fresh"
    assert code_of(lambda: take(source(stack), fresh, keys=backup / "keys")) == "backup-exists"
    assert not fresh.exists()


def test_a_backup_that_dies_leaves_nothing_that_looks_like_one(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("deploy.backup.taking._sync", full)
    assert code_of(lambda: take(source(stack), tmp_path / "b", keys=tmp_path / "k")) == "backup-failed"
    assert list(tmp_path.iterdir()) == []


def _cut(folder: Path) -> None:
    dump = folder / "database.dump"
    os.truncate(dump, dump.stat().st_size - 1)


def _changed(folder: Path) -> None:
    dump = folder / "database.dump"
    body = bytearray(dump.read_bytes())
    body[len(body) // 2] ^= 1
    dump.write_bytes(body)


def _manifest(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / MANIFEST
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return change


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_cut, "backup-damaged"),
        (_changed, "backup-damaged"),
        (lambda folder: (folder / "accounts.json").unlink(), "backup-damaged"),
        (lambda folder: (folder / "keys/master.key").write_bytes(bytes(32)), "backup-damaged"),
        (lambda folder: (folder / MANIFEST).unlink(), "no-backup"),
        (lambda folder: os.truncate(folder / MANIFEST, 900), "no-backup"),
        (_manifest(format="lienthong-backup/2"), "no-backup"),
        (_manifest(files=None), "no-backup"),
        (_manifest(migrations={"intake": {"intake/0099_pre_x.sql": "0"}}), "backup-of-another-version"),
        (lambda folder: shutil.rmtree(folder / "keys"), "keys-elsewhere"),
    ],
    ids=[
        "cut",
        "changed",
        "missing",
        "other-key",
        "half",
        "cut-manifest",
        "format",
        "odd",
        "version",
        "keys",
    ],
)
def test_what_is_not_whole_or_anothers_is_refused_before_anything_is_touched(
    own: Path, tmp_path: Path, damage: Callable[[Path], object], code: str
) -> None:
    damage(own)
    target = tmp_path / "target"
    assert code_of(lambda: restore(Request(own, target), NOW)) == code
    assert not target.exists()


def test_nothing_is_restored_over_anything(backup: Path, stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    assert code_of(lambda: restore(Request(backup, tmp_path), NOW)) == "target-not-empty"
    assert code_of(lambda: restore(Request(backup, stack.directory), NOW)) == "target-running"


@pytest.mark.parametrize("line", ["{}", "nobody", '{"dossier": "x", "erased_at": "2026-01-01T00:00:00Z"}'])
def test_a_list_of_erasures_that_cannot_be_read_is_refused(backup: Path, tmp_path: Path, line: str) -> None:
    list_ = tmp_path / "erasures.jsonl"
    list_.write_text(as_lines({GOES: NOW}) + line + "\n")
    target = tmp_path / "target"
    assert code_of(lambda: restore(Request(backup, target, erasures=list_), NOW)) == "erasures-unreadable"
    assert not target.exists()


def test_a_restore_that_dies_is_never_started(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(program: str, *_: object) -> None:
        raise InstanceError(f"{program}: killed")

    monkeypatch.setattr("deploy.backup.restoring.run_program", dies)
    target = tmp_path / "target"
    assert code_of(lambda: restore(Request(backup, target), NOW)) == "restore-failed"
    stack = Stack(target)
    assert not stack.postgres.is_running()
    with pytest.raises(InstanceError, match="did not come to its end"):
        stack.start()
    stack.postgres.destroy()


def test_what_is_restored_goes_on_in_a_new_epoch(backup: Path, tmp_path: Path) -> None:
    made_at = datetime.fromisoformat(Manifest.read(backup).made_at)
    list_ = tmp_path / "erasures.jsonl"
    list_.write_text(as_lines({GOES: NOW, uuid4(): NOW}))
    keys = Path(shutil.move(backup / "keys", tmp_path / "kept-apart"))
    target = tmp_path / "target"
    outcome = restore(Request(backup, target, keys, list_, numbers=40), made_at + timedelta(days=1))
    shutil.move(keys, backup / "keys")
    stack = Stack(target)
    try:
        assert not (target / RESTORING).exists()
        assert outcome.erased == 2
        with opened(stack, "keys") as database, database.transaction() as tx:
            assert tx.execute("SELECT dossier_id FROM dossier_key") == [(STAYS,)]
        for name in SERVICES:
            with opened(stack, name) as database, database.transaction() as tx:
                known = tx.execute("SELECT service, epoch, after_position, backup FROM log_epoch")
                assert sorted(known) == sorted(
                    (each, outcome.epoch, 0, outcome.manifest.id) for each in SERVICES
                )
        with opened(stack, "intake") as database, database.transaction() as tx:
            numbers = sorted(last for (last,) in tx.execute("SELECT last FROM desk_counter"))
            assert numbers == [7, 40, 40], "both days since the backup, and an older one"
        accounts = stack.rabbit.control("list_users")
        assert "agency.H60.61" in accounts
        with psycopg.connect(stack.postgres.admin_dsn(DATABASE)) as connection:
            closed = "SELECT has_schema_privilege('lienthong_routing', 'keys', 'USAGE')"
            assert connection.execute(closed).fetchone() == (False,)
            audited = "SELECT has_table_privilege('lienthong_audit', 'intake.event', 'SELECT')"
            assert connection.execute(audited).fetchone() == (True,)
        with ExitStack() as closing:
            databases = {name: closing.enter_context(opened(stack, name)) for name in SERVICES}
            assert new_epoch.begin(databases, "again", NOW) > outcome.epoch, "also in the same minute"
    finally:
        stack.stop()
        PrivateRabbit(target / "rabbitmq").destroy()
        PrivatePostgres(target / "postgres").destroy()


def test_what_postgresqls_programs_say_is_told(stack: Stack) -> None:
    with pytest.raises(InstanceError, match=r"pg_dump: .*nowhere"):
        run_program("pg_dump", stack.postgres.admin_dsn("nowhere"))
