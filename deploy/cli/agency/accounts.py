"""The verbs agency enrol, rotate and retire: who comes in to the broker and to the doors as an agency."""

from __future__ import annotations

from typing import Any

import click
import yaml

from deploy.cli.agency.changing import Command, on_a_system, reach_system
from deploy.cli.output import fail, print_json, screen
from deploy.enrolment import Credentials
from shared.clock import local_text


def _on_accounts(command: Command) -> Command:
    """Give a verb that is recorded its options."""
    reason = click.option("--reason", required=True, help="Lý do, được ghi lại / why; it is recorded.")
    return reason(on_a_system(command))


def _issuing(command: Command) -> Command:
    """Give a verb that makes secrets its options."""
    for option in (
        click.option(
            "--max-length", type=click.IntRange(1, 10_000_000), help="Hàng đợi dài tối đa / longest queue."
        ),
        click.option(
            "--certificate",
            "certified",
            is_flag=True,
            help="Vào bằng chứng thư, không có mật khẩu / by a certificate named agency.ID, without a password.",
        ),
        click.option(
            "--format", "format_", type=click.Choice(("env", "yaml")), default="env", show_default=True
        ),
    ):
        command = option(command)
    return _on_accounts(command)


@click.command()
@click.argument("agency")
@_issuing
def enrol(agency: str, **asked: Any) -> None:
    """Cấp tài khoản cho hệ thống của cơ quan AGENCY / let the own system of AGENCY in.

    Prints a ready configuration, once: nobody can show it again.
    """
    _issue("enrol", agency, **asked)


@click.command()
@click.argument("agency")
@_issuing
def rotate(agency: str, **asked: Any) -> None:
    """Đổi mật khẩu và mã của AGENCY / give AGENCY new secrets; the old ones open nothing from now on."""
    _issue("rotate", agency, **asked)


def _issue(
    act: str,
    agency: str,
    *,
    max_length: int | None,
    certified: bool,
    format_: str,
    reason: str,
    json_: bool,
    **where: Any,
) -> None:
    with reach_system("rotate", **where) as reach, reach.enrolment.alone():
        if certified and not reach.broker.startswith("amqps://"):
            fail(
                "--certificate cần --broker amqps://...",
                "--certificate needs --broker amqps://...",
                status=2,
            )
        reach.record(agency, act, reason)
        _show(reach.issue(agency, max_length, certified=certified), format_, json_=json_)


@click.command()
@click.argument("agency")
@click.option(
    "--accept-unanswered",
    is_flag=True,
    help="Dù còn bàn giao chưa trả lời / though hand-overs are unanswered.",
)
@_on_accounts
def retire(agency: str, accept_unanswered: bool, reason: str, json_: bool, **where: Any) -> None:  # noqa: FBT001
    """Bỏ tài khoản của AGENCY / take the account of AGENCY away. Its queue and its hand-overs stay."""
    with reach_system("retire", **where) as reach, reach.enrolment.alone():
        standing = reach.record(agency, "retire", reason, accept_unanswered=accept_unanswered)
        reach.enrolment.withdraw(agency)
    if json_:
        print_json(standing)
    else:
        since = local_text(standing["since"])
        screen.print(f"{agency}: đã thôi dùng từ {since} / retired since {since}", highlight=False)


def _show(credentials: Credentials, format_: str, *, json_: bool) -> None:
    values = credentials.as_values()
    if json_:
        print_json(values)
    elif format_ == "yaml":
        click.echo(yaml.safe_dump(values, sort_keys=False), nl=False)
    else:
        click.echo("\n".join(f"{name}={value}" for name, value in values.items()))
