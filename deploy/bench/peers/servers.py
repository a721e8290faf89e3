"""Databases and a virtual host for peers, on servers that run already; all of it goes when they are done."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import psycopg
from psycopg import sql

from deploy.instances.rabbitmq_files import ADMIN


class SqlServer(Protocol):
    """What is asked of PostgreSQL's instance."""

    def admin_dsn(self, dbname: str = "postgres") -> str:
        """Return the address of a database for the superuser."""
        ...


class MessageServer(Protocol):
    """What is asked of RabbitMQ's instance."""

    def admin_url(self, vhost: str = "/") -> str:
        """Return the address of a virtual host for the administrator."""
        ...

    def control(self, *args: str, stdin: str | None = None) -> str:
        """Run `rabbitmqctl`."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a peer works."""

    database: str
    """libpq connection string."""
    broker: str
    """amqp:// URL."""


@contextmanager
def virtual_host(rabbit: MessageServer) -> Iterator[str]:
    """Give the address of a fresh virtual host, and delete it at the end."""
    name = f"bench_{secrets.token_hex(4)}"
    rabbit.control("add_vhost", name)
    try:
        rabbit.control("set_permissions", "-p", name, ADMIN, ".*", ".*", ".*")
        yield rabbit.admin_url(name)
    finally:
        rabbit.control("delete_vhost", name)


@contextmanager
def database(postgres: SqlServer) -> Iterator[str]:
    """Give the address of a fresh database, and drop it at the end, whoever is still connected."""
    name = f"bench_{secrets.token_hex(4)}"
    identifier = sql.Identifier(name)
    _run(postgres, sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield postgres.admin_dsn(name)
    finally:
        _run(postgres, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def _run(postgres: SqlServer, statement: sql.Composed) -> None:
    with psycopg.connect(postgres.admin_dsn(), autocommit=True) as connection:
        connection.execute(statement)
