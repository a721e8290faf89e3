"""Roles, schemas, accounts: what servers must hold before the services' processes start.

Every service has a database role and a schema that no other service's role can enter; dossier keys
have a role and a schema of their own. On the broker, services share one account; an agency's account
reads its own queue and writes the commands exchange, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

from deploy.names import SERVICES
from shared.topology import agency_queue

DATABASE = "lienthong"
VHOST = "/lienthong"
SERVICES_ACCOUNT = "services"
HISTORIAN_ACCOUNT = "historian"
ROLES = (*SERVICES, "keys")
AUDIT = "audit"
READER = "reader"
"""Reads the views that statistics keeps for other tools, and nothing else."""
VIEWS = "reports"
POLICIES = Path(__file__).parent / "rabbitmq" / "policies.json"
"""Lengths, overflow, delivery limits: they can be changed while the queues live."""


def role_of(schema: str) -> str:
    """Return the database role that owns a schema."""
    return f"lienthong_{schema}"


class RabbitControl(Protocol):
    """Runs rabbitmqctl."""

    def control(self, *args: str, stdin: str | None = None) -> str:
        """Run it and return what it prints."""
        ...


@dataclass(frozen=True, slots=True)
class Rights:
    """What an account may do, as patterns of names of exchanges and queues."""

    configure: str
    write: str
    read: str


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
        for reader in (AUDIT, READER):
            _put_role(connection, role_of(reader), passwords.of(role_of(reader)))
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
    _provision_views(connection, name)


def _provision_views(connection: psycopg.Connection, database: sql.Identifier) -> None:
    """Make the schema of views: statistics' own, open to the reader, whose statements end soon and change nothing."""
    owner, reader, space = (sql.Identifier(one) for one in (role_of("statistics"), role_of(READER), VIEWS))
    for statement in (
        "GRANT CONNECT ON DATABASE {database} TO {reader}",
        "CREATE SCHEMA IF NOT EXISTS {space} AUTHORIZATION {owner}",
        "REVOKE ALL ON SCHEMA {space} FROM PUBLIC",
        "GRANT USAGE ON SCHEMA {space} TO {reader}",
        "ALTER ROLE {reader} SET search_path = {space}",
        "ALTER ROLE {reader} SET default_transaction_read_only = on",
        "ALTER ROLE {reader} SET statement_timeout = '120s'",
        "ALTER ROLE {reader} CONNECTION LIMIT 10",
    ):
        named = {"database": database, "owner": owner, "reader": reader, "space": space}
        connection.execute(sql.SQL(statement).format(**named))


def _put_role(connection: psycopg.Connection, role: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(password)),
    )


def provision_broker(rabbit: RabbitControl, passwords: Passwords) -> None:
    """Make the vhost, its policies, the services' account and the historian's; queues stay as they are."""
    accounts = {
        SERVICES_ACCOUNT: Rights(".*", ".*", ".*"),
        HISTORIAN_ACCOUNT: Rights("^$", r"^lienthong\.commands$", r"^agency\..*$"),
    }
    policies = json.loads(POLICIES.read_text(encoding="utf-8"))
    _define(rabbit, {"vhosts": [{"name": VHOST}], **_accounts(passwords, accounts), **policies})


def provision_agency(rabbit: RabbitControl, passwords: Passwords, agency: str) -> None:
    """Make an agency's account: it reads its queue and writes commands, and is only ever itself."""
    _define(rabbit, account_definitions(agency, passwords.of(agency_queue(agency))))


def account_definitions(agency: str, password: str | None) -> dict[str, Any]:
    """Return the definitions of an agency's account: it reads its queue and writes commands, nothing else.

    Without a password nobody comes in by one: the agency shows a certificate with the account's name.
    """
    rights = Rights("^$", r"^lienthong\.commands$", f"^agency\\.{re.escape(agency)}$")
    return _definitions({agency_queue(agency): (password, rights)})


def agency_policy(agency: str, max_length: int) -> dict[str, Any]:
    """Return the policy of one agency's queue: as all agencies' queues, but for its length."""
    policies = json.loads(POLICIES.read_text(encoding="utf-8"))["policies"]
    usual = next(policy for policy in policies if policy["name"] == "agencies")
    return {
        **usual,
        "name": agency_queue(agency),
        "pattern": f"^agency\\.{re.escape(agency)}$",
        "priority": usual["priority"] + 1,
        "definition": {**usual["definition"], "max-length": max_length},
    }


def _define(rabbit: RabbitControl, definitions: Mapping[str, Any]) -> None:
    """Make all of it at once: every run of `rabbitmqctl` takes seconds."""
    rabbit.control("import_definitions", stdin=json.dumps(definitions))


def _accounts(passwords: Passwords, accounts: Mapping[str, Rights]) -> dict[str, Any]:
    """Return the definitions of accounts, with what they may do in the vhost."""
    return _definitions({name: (passwords.of(name), may) for name, may in accounts.items()})


def _definitions(accounts: Mapping[str, tuple[str | None, Rights]]) -> dict[str, Any]:
    return {
        "users": [
            {
                "name": name,
                "password_hash": "" if password is None else _password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "",
            }
            for name, (password, _) in accounts.items()
        ],
        "permissions": [{"user": name, "vhost": VHOST, **asdict(may)} for name, (_, may) in accounts.items()],
    }


def _password_hash(password: str) -> str:
    """Return a password as RabbitMQ keeps it. Source: RabbitMQ's guide on passwords, "computing hashes"."""
    salt = secrets.token_bytes(4)
    return b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
