"""Options that say which system a verb is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from deploy.cli.output import fail
from deploy.play.client import DoorError
from deploy.reach import CLAIM, FolderInUseError, NotRunningError, Reached, reach
from shared.persistence.migrations import MigrationError

Command = TypeVar("Command", bound=Callable[..., Any])

run_folder = click.option(
    "--run",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".run"),
    show_default=True,
    envvar="LIENTHONG_RUN",
    help="Thư mục của hệ thống / the stack's folder.",
)
_embedded = click.option(
    "--embedded",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Dữ liệu của bản chạy trong một tiến trình / the folder of an embedded system.",
)


def on_a_system(command: Command) -> Command:
    """Give a verb the options --run and --embedded."""
    return run_folder(_embedded(command))


@contextmanager
def reached_or_fail(folder: Path, embedded: Path | None) -> Iterator[Reached]:
    """Give the system, or end with a clear word that it is not there or what it refused."""
    if embedded and not (embedded / CLAIM).exists():
        fail(
            f"không có dữ liệu của hệ thống nào ở {embedded}; `lienthong demo --home` tạo một hệ thống",
            f"there is no embedded system in {embedded}; `lienthong demo --home` makes one",
            code="no-system",
        )
    try:
        with reach(folder, embedded) as reached:
            yield reached
    except NotRunningError as error:
        fail(
            f"không có hệ thống nào đang chạy ở {folder}; dùng `lienthong up` hoặc --embedded",
            f"{error}; use `lienthong up` or --embedded",
            code="not-running",
        )
    except MigrationError as error:
        fail(
            f"cơ sở dữ liệu không hợp với phiên bản này: {error}",
            f"the data do not fit this version: {error}",
            code="data-of-another-version",
        )
    except FolderInUseError as error:
        fail(f"một tiến trình khác đang dùng {embedded}", str(error), code="folder-in-use")
    except DoorError as error:
        if error.vi and error.en:
            fail(f"dịch vụ từ chối ({error.code}): {error.vi}", f"refused ({error.code}): {error.en}")
        fail(f"dịch vụ từ chối ({error.code})", str(error))
