"""The verb token: HTTP tokens for people and systems."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import fail, screen
from deploy.cli.reaching import on_a_system
from deploy.files import TOKENS
from shared.access import TokenFile

BOUND = ("receiving_officer", "postal_employee", "result_officer", "desk_head", "agency")
"""Roles that act for one agency, and are nobody without it."""
FREE = ("applicant", "procedure_control", "administrator", "auditor", "historian")


@click.command()
@click.option("--role", required=True, type=click.Choice([*BOUND, *FREE]), help="Vai trò / role.")
@click.option("--subject", required=True, help="Ai / who it is for.")
@click.option("--agency", help="Cơ quan / the agency it is bound to.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Thư mục bí mật / the folder of secrets; else that of --run.",
)
@on_a_system
def token(
    role: str, subject: str, agency: str | None, home: Path | None, folder: Path, embedded: Path | None
) -> None:
    """Cấp mã truy cập / issue a token; it is shown only now."""
    if role in BOUND and not agency:
        fail(f"vai trò {role} cần --agency", f"the role {role} needs --agency", status=2)
    path = (home or embedded or folder / "home") / TOKENS
    screen.print(TokenFile(path).issue(role, subject, agency), highlight=False)
