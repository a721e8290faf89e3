"""The root of the command line: every verb in one list."""

from __future__ import annotations

import click

from deploy.cli.stack import down, serve, status, up


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="lienthong")
def lienthong() -> None:
    """Liên Thông: luân chuyển hồ sơ giữa các cơ quan / dossiers on their way between agencies."""


for verb in (up, down, status, serve):
    lienthong.add_command(verb)
