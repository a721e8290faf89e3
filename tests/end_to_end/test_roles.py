"""Each service's database role is shut out of everything that is not its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from deploy.names import SERVICES
from deploy.provision import AUDIT, DATABASE, ROLES, role_of
from deploy.stack import Stack

pytestmark = pytest.mark.end_to_end

OWN_TABLE = {**dict.fromkeys(SERVICES, "event"), "keys": "dossier_key"}
REFUSED = psycopg.errors.InsufficientPrivilege


def connected(stack: Stack, name: str) -> psycopg.Connection:
    return psycopg.connect(stack.dsn(name), autocommit=True)


@pytest.fixture
def auditor(stack: Stack) -> Iterator[psycopg.Connection]:
    with connected(stack, AUDIT) as connection:
        yield connection


@pytest.mark.parametrize("name", ROLES)
def test_a_role_reads_what_is_its_own(stack: Stack, name: str) -> None:
    with connected(stack, name) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (f"lienthong_{name}",)
        assert connection.execute(f"SELECT count(*) >= 0 FROM {name}.{OWN_TABLE[name]}").fetchone() == (True,)


@pytest.mark.parametrize(("name", "other"), [*permutations(ROLES, 2)])
def test_a_role_cannot_enter_anothers_schema(stack: Stack, name: str, other: str) -> None:
    table = f"{other}.{OWN_TABLE[other]}"
    with connected(stack, name) as connection:
        for statement in (
            f"SELECT * FROM {table}",
            f"DELETE FROM {table}",
            f"CREATE TABLE {other}.mine (one integer)",
            f"GRANT USAGE ON SCHEMA {other} TO {role_of(name)}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {role_of(other)} GRANT SELECT ON TABLES TO {role_of(name)}",
            f"SET ROLE {role_of(other)}",
        ):
            with pytest.raises(REFUSED):
                connection.execute(statement)


@pytest.mark.parametrize("name", [*ROLES, AUDIT])
def test_a_role_makes_nothing_outside_of_its_schema_and_knows_no_password(stack: Stack, name: str) -> None:
    with connected(stack, name) as connection:
        for statement in (
            "CREATE TABLE public.mine (one integer)",
            "CREATE TEMPORARY TABLE mine (one integer)",
            "CREATE SCHEMA mine",
            "CREATE ROLE mine LOGIN",
            f"ALTER ROLE {role_of(name)} SUPERUSER",
            "SELECT * FROM pg_authid",
            "SELECT pg_read_file('postgresql.conf')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ):
            with pytest.raises(REFUSED):
                connection.execute(statement)


@pytest.mark.parametrize("name", SERVICES)
def test_the_auditor_reads_every_log_and_writes_nothing(auditor: psycopg.Connection, name: str) -> None:
    assert auditor.execute(f"SELECT count(*) >= 0 FROM {name}.event").fetchone() == (True,)
    for statement in (
        f"INSERT INTO {name}.event_head VALUES (1, 1)",
        f"UPDATE {name}.event_head SET position = 0",
        f"DELETE FROM {name}.event",
        f"TRUNCATE {name}.event",
        f"CREATE TABLE {name}.mine (one integer)",
        f"SELECT * FROM {name}.event FOR UPDATE",
    ):
        with pytest.raises(REFUSED):
            auditor.execute(statement)


def test_the_auditor_reads_a_read_model_that_was_made_after_it(auditor: psycopg.Connection) -> None:
    assert auditor.execute("SELECT count(*) >= 0 FROM statistics.ledger").fetchone() == (True,)
    found = auditor.execute("SELECT live_version FROM statistics.read_model LIMIT 1").fetchone()
    assert found is not None
    assert auditor.execute(f"SELECT count(*) >= 0 FROM statistics.dossier_v{found[0]}").fetchone() == (True,)


def test_the_auditor_reads_no_key(auditor: psycopg.Connection) -> None:
    with pytest.raises(REFUSED):
        auditor.execute("SELECT * FROM keys.dossier_key")


def test_a_wrong_password_opens_nothing(stack: Stack) -> None:
    for password in ("", "wrong", stack.passwords.of(role_of("routing"))):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(make_conninfo(stack.dsn("intake"), password=password, dbname=DATABASE))
