"""The verb `agency conformance`: does a connector keep the rules of the contract?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from deploy.cli.output import as_json, errors, fail, print_json, screen
from deploy.conformance.kit import RemoteServer, Trial, run
from deploy.conformance.report import FAILED, PASSED, Report
from deploy.conformance.sandbox import Server
from deploy.containers.management import Management, ManagementError
from deploy.instances.errors import InstanceError

COLOURS = {PASSED: "green", FAILED: "red"}


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--listen",
    default="127.0.0.1:0",
    show_default=True,
    metavar="HOST:PORT",
    help="Nơi hệ thống được thử kết nối đến / where the connector under test connects to.",
)
@click.option(
    "--patience",
    default=10.0,
    show_default=True,
    type=click.FloatRange(1),
    help="Giây / seconds for an answer.",
)
@click.option(
    "--connect-within",
    default=30.0,
    show_default=True,
    type=click.FloatRange(1),
    help="Giây chờ kết nối / seconds to wait for the connector.",
)
@click.option("--broker", metavar="HOST:PORT", help="RabbitMQ có sẵn / a RabbitMQ that runs already.")
@click.option(
    "--management",
    metavar="URL",
    envvar="LIENTHONG_MANAGEMENT",
    help="Cổng quản trị của nó, kèm tài khoản / its HTTP interface, with an administrator's account.",
)
@as_json
def conformance(
    *,
    command: tuple[str, ...],
    listen: str,
    patience: float,
    connect_within: float,
    broker: str | None,
    management: str | None,
    json_: bool,
) -> None:
    """Thử hệ thống của cơ quan theo hợp đồng / hold an agency's connector against the contract.

    COMMAND... chạy hệ thống được thử (sau --); nó đọc LIENTHONG_AGENCY, LIENTHONG_BROKER và
    LIENTHONG_STORE, hoặc {agency}, {config}, {store} trong dòng lệnh. Không có COMMAND: địa chỉ thử được
    in ra và lệnh chờ hệ thống kết nối. / COMMAND... (after --) runs the connector; it reads
    LIENTHONG_AGENCY, LIENTHONG_BROKER and LIENTHONG_STORE, or {agency}, {config}, {store} on its command
    line. Without COMMAND the sandbox's address is printed, and the verb waits for a connector.

    Mã thoát 0: đạt, 1: không đạt. / Exit status 0: passed, 1: failed.
    """
    trial = Trial(command, _place(listen), patience, connect_within)
    try:
        with _server(broker, management) as server:
            report = run(server, trial, said=_said, announce=lambda settings: _announce(command, settings))
    except (InstanceError, ManagementError, OSError) as error:
        fail("không thử được", f"nothing was tried: {error}")
    if json_:
        print_json(report.as_json())
    else:
        _show(report)
    raise SystemExit(0 if report.passed else 1)


@contextmanager
def _server(broker: str | None, management: str | None) -> Iterator[Server]:
    """Give the broker that was named, or a private one for as long as this takes."""
    if bool(broker) != bool(management):
        fail("--broker và --management đi cùng nhau", "--broker and --management go together", status=2)
    if broker and management:
        yield RemoteServer(Management(management), broker)
        return
    from deploy.instances.rabbitmq import PrivateRabbit

    with tempfile.TemporaryDirectory(prefix="lienthong-conformance-") as folder:
        Path(folder).chmod(0o755)  # the broker runs under an account of its own
        rabbit = PrivateRabbit(Path(folder) / "rabbitmq")
        _said("khởi động RabbitMQ riêng", "starts a RabbitMQ of its own")
        rabbit.start()
        try:
            yield rabbit
        finally:
            rabbit.destroy()


def _place(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdecimal():
        fail(
            f"--listen {listen!r} không có dạng HOST:PORT", f"--listen {listen!r} is not HOST:PORT", status=2
        )
    return host, int(port)


def _said(vi: str, en: str) -> None:
    errors.print(f"· {vi} / {en}", style="dim", highlight=False)


def _announce(command: tuple[str, ...], settings: Mapping[str, str]) -> None:
    """Print the sandbox's address for whoever starts the connector; a program is told anyway."""
    if not command:
        for name, value in settings.items():
            errors.print(f"{name}={value}", highlight=False, markup=False, soft_wrap=True)


def _show(report: Report) -> None:
    table = Table("", "Quy tắc / rule", "Hợp đồng / contract")
    for outcome in report.outcomes:
        rule, word = outcome.rule, outcome.word
        colour = COLOURS.get(word, "yellow")
        what = f"[b]{rule.code}[/b] {escape(rule.vi)} / {escape(rule.en)}"
        seen = "".join(f"\n[red]{escape(detail)}[/red]" for detail in outcome.details)
        section = rule.section.removeprefix("docs/contracts/")
        table.add_row(f"[{colour}]{word}[/{colour}]", what + seen, escape(section))
    screen.print(table)
    failures = report.failures()
    if failures:
        screen.print(f"[red]KHÔNG ĐẠT / FAILED:[/red] {', '.join(failures)}", highlight=False)
    else:
        screen.print("[green]ĐẠT / PASSED[/green]", highlight=False)
