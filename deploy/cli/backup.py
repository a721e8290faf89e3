"""Verbs of the full stack's data: backup, restore, erasures."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from deploy.backup.problems import NOTHING_TO_BACK_UP
from deploy.cli.output import as_json, errors, fail, print_json, screen
from deploy.cli.reaching import run_folder
from services.statistics.papers.numbers import number
from shared.clock import SystemClock, local_text
from shared.errors import RefusedError

if TYPE_CHECKING:
    from deploy.stack import Stack

_folder = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("directory", type=_folder)
@click.option("--keys", type=_folder, help="Để khoá ở chỗ khác / put the keys into a folder of their own.")
@run_folder
@as_json
def backup(directory: Path, keys: Path | None, folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Sao lưu toàn bộ khi hệ thống đang chạy / back everything up while it runs, into a new folder."""
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    from deploy.backup.taking import Source, take
    from deploy.provision import DATABASE

    stack = _running(folder)
    source = Source(stack.postgres.admin_dsn(DATABASE), stack.home, stack.rabbit)
    try:
        manifest = take(source, directory.absolute(), keys.absolute() if keys else None)
    except RefusedError as error:
        _refuse(error)
    if json_:
        print_json(asdict(manifest))
        return
    _say(f"Đã sao lưu vào / backed up into {directory}: {local_text(manifest.made_at)}")
    for service, place in manifest.logs.items():
        _say(f"  {service}: {number(place.position)} sự kiện / events ({place.source})")
    size = sum(file.bytes for file in manifest.files.values())
    _say(f"  {number(manifest.ledger)} mục sổ cái / ledger entries, {number(size)} bytes")
    _say(f"Khoá: cất riêng / keys, to be kept apart: {keys or directory / 'keys'}")


@click.command()
@click.argument("directory", type=_folder)
@click.option("--keys", type=_folder, help="Khoá ở đâu / where the keys are, if not in the backup.")
@click.option(
    "--erasures",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Danh sách xoá mới hơn bản sao lưu / a list of `lienthong erasures` newer than the backup.",
)
@click.option(
    "--skip-numbers",
    "numbers",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="Bỏ qua bấy nhiêu số mỗi ngày, mỗi bộ phận / numbers a desk passes over on each day since the backup.",
)
@run_folder
@as_json
def restore(
    directory: Path,
    keys: Path | None,
    erasures: Path | None,
    numbers: int,
    folder: Path,
    json_: bool,  # noqa: FBT001
) -> None:
    """Khôi phục vào một thư mục mới / restore into a new folder, named by --run; history goes on in a new epoch."""
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    from deploy.backup.restoring import Request
    from deploy.backup.restoring import restore as run

    def report(line: str) -> None:
        errors.print(line, highlight=False)

    try:
        outcome = run(Request(directory, folder, keys, erasures, numbers), SystemClock().now(), report)
    except RefusedError as error:
        _refuse(error)
    if json_:
        print_json(asdict(outcome))
        return
    _say(f"Đã khôi phục đến / restored as of {local_text(outcome.manifest.made_at)}")
    _say(f"  kỷ nguyên / epoch {outcome.epoch}; xoá lại / erased again: {outcome.erased}")
    _say(f"  báo cho / told: {', '.join(outcome.agencies) or '–'}")
    _say(f"Tiếp theo / next: lienthong up --run {folder}; lienthong audit verify --run {folder}")


@click.command()
@run_folder
def erasures(folder: Path) -> None:
    """Danh sách đã xoá, để cất ngoài bản sao lưu / whose data were erased: to be kept outside of backups."""
    import psycopg

    from deploy.backup.erasures import as_lines, recorded
    from deploy.provision import DATABASE

    with psycopg.connect(_running(folder).postgres.admin_dsn(DATABASE)) as connection:
        click.echo(as_lines(recorded(connection)), nl=False)


def _running(folder: Path) -> Stack:
    from deploy.stack import Stack

    if not folder.exists() or not (stack := Stack(folder)).postgres.is_running():
        _refuse(RefusedError(NOTHING_TO_BACK_UP, folder=folder))
    return stack


def _refuse(error: RefusedError) -> NoReturn:
    said = error.details()
    fail(f"{said['title_vi']} ({error.code})", f"{said['title']} ({error.code})")


def _say(line: str) -> None:
    screen.print(line, highlight=False, soft_wrap=True)
