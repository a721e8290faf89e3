"""Roles, schemas, accounts: what servers must hold before the services' processes start.

Every service has a database role and a schema that no other service's role can enter; dossier keys
have a role and a schema of their own. On the broker, services share one account; an agency's account
reads its own queue and writes the commands exchange, nothing else.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from deploy.names import SERVICES

DATABASE = "lienthong"
VHOST = "/lienthong"
SERVICES_ACCOUNT = "services"
HISTORIAN_ACCOUNT = "historian"
ROLES = (*SERVICES, "keys")
AUDIT = "audit"


def role_of(schema: str) -> str:
    """Return the database role that owns a schema."""
    return f"lienthong_{schema}"


class RabbitControl(Protocol):
    """Runs rabbitmqctl."""

    def control(self, *args: str, stdin: str | None = None) -> str:
        """Run it and return what it prints."""
        ...


@dataclass(slots=True)
class Passwords:
    """Passwords of roles and accounts, made when first asked for, in a file of their owner's alone."""

    path: Path

    def of(self, name: str) -> str:
        """Return the password of a role or account."""
        known: dict[str, str] = json.loads(self.path.read_text()) if self.path.exists() else {}
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self.path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(known, file, indent=1, sort_keys=True)
            fresh.replace(self.path)
        return known[name]


def provision_database(admin_dsn: str, passwords: Passwords, database: str = DATABASE) -> None:
    """Make the database, its roles and schemas; what is there already stays."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        for schema in ROLES:
            _put_role(connection, role_of(schema), passwords.of(role_of(schema)))
        _put_role(connection, role_of(AUDIT), passwords.of(role_of(AUDIT)))
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not exists:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    admin = psycopg.conninfo.make_conninfo(admin_dsn, dbname=database)
    with psycopg.connect(admin, autocommit=True) as connection:
        provision_schemas(connection, database)


def provision_schemas(connection: psycopg.Connection, database: str) -> None:
    """Make the schemas inside a database, each closed to every role but its own and the auditor's."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    audit = sql.Identifier(role_of(AUDIT))
    for schema in ROLES:
        role, space = sql.Identifier(role_of(schema)), sql.Identifier(schema)
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, role))
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(space, role))
        connection.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(space))
        if schema != "keys":
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(space, audit))
            connection.execute(
                sql.SQL(
                    "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA {} GRANT SELECT ON TABLES TO {}"
                ).format(role, space, audit),
            )
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, audit))


def _put_role(connection: psycopg.Connection, role: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(password)),
    )


def provision_broker(rabbit: RabbitControl, passwords: Passwords, vhost: str = VHOST) -> None:
    """Make the vhost, the services' account and the historian's; what is there already stays."""
    if vhost not in rabbit.control("list_vhosts", "name").split():
        rabbit.control("add_vhost", vhost)
    put_account(rabbit, vhost, SERVICES_ACCOUNT, passwords.of(SERVICES_ACCOUNT), (".*", ".*", ".*"))
    historian = passwords.of(HISTORIAN_ACCOUNT)
    put_account(
        rabbit, vhost, HISTORIAN_ACCOUNT, historian, ("^$", r"^lienthong\.commands$", r"^agency\..*$")
    )


def provision_agency(rabbit: RabbitControl, passwords: Passwords, agency: str, vhost: str = VHOST) -> None:
    """Make an agency's account: it reads its queue and writes commands, and is only ever itself."""
    account = f"agency.{agency}"
    rights = ("^$", r"^lienthong\.commands$", f"^agency\\.{re.escape(agency)}$")
    put_account(rabbit, vhost, account, passwords.of(account), rights)


def put_account(
    rabbit: RabbitControl,
    vhost: str,
    account: str,
    password: str,
    rights: tuple[str, str, str],
) -> None:
    """Make an account, or give it this password and these rights (configure, write, read)."""
    users = {line.split("\t")[0] for line in rabbit.control("list_users").splitlines()}
    rabbit.control("change_password" if account in users else "add_user", account, stdin=password)
    rabbit.control("set_permissions", "--vhost", vhost, account, *rights)
