"""How the command line speaks: tables for people, JSON for machines, errors in both languages."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

USAGE, WRONG_USAGE = 2, "wrong-usage"
"""The exit status of whatever a verb is called wrongly with, and its code where there is no better one."""

screen = Console()
errors = Console(stderr=True)

Command = TypeVar("Command", bound=Callable[..., Any])


def as_json(command: Command) -> Command:
    """Give a verb the option --json."""
    return click.option("--json", "json_", is_flag=True, help="Kết quả dạng JSON / results as JSON.")(command)


def print_json(value: Any) -> None:
    """Print one JSON value."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def explain(vi: str, en: str) -> None:
    """Say what went wrong, in both languages."""
    errors.print(f"[red]Lỗi:[/red] {escape(vi)}", highlight=False)
    errors.print(f"[red]Error:[/red] {escape(en)}", highlight=False)


def fail(vi: str, en: str, status: int = 1, code: str | None = None) -> NoReturn:
    """Say what went wrong, in both languages, with a code that stays as it is, and end with the exit status."""
    code = code or (WRONG_USAGE if status == USAGE else None)
    told = f" ({code})" if code else ""
    explain(vi + told, en + told)
    raise SystemExit(status)


def confirm(*, yes: bool, json: bool) -> None:
    """Ask before what cannot be taken back, unless --yes was given; machines are not asked, and must give it."""
    if yes:
        return
    if json:
        fail("cần --yes cùng với --json", "--json needs --yes: nothing was changed", status=2)
    if not click.confirm("Thực hiện? / carry it out?"):
        fail("đã dừng", "stopped: nothing was changed")


@contextmanager
def progress(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar while a person watches; give a function of (done, total)."""
    if quiet or not errors.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def log_to_stderr(level: int = logging.INFO, *, json_of: str | None = None) -> None:
    """Write log lines to standard error; nameko's own words about expected refusals are left out.

    For people, or, as the service named by `json_of`, for machines.
    """
    if json_of:
        from deploy.logs import log_as_json

        log_as_json(json_of, level)
    else:
        logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("nameko.containers").setLevel(logging.ERROR)
    logging.getLogger("nameko.web.server").setLevel(logging.WARNING)
    logging.getLogger("amqp").setLevel(logging.WARNING)
