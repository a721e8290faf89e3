"""The verb reader: where other tools read the province's figures."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import fail
from deploy.cli.reaching import run_folder


@click.command()
@run_folder
def reader(folder: Path) -> None:
    """Địa chỉ CSDL chỉ đọc cho công cụ khác / the read-only database address for other tools.

    It holds a password: give it to nobody who may not see every dossier's course. Nothing personal stands there.
    """
    from deploy.provision import READER
    from deploy.stack import Stack

    if not (folder / "home").is_dir():
        fail(f"không có hệ thống nào ở {folder}", f"there is no stack in {folder}")
    click.echo(Stack(folder).dsn(READER))
