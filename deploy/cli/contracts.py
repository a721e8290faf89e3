"""The verb `contracts`: the contracts of messages and doors as documents."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import as_json, print_json, screen


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs/contracts"),
    show_default=True,
    help="Thư mục nhận tài liệu / the folder to write into.",
)
@as_json
def contracts(folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Sinh tài liệu hợp đồng / write AsyncAPI, OpenAPI and JSON Schemas from the code."""
    from deploy.contracts.documents import write

    changed = [str(path) for path in write(folder)]
    if json_:
        print_json({"folder": str(folder), "changed": changed})
        return
    for path in changed:
        screen.print(path, highlight=False)
    if not changed:
        screen.print("Không có gì thay đổi / nothing changed.")
