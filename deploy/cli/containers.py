"""Verbs of a stack in containers: secrets, migrate."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import errors, screen
from shared.persistence.migrations import Phase


@click.group()
def secrets() -> None:
    """Bí mật của hệ thống / the stack's secrets."""


@secrets.command()
@click.option(
    "--postgres", required=True, metavar="HOST:PORT", help="PostgreSQL ở đâu / where it will listen."
)
@click.option("--rabbitmq", required=True, metavar="HOST:PORT", help="RabbitMQ ở đâu / where it will listen.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def init(postgres: str, rabbitmq: str, directory: Path) -> None:
    """Tạo những bí mật còn thiếu / make the secrets that are missing; what is there stays."""
    from deploy.containers.secret_files import create_secrets

    for name in create_secrets(directory, postgres, rabbitmq):
        screen.print(f"{directory / name}", highlight=False)


@click.command()
@click.option(
    "--secrets",
    "directory",
    envvar="LIENTHONG_SECRETS",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Thư mục của `lienthong secrets init` / the folder that `lienthong secrets init` made.",
)
@click.option(
    "--phase",
    type=click.Choice(["pre", "post", "all"]),
    default="all",
    show_default=True,
    help="Nâng cấp không dừng / an upgrade without stopping: pre, then new processes, then post.",
)
def migrate(directory: Path, phase: Phase) -> None:
    """Chuẩn bị máy chủ / prepare the servers: roles, schemas, accounts, policies, migrations."""
    from deploy.containers.preparing import prepare

    for migration in prepare(directory, lambda line: errors.print(line, highlight=False), phase):
        screen.print(f"{migration.set_name}/{migration.name}", highlight=False)
