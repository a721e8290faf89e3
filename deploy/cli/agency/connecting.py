"""As whom the verbs of an agency connect: by the configuration it was given, or from the stack's own machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from deploy.cli.output import fail
from deploy.cli.reaching import run_folder
from deploy.connector.link import LinkError
from deploy.connector.memory import Memory
from deploy.connector.settings import Settings, SettingsError, from_file
from deploy.files import PASSWORDS
from deploy.stack import Stack

Command = TypeVar("Command", bound=Callable[..., Any])

_config = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Cấu hình do `agency enrol` in ra (NAME=value) / what `agency enrol` printed, as NAME=value lines.",
)
_store = click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Tệp ghi những gì đã nhận và đã gửi / file of what was taken in and sent "
    "[default: <run>/connectors/<ID>.sqlite]",
)


def as_an_agency(command: Command) -> Command:
    """Give a verb the options --config, --store and --run."""
    return run_folder(_config(_store(command)))


def settings_or_fail(agency: str, config: Path | None, folder: Path) -> Settings:
    """Return how the agency connects, or end with a word on what is missing."""
    if config is None:
        return _of_the_stack(agency, folder)
    try:
        settings = from_file(config)
    except SettingsError as error:
        fail(f"cấu hình {config}: {error.vi}", f"configuration {config}: {error.en}", status=2)
    if settings.agency != agency:
        fail(
            f"{config} là cấu hình của {settings.agency}, không phải {agency}",
            f"{config} is the configuration of {settings.agency}, not of {agency}",
            status=2,
        )
    return settings


@contextmanager
def memory_of(agency: str, store: Path | None, folder: Path) -> Iterator[Memory]:
    """Give the agency's memory on this machine."""
    path = store or folder / "connectors" / f"{agency}.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    memory = Memory(path)
    try:
        yield memory
    finally:
        memory.close()


@contextmanager
def told_when_broken() -> Iterator[None]:
    """End with a clear word when the broker cannot be reached or refuses."""
    try:
        yield
    except LinkError as error:
        fail(f"không làm việc được với broker: {error}", f"the broker cannot be reached or refuses: {error}")


def _of_the_stack(agency: str, folder: Path) -> Settings:
    stack, account = Stack(folder), f"agency.{agency}"
    passwords = folder / "home" / PASSWORDS
    if not passwords.exists() or account not in json.loads(passwords.read_text()):
        fail(
            f"không có tài khoản của {agency} ở {folder}; dùng --config, hoặc `lienthong agency enrol {agency}`",
            f"there is no account of {agency} in {folder}; give --config, or `lienthong agency enrol {agency}`",
        )
    return Settings(agency, stack.broker_url(account))
