"""The verbs target set and show: what a year's figure is to reach, by which decision."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail


@click.group()
def target() -> None:
    """Chỉ tiêu của năm / what a year's figures are to reach."""


def _of_a_figure(command: Any) -> Any:
    """Give a verb the options that say which figure it is about."""
    for option in (
        click.option("--year", type=int, required=True, help="Năm / year."),
        click.option("--of", help="Cấp, hoặc mã cơ quan / the level, or the agency."),
        click.option(
            "--scope",
            type=click.Choice(["province", "level", "agency"]),
            default="province",
            show_default=True,
            help="Của ai / whose.",
        ),
        click.option("--indicator", default="online", show_default=True, help="Chỉ số / indicator."),
        on_a_system,
        as_json,
    ):
        command = option(command)
    return command


@target.command("set")
@click.option("--percent", required=True, help="Phần trăm / per cent, such as 50 or 47.5.")
@click.option(
    "--reach-by", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Đạt trước ngày / by which day."
)
@click.option("--basis", required=True, help="Văn bản / the decision by which it is set.")
@_of_a_figure
def set_(
    percent: str,
    reach_by: datetime,
    basis: str,
    folder: Path,
    embedded: Path | None,
    *,
    json_: bool,
    **aim: Any,
) -> None:
    """Giao chỉ tiêu / set a target; a later decision makes a new version.

    A unit is held against its own target, else against its level's, else against the province's.
    """
    log_to_stderr(30)
    content = {**_aim(aim), "percent": percent, "reach_by": f"{reach_by:%Y-%m-%d}", "basis": basis}
    with reached_or_fail(folder, embedded) as reached:
        _show(reached.client("processing").post("/v1/targets", content, f"cli/{uuid4()}"), json_=json_)


@target.command()
@_of_a_figure
def show(folder: Path, embedded: Path | None, *, json_: bool, **aim: Any) -> None:
    """Xem chỉ tiêu / say what a target is now."""
    log_to_stderr(30)
    asked = {name: str(value) for name, value in _aim(aim).items()}
    with reached_or_fail(folder, embedded) as reached:
        _show(reached.client("processing").get("/v1/targets", **asked), json_=json_)


def _aim(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _show(standing: dict[str, Any], *, json_: bool) -> None:
    if json_:
        print_json(standing)
        return
    whose = standing["of"] or "toàn tỉnh / the province"
    screen.print(
        f"{standing['indicator']} {standing['year']}, {whose}: {standing['percent']} % trước / by"
        f" {standing['reach_by']} (lần / version {standing['version']}; {standing['basis']})",
        highlight=False,
    )
