"""The verbs figure enter, check, lock, correct and show: what no dossier yields, per unit and period."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def figure() -> None:
    """Số liệu nhập tay / figures that no dossier yields, entered with evidence."""


def _of_a_unit(command: Any) -> Any:
    """Give a verb what says which figure it is about."""
    for option in (
        click.option("--to", "last", type=_DAY, required=True, help="Đến hết ngày / last day."),
        click.option("--from", "first", type=_DAY, required=True, help="Từ ngày / first day."),
        click.argument("agency"),
        click.argument("figure"),
        on_a_system,
        as_json,
    ):
        command = option(command)
    return command


def _said(command: Any) -> Any:
    """Give a verb what is said about the figure."""
    for option in (
        click.option("--evidence", required=True, help="Số văn bản / number or digest of a document."),
        click.option("--value", type=int, required=True, help="Số lượng / how many."),
    ):
        command = option(command)
    return command


@figure.command()
@_said
@_of_a_unit
def enter(folder: Path, embedded: Path | None, *, json_: bool, **asked: Any) -> None:
    """Nhập số liệu / enter a figure."""
    _post("/v1/figures", asked, folder, embedded, json_=json_)


@figure.command()
@click.option("--reason", required=True, help="Lý do / why.")
@_said
@_of_a_unit
def correct(folder: Path, embedded: Path | None, *, json_: bool, **asked: Any) -> None:
    """Đính chính / correct a figure: it has to be checked anew."""
    _post("/v1/figures/correct", asked, folder, embedded, json_=json_)


@figure.command()
@_of_a_unit
def check(folder: Path, embedded: Path | None, *, json_: bool, **asked: Any) -> None:
    """Kiểm tra / confirm a figure that somebody else entered: it counts from now on."""
    _post("/v1/figures/check", asked, folder, embedded, json_=json_)


@figure.command()
@_of_a_unit
def lock(folder: Path, embedded: Path | None, *, json_: bool, **asked: Any) -> None:
    """Khóa / close a checked figure."""
    _post("/v1/figures/lock", asked, folder, embedded, json_=json_)


@figure.command()
@_of_a_unit
def show(folder: Path, embedded: Path | None, *, json_: bool, **asked: Any) -> None:
    """Xem số liệu / say how a figure stands."""
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached:
        _show(reached.client("processing").get("/v1/figures", **_content(asked)), json_=json_)


def _post(path: str, asked: dict[str, Any], folder: Path, embedded: Path | None, *, json_: bool) -> None:
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached:
        _show(reached.client("processing").post(path, _content(asked), f"cli/{uuid4()}"), json_=json_)


def _content(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value:%Y-%m-%d}" if isinstance(value, datetime) else value for name, value in asked.items()
    }


def _show(standing: dict[str, Any], *, json_: bool) -> None:
    if json_:
        print_json(standing)
        return
    screen.print(
        f"{standing['figure']} {standing['agency']}, {standing['first']} – {standing['last']}:"
        f" {standing['value']} ({standing['state']}, lần / version {standing['version']}; {standing['evidence']})",
        highlight=False,
    )
