"""Each service's database role is shut out of everything that is not its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import permutations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from deploy.names import SERVICES
from deploy.play.client import Client
from deploy.provision import AUDIT, DATABASE, READER, ROLES, role_of
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


def views(connection: psycopg.Connection) -> dict[str, int]:
    """Return how many rows each view for other tools has."""
    names = connection.execute(
        "SELECT table_name FROM information_schema.views WHERE table_schema = 'reports'"
    ).fetchall()
    counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone() for (name,) in names}
    return {name: found[0] for name, found in counts.items() if found}


def test_other_tools_read_the_live_figures_and_nothing_else(stack: Stack) -> None:
    with connected(stack, READER) as reader, connected(stack, "statistics") as own:
        found = views(reader)
        assert set(found) == {
            "agency",
            "dossier",
            "entered",
            "leg",
            "pause",
            "procedure",
            "refused_act",
            "target",
        }
        live = own.execute("SELECT live_version FROM statistics.read_model").fetchone()
        assert live
        for table in ("dossier", "agency"):
            counted = own.execute(f"SELECT count(*) FROM statistics.{table}_v{live[0]}").fetchone()
            assert counted == (found[table],)
        for statement in (
            "SELECT * FROM statistics.ledger",
            f"SELECT * FROM statistics.dossier_v{live[0]}",
            "SELECT * FROM keys.dossier_key",
            "SET ROLE lienthong_statistics",
        ):
            with pytest.raises(REFUSED):
                reader.execute(statement)
        for statement in ("CREATE TABLE mine (one integer)", "DELETE FROM dossier"):
            with pytest.raises((REFUSED, psycopg.errors.ReadOnlySqlTransaction)):
                reader.execute(statement)
        reader.execute("SET default_transaction_read_only = off")
        for statement in ("CREATE TABLE mine (one integer)", "DELETE FROM dossier", "DROP VIEW dossier"):
            with pytest.raises(REFUSED):
                reader.execute(statement)


def test_a_rebuild_leads_other_tools_to_the_new_version(stack: Stack) -> None:
    with connected(stack, READER) as reader:
        before = views(reader)
        with closing(Client(stack.urls()["statistics"], stack.token("administrator"))) as client:
            version = client.post("/v1/rebuilds?accept_differences=yes", {}, "roles-rebuild")["version"]
        defined = "SELECT pg_get_viewdef('reports.dossier'::regclass)"
        assert f"dossier_v{version}" in str(reader.execute(defined).fetchone())
        assert set(views(reader)) == set(before)
