"""The verb token: HTTP tokens for people and systems."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import screen
from deploy.cli.reaching import run_folder
from deploy.files import TOKENS
from shared.access import TokenFile


@click.command()
@click.option("--role", required=True, help="Vai trò / role, such as receiving_officer or agency.")
@click.option("--subject", required=True, help="Ai / who it is for.")
@click.option("--agency", help="Cơ quan / the agency it is bound to.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Thư mục bí mật / the folder of secrets; else that of --run.",
)
@run_folder
def token(role: str, subject: str, agency: str | None, home: Path | None, folder: Path) -> None:
    """Cấp mã truy cập / issue a token; it is shown only now."""
    path = (home or folder / "home") / TOKENS
    screen.print(TokenFile(path).issue(role, subject, agency), highlight=False)
