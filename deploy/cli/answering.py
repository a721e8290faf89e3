"""The verbs of request after it is issued: an agency receives and answers it, the issuer ends it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import click

from deploy.cli.output import as_json, fail, log_to_stderr
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.request_shown import show_request

DAY = click.DateTime(["%Y-%m-%d"])
Command = TypeVar("Command", bound=Callable[..., Any])


def _command(name: str, request_id: str, agency: str, where: dict[str, Any], **data: Any) -> None:
    """Carry out an addressee's command in its name."""
    log_to_stderr(30)
    content = {"request": request_id, **{key: value for key, value in data.items() if value is not None}}
    with (
        reached_or_fail(where["folder"], where["embedded"]) as reached,
        closing(reached.client("processing", "agency", agency)) as client,
    ):
        show_request(client.post(f"/v1/commands/{name}", content, f"cli/{uuid4()}"), json_=where["json_"])


@click.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--agency", required=True, metavar="ID", help="Cơ quan nhận / the addressee.")
@click.option("--officer", help="Người phụ trách / who sees to it.")
@on_a_system
@as_json
def receive(request_id: str, agency: str, officer: str | None, **where: Any) -> None:
    """Xác nhận đã nhận / say that an agency has it."""
    _command("receive-request", request_id, agency, where, officer=officer)


@click.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--agency", required=True, metavar="ID", help="Cơ quan trả lời / who answers.")
@click.option("--text", "said", required=True, help="Nội dung trả lời / the answer.")
@click.option(
    "--attach",
    "papers",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tài liệu kèm theo, chỉ ghi mã SHA-256 / a paper: its name and digest are recorded, not itself.",
)
@click.option(
    "--propose", metavar="PERCENT", help="Đề xuất chỉ tiêu / the target that it proposes for itself."
)
@click.option("--year", type=int, help="Của năm / in which year.")
@click.option("--reach-by", type=DAY, help="Đạt trước ngày / by which day.")
@click.option("--reason", help="Lý do đề xuất / why.")
@on_a_system
@as_json
def answer(
    request_id: str,
    agency: str,
    said: str,
    papers: tuple[Path, ...],
    propose: str | None,
    year: int | None,
    reach_by: datetime | None,
    **where: Any,
) -> None:
    """Trả lời / answer one for an agency, such as what came on paper."""
    proposal, reason = None, where.pop("reason")
    if propose is not None:
        if year is None or reach_by is None or reason is None:
            fail(
                "--propose cần --year, --reach-by và --reason",
                "--propose needs --year, --reach-by and --reason",
                status=2,
            )
        proposal = {"percent": propose, "year": year, "reach_by": f"{reach_by:%Y-%m-%d}", "reason": reason}
    attached = [{"name": path.name, "sha256": sha256(path.read_bytes()).hexdigest()} for path in papers]
    _command("answer-request", request_id, agency, where, text=said, attachments=attached, proposal=proposal)


def _steer(act: str, request_id: str, where: dict[str, Any], **content: Any) -> None:
    log_to_stderr(30)
    with (
        reached_or_fail(where["folder"], where["embedded"]) as reached,
        closing(reached.client("processing")) as client,
    ):
        said = client.post(f"/v1/requests/{request_id}/{act}", content, f"cli/{uuid4()}")
    show_request(said, json_=where["json_"])


def _decision(command: Command) -> Command:
    for option in (
        as_json,
        on_a_system,
        click.option("--basis", required=True, help="Quyết định / the deciding document."),
        click.option("--agency", required=True, metavar="ID", help="Cơ quan đề xuất / who proposed."),
        click.argument("request_id", metavar="REQUEST"),
    ):
        command = option(command)
    return command


@click.command()
@_decision
def approve(request_id: str, agency: str, basis: str, **where: Any) -> None:
    """Chấp thuận đề xuất / approve a proposed target: it is the next version."""
    _steer("decide", request_id, where, agency=agency, decision="approved", basis=basis)


@click.command()
@_decision
def decline(request_id: str, agency: str, basis: str, **where: Any) -> None:
    """Không chấp thuận / decline a proposed target."""
    _steer("decide", request_id, where, agency=agency, decision="declined", basis=basis)


@click.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--text", "said", required=True, help="Nội dung tổng hợp / the answers in one text.")
@on_a_system
@as_json
def consolidate(request_id: str, said: str, **where: Any) -> None:
    """Tổng hợp các trả lời / put the answers together, as they stand."""
    _steer("consolidate", request_id, where, text=said)


@click.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--reason", required=True, help="Lý do / why.")
@on_a_system
@as_json
def withdraw(request_id: str, reason: str, **where: Any) -> None:
    """Thu hồi / ask no longer."""
    _steer("withdraw", request_id, where, reason=reason)
