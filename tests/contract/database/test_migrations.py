from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.clock import SetClock
from shared.persistence.database import Database
from shared.persistence.migrations import PLUMBING, MigrationError, MigrationSet, history, migrate, pending
from tests.fixtures.databases import Open

NOON = datetime(2026, 7, 1, 5, tzinfo=UTC)
CREATE = "CREATE TABLE thing (id integer PRIMARY KEY, words text);\n"
ADD = "-- One; two.\nINSERT INTO thing VALUES (1, 'a;b'); INSERT INTO thing VALUES (2, 'c');\n"
DROP = "ALTER TABLE thing DROP COLUMN words;\n"


@pytest.fixture
def own(tmp_path: Path) -> MigrationSet:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_pre_things.sql").write_text(CREATE, encoding="utf-8")
    (folder / "0002_pre_first_things.sql").write_text(ADD, encoding="utf-8")
    return MigrationSet("own", folder)


def names(database: Database) -> list[str]:
    return [name for _, _, name, _ in history(database)]


def test_the_plumbing_applies_and_applying_again_does_nothing(database: Database) -> None:
    applied = migrate(database, [PLUMBING])
    assert [migration.number for migration in applied] == list(range(1, len(applied) + 1))
    assert migrate(database, [PLUMBING]) == []
    with database.transaction() as transaction:
        assert transaction.execute("SELECT position FROM event_head") == [(0,)]
        assert transaction.execute("SELECT position FROM published") == [(0,)]


def test_files_are_applied_in_order_and_written_down(database: Database, own: MigrationSet) -> None:
    migrate(database, [own], clock=SetClock(NOON))
    with database.transaction() as transaction:
        assert transaction.execute("SELECT id, words FROM thing ORDER BY id") == [(1, "a;b"), (2, "c")]
        assert transaction.execute("SELECT DISTINCT applied_at FROM schema_migration") == [(NOON,)]
    assert names(database) == ["0001_pre_things.sql", "0002_pre_first_things.sql"]


def test_sets_are_numbered_apart(database: Database, own: MigrationSet) -> None:
    applied = migrate(database, [PLUMBING, own])
    assert [(one.set_name, one.number) for one in applied][-2:] == [("own", 1), ("own", 2)]


def test_a_file_changed_after_it_was_applied_is_refused(database: Database, own: MigrationSet) -> None:
    migrate(database, [own])
    (own.folder / "0002_pre_first_things.sql").write_text(ADD + "-- more", encoding="utf-8")
    (own.folder / "0003_pre_others.sql").write_text("CREATE TABLE other (id integer);", encoding="utf-8")
    with pytest.raises(MigrationError, match="0002_pre_first_things"):
        migrate(database, [own])
    assert len(names(database)) == 2


def test_line_ends_are_no_change(database: Database, own: MigrationSet) -> None:
    migrate(database, [own])
    (own.folder / "0001_pre_things.sql").write_bytes(CREATE.replace("\n", "\r\n").encode())
    assert migrate(database, [own]) == []


def test_a_file_that_fails_leaves_nothing_and_those_before_it_stay(
    database: Database, own: MigrationSet
) -> None:
    bad = own.folder / "0003_pre_bad.sql"
    bad.write_text("INSERT INTO thing VALUES (3, 'd'); INSERT INTO nowhere VALUES (1);", encoding="utf-8")
    with pytest.raises(Exception, match="nowhere"):
        migrate(database, [own])
    assert len(names(database)) == 2
    with database.transaction() as transaction:
        assert transaction.execute("SELECT count(*) FROM thing") == [(2,)]
    bad.unlink()
    assert migrate(database, [own]) == []


def test_what_runs_after_the_new_code_waits_for_its_phase(database: Database, own: MigrationSet) -> None:
    (own.folder / "0003_post_no_words.sql").write_text(DROP, encoding="utf-8")
    assert [one.number for one in migrate(database, [own], phase="pre")] == [1, 2]
    assert [one.number for one in pending(database, [own])] == [3]
    assert [one.number for one in migrate(database, [own], phase="post")] == [3]


def test_older_code_leaves_a_newer_schema_alone(database: Database, own: MigrationSet) -> None:
    migrate(database, [own])
    (own.folder / "0002_pre_first_things.sql").unlink()
    assert migrate(database, [own]) == []
    assert len(names(database)) == 2


@pytest.mark.parametrize(
    "name", ["1_pre_short.sql", "0003_things.sql", "0003_pre_.sql", "0001_post_again.sql"]
)
def test_a_wrong_name_or_a_number_used_twice_is_refused(
    database: Database, own: MigrationSet, name: str
) -> None:
    (own.folder / name).write_text("SELECT 1;", encoding="utf-8")
    with pytest.raises(MigrationError):
        migrate(database, [own])
    assert names(database) == []


def test_two_processes_do_not_migrate_at_the_same_time(
    database: Database, own: MigrationSet, open_database: Open
) -> None:
    other = open_database().elect("migrate")
    assert other is not None
    with pytest.raises(MigrationError, match="another process"):
        migrate(database, [own])
    other.release()
    assert len(migrate(database, [own])) == 2
