"""The verb `agency kit`: what an agency's supplier is handed."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import as_json, fail, print_json, screen


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@as_json
def kit(folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Xuất bộ tài liệu kết nối, giao nguyên thư mục / write all that a connector's author needs into a new folder."""
    from deploy.contracts.kit import KitError, write

    try:
        names = write(folder)
    except KitError as error:
        fail(error.vi, error.en)
    except OSError as error:
        fail(f"không ghi được {folder}: {error}", f"cannot write {folder}: {error}")
    if json_:
        print_json({"folder": str(folder), "files": names})
        return
    screen.print(f"Đã ghi / written: {folder}, {len(names)} tệp / files", highlight=False)
