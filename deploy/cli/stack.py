"""Verbs of the full stack on this machine: up, down, status, serve, migrate."""

from __future__ import annotations

import logging
from pathlib import Path

import click
from rich.table import Table

from deploy.cli.output import as_json, errors, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import run_folder
from deploy.names import SERVICES


@click.command()
@run_folder
@as_json
def up(folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Bật cả hệ thống / start PostgreSQL, RabbitMQ and the four services on this machine."""
    from deploy.instances.errors import InstanceError
    from deploy.stack import Stack

    try:
        stack = Stack(folder, report=lambda line: errors.print(line, highlight=False))
        stack.start()
    except (InstanceError, OSError) as error:
        fail("hệ thống không khởi động được", str(error))
    addresses = {
        **stack.urls(),
        "postgresql": f"127.0.0.1:{stack.postgres.port}",
        "rabbitmq": f"127.0.0.1:{stack.rabbit.port} (vhost /lienthong)",
        "secrets": str(stack.home),
        "logs": str(stack.directory / "*.log"),
    }
    if json_:
        print_json(addresses)
        return
    table = Table("Thành phần / part", "Ở đâu / where", box=None)
    for part, where in addresses.items():
        table.add_row(part, where)
    screen.print(table)


@click.command()
@run_folder
def down(folder: Path) -> None:
    """Tắt hệ thống / stop what `up` started in this folder, and nothing else."""
    from deploy.instances.errors import InstanceError
    from deploy.stack import Stack

    if not folder.exists():
        fail(f"không có hệ thống nào ở {folder}", f"there is no stack in {folder}")
    try:
        Stack(folder).stop()
    except InstanceError as error:
        fail("không tắt được", str(error))
    screen.print("Đã tắt / stopped. Dữ liệu còn nguyên / data stay.")


@click.command()
@run_folder
@as_json
def status(folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Hệ thống đang ra sao / how every part is; exit status 1 when one is not well."""
    from deploy.stack import Stack

    if not folder.exists():
        fail(f"không có hệ thống nào ở {folder}", f"there is no stack in {folder}")
    parts = Stack(folder).status()
    if json_:
        print_json(parts)
    else:
        table = Table(
            "Thành phần / part",
            "Tình trạng / status",
            "Sự kiện / events",
            "Chưa phát / unpublished",
            "Để riêng / parked",
            box=None,
        )
        for name, part in parts.items():
            parked = ", ".join(f"{number} {kind}" for kind, number in part.get("parked", {}).items())
            numbers = [str(part.get(key, "")) for key in ("events", "unpublished")]
            table.add_row(name, part["status"], *numbers, parked)
        screen.print(table)
    if any(part["status"] != "ok" for part in parts.values()):
        raise SystemExit(1)


@click.command()
@click.argument("service", type=click.Choice(SERVICES))
def serve(service: str) -> None:
    """Chạy một dịch vụ / run one service in this process, set up by LIENTHONG_* variables."""
    from deploy.serve import serve as run
    from shared.settings import SettingsError, read_settings

    try:
        settings = read_settings()
    except SettingsError as error:
        fail("thiếu hoặc sai cấu hình", str(error), status=2)
    log_to_stderr(logging.INFO, json_of=service if settings.json_log else None)
    run(service, settings)
