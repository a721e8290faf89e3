"""The root of the command line: every verb in one list."""

from __future__ import annotations

import click

from deploy.cli.agency.group import agency
from deploy.cli.audit import audit_verbs
from deploy.cli.backup import backup, erasures, restore
from deploy.cli.bench import bench
from deploy.cli.console import console
from deploy.cli.containers import migrate, secrets
from deploy.cli.contracts import contracts
from deploy.cli.demo import demo
from deploy.cli.figure import figure
from deploy.cli.history import history
from deploy.cli.lateness import lateness
from deploy.cli.publication import publication
from deploy.cli.reader import reader
from deploy.cli.replay import replay
from deploy.cli.report import report
from deploy.cli.request import remind, request
from deploy.cli.routing.group import routing
from deploy.cli.rules import rules
from deploy.cli.simulate import simulate
from deploy.cli.stack import down, serve, status, up
from deploy.cli.submit import submit
from deploy.cli.target import target
from deploy.cli.token import token


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="lienthong")
def lienthong() -> None:
    """Liên Thông: luân chuyển hồ sơ giữa các cơ quan / dossiers on their way between agencies."""


for verb in (
    demo,
    up,
    down,
    status,
    backup,
    restore,
    erasures,
    serve,
    submit,
    history,
    lateness,
    report,
    publication,
    reader,
    rules,
    target,
    figure,
    request,
    remind,
    routing,
    agency,
    audit_verbs,
    replay,
    console,
    simulate,
    token,
    secrets,
    migrate,
    contracts,
    bench,
):
    lienthong.add_command(verb)
