"""The verbs request and remind: agencies are asked to report in writing, or urged, and answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import click
from rich.table import Table

from deploy.cli.addressees import INDICATORS, below_target, with_late_dossiers
from deploy.cli.answering import answer, approve, consolidate, decline, receive, withdraw
from deploy.cli.output import as_json, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.request_shown import STATES, show_request
from deploy.play.client import Client
from services.statistics.papers.numbers import day

DAY = click.DateTime(["%Y-%m-%d"])
Command = TypeVar("Command", bound=Callable[..., Any])


def _issues(command: Command) -> Command:
    """Give a verb the options of what is issued."""
    for option in (
        as_json,
        on_a_system,
        click.option(
            "--level", type=click.Choice(["province", "district", "commune"]), help="Chỉ cấp này / only."
        ),
        click.option(
            "--until", type=DAY, help="Số liệu đến hết ngày / figures until that day; else the year's."
        ),
        click.option(
            "--late-from",
            type=DAY,
            help="Gửi các đơn vị có hồ sơ quá hạn từ ngày này đến --until / to units with late dossiers since then.",
        ),
        click.option("--year", type=int, help="Năm của chỉ tiêu / the target's year."),
        click.option(
            "--below-target",
            "indicator",
            type=click.Choice(INDICATORS),
            help="Gửi các đơn vị chưa đạt chỉ tiêu này / to the units below this target, as the report lists them.",
        ),
        click.option(
            "--to", "agencies", multiple=True, metavar="ID", help="Gửi cơ quan / to this agency; repeat."
        ),
        click.option(
            "--consolidator", metavar="ID", help="Cơ quan tổng hợp / who puts the answers together."
        ),
        click.option(
            "--due", type=DAY, required=True, help="Trả lời chậm nhất ngày / the last day, YYYY-MM-DD."
        ),
        click.option("--basis", required=True, help="Căn cứ / the document that it rests on."),
        click.option("--subject", required=True, help="Nội dung / what it is about."),
        click.option("--issuer", required=True, metavar="ID", help="Cơ quan ban hành / who issues it."),
        click.option("--reference", required=True, help="Số văn bản / its number: issued once under it."),
    ):
        command = option(command)
    return command


@click.group()
def request() -> None:
    """Đôn đốc, yêu cầu báo cáo bằng văn bản / reminders and requests for a written report."""


@request.command()
@_issues
def issue(**given: Any) -> None:
    """Yêu cầu báo cáo bằng văn bản / ask agencies for a written report.

    With --below-target, those that the report lists now; again under the same reference, nothing more is issued.
    """
    _issue("report", **given)


@click.command()
@_issues
def remind(**given: Any) -> None:
    """Đôn đốc các cơ quan / urge agencies to do what they owe; answered like a request for a report."""
    _issue("reminder", **given)


def _issue(
    kind: str,
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001 - an option
    agencies: tuple[str, ...],
    indicator: str | None,
    **given: Any,
) -> None:
    log_to_stderr(30)
    chosen = {word: given.pop(word) for word in ("year", "until", "level", "late_from")}
    due = given.pop("due")
    _check_choice(agencies, indicator, chosen)
    content = {name: value for name, value in given.items() if value is not None}
    content |= {"kind": kind, "due_on": f"{due:%Y-%m-%d}"}
    with reached_or_fail(folder, embedded) as reached:
        addressees: list[dict[str, Any]] = [{"agency": agency} for agency in agencies]
        if not agencies:
            with closing(reached.client("statistics")) as statistics:
                addressees, content["about"] = _found(statistics, indicator, chosen)
        if not addressees:
            fail("không có đơn vị nào như vậy", "there is no unit like that: nothing was issued")
        with closing(reached.client("processing")) as processing:
            said = processing.post("/v1/requests", {**content, "addressees": addressees}, f"cli/{uuid4()}")
    show_request(said, json_=json_)


def _check_choice(agencies: tuple[str, ...], indicator: str | None, chosen: dict[str, Any]) -> None:
    ways = [bool(agencies), bool(indicator), bool(chosen["late_from"])]
    needed = (indicator and chosen["year"] is None) or (chosen["late_from"] and chosen["until"] is None)
    if sum(ways) != 1 or needed:
        fail(
            "cần --to, hoặc --below-target cùng với --year, hoặc --late-from cùng với --until",
            "--to is needed, or --below-target together with --year, or --late-from together with --until",
            status=2,
        )


def _found(
    statistics: Client, indicator: str | None, chosen: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return whom a report lists now, and the question that lists them again."""
    if indicator:
        until = chosen["until"].date() if chosen["until"] else None
        return below_target(statistics, indicator, chosen["year"], until, chosen["level"])
    return with_late_dossiers(statistics, chosen["late_from"].date(), chosen["until"].date())


@request.command("list")
@click.option(
    "--agency", metavar="ID", help="Chỉ của cơ quan này / that it issues, consolidates or is asked by."
)
@click.option("--state", type=click.Choice([*STATES]), help="Trạng thái / state.")
@on_a_system
@as_json
def list_(agency: str | None, state: str | None, folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Liệt kê / list them, the newest first."""
    log_to_stderr(30)
    asked = {name: value for name, value in (("agency", agency), ("state", state)) if value}
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("processing")) as client:
        listed = client.get("/v1/requests", **asked)
    if json_:
        print_json(listed)
        return
    table = Table(box=None, header_style="bold")
    for heading in (
        "Số\nreference",
        "Ban hành\nissuer",
        "Nội dung\nsubject",
        "Hạn\ndue",
        "Trả lời\nanswered",
        "",
    ):
        table.add_column(heading, overflow="fold")
    for one in listed["requests"]:
        answered = f"{one['answered']}/{one['addressees']}"
        state_ = STATES[one["state"]]
        table.add_row(one["reference"], one["issuer"], one["subject"], day(one["due_on"]), answered, state_)
        table.add_row(f"[dim]{one['request']}[/dim]")
    screen.print(table if listed["requests"] else "không có / none")


@request.command()
@click.argument("request_id", metavar="REQUEST")
@on_a_system
@as_json
def show(request_id: str, folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Xem một văn bản và các trả lời / show one with its answers."""
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("processing")) as client:
        show_request(client.get(f"/v1/requests/{request_id}"), json_=json_)


for verb in (receive, answer, approve, decline, consolidate, withdraw):
    request.add_command(verb)
