"""A database and a virtual host for one peer, on servers that run already; both go when it is done."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

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
def place(postgres: SqlServer, rabbit: MessageServer) -> Iterator[Place]:
    """Give a fresh database and a fresh virtual host, and drop both at the end."""
    name = f"bench_{secrets.token_hex(4)}"
    identifier = sql.Identifier(name)
    _run(postgres, sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        rabbit.control("add_vhost", name)
        try:
            rabbit.control("set_permissions", "-p", name, ADMIN, ".*", ".*", ".*")
            yield Place(postgres.admin_dsn(name), rabbit.admin_url(quote(name)))
        finally:
            rabbit.control("delete_vhost", name)
    finally:
        _run(postgres, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def _run(postgres: SqlServer, statement: sql.Composed) -> None:
    with psycopg.connect(postgres.admin_dsn(), autocommit=True) as connection:
        connection.execute(statement)
