from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.instances.errors import InstanceError
from deploy.instances.ports import LOOPBACK
from deploy.instances.postgres import PrivatePostgres
from deploy.instances.processes import recall

pytestmark = pytest.mark.integration


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[PrivatePostgres]:
    postgres = PrivatePostgres(tmp_path / "postgres")
    yield postgres
    postgres.destroy()


def ask(dsn: str, question: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def execute(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn) as connection:
        for statement in statements:
            connection.execute(statement)


def test_data_and_address_survive_a_restart(postgres: PrivatePostgres) -> None:
    postgres.start()
    address = postgres.admin_dsn()
    execute(address, "CREATE TABLE kept (what text)", "INSERT INTO kept VALUES ('hồ sơ')")

    postgres.stop()
    assert not postgres.is_running()
    postgres.start()

    assert postgres.admin_dsn() == address
    assert ask(address, "SELECT what FROM kept") == "hồ sơ"


def test_another_object_over_the_same_directory_sees_and_stops_it(
    postgres: PrivatePostgres, tmp_path: Path
) -> None:
    postgres.start()
    other = PrivatePostgres(tmp_path / "postgres")

    assert other.is_running()
    other.start()
    assert other.admin_dsn() == postgres.admin_dsn()
    other.stop()
    assert not postgres.is_running()


def test_a_role_enters_with_its_password_only(postgres: PrivatePostgres) -> None:
    postgres.start()
    execute(postgres.admin_dsn(), "CREATE ROLE desk LOGIN PASSWORD 'p@ss/word'")

    assert ask(postgres.dsn("postgres", "desk", "p@ss/word"), "SELECT current_user") == "desk"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.dsn("postgres", "desk", "guess"))


def test_it_listens_on_loopback_alone_and_hashes_passwords_with_scram(postgres: PrivatePostgres) -> None:
    postgres.start()

    assert ask(postgres.admin_dsn(), "SHOW listen_addresses") == LOOPBACK
    assert ask(postgres.admin_dsn(), "SHOW unix_socket_directories") == ""
    assert ask(postgres.admin_dsn(), "SELECT bool_and(auth_method = 'scram-sha-256') FROM pg_hba_file_rules")


def test_the_superuser_password_is_open_to_its_owner_alone(postgres: PrivatePostgres) -> None:
    postgres.start()

    secret = postgres.log.parent / "superuser-password"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert postgres.log.stat().st_mode & 0o777 == 0o600


def test_a_port_that_was_taken_meanwhile_is_replaced(postgres: PrivatePostgres) -> None:
    postgres.start()
    taken = postgres.port
    postgres.stop()

    with socket.create_server((LOOPBACK, taken)):
        postgres.start()
        assert postgres.port != taken
        assert ask(postgres.admin_dsn(), "SELECT 1") == 1


def test_a_killed_server_counts_as_stopped_and_recovers_what_was_committed(
    postgres: PrivatePostgres,
) -> None:
    postgres.start()
    execute(postgres.admin_dsn(), "CREATE TABLE kept AS SELECT 7 AS n")
    process = recall(postgres.log.parent / "server.pid.json")
    assert process is not None
    assert process.end((signal.SIGKILL, 10))

    assert not postgres.is_running()
    postgres.start()
    assert ask(postgres.admin_dsn(), "SELECT n FROM kept") == 7


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    broken = PrivatePostgres(tmp_path / "broken", settings={"no_such_setting": "1"})
    try:
        with pytest.raises(InstanceError, match="no_such_setting"):
            broken.start()
        assert not broken.is_running()
    finally:
        broken.destroy()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
def test_root_starts_it_as_an_unprivileged_user(postgres: PrivatePostgres) -> None:
    postgres.start()

    process = recall(postgres.log.parent / "server.pid.json")
    assert process is not None
    assert Path(f"/proc/{process.pid}").stat().st_uid != 0
