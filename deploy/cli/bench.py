"""The verb bench: the performance figures, beside peers, in one run."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from deploy.cli.output import as_json, errors, print_json, screen
from deploy.cli.reaching import run_folder


@click.command()
@click.option("--quick", is_flag=True, help="Dưới một phút / under a minute, and less sure.")
@run_folder
@as_json
def bench(quick: bool, folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Đo tốc độ trên một hệ thống riêng, bên cạnh Celery và nameko thuần / measure on a stack of its own.

    Nothing of a running system is touched: the stack lives under <run>/bench and is deleted afterwards.
    """
    from deploy.bench.run import run
    from deploy.stack import Stack

    home = folder / "bench"
    stack = Stack(home, report=lambda line: errors.print(line, highlight=False))
    try:
        stack.start()
        results = run(stack, quick=quick)
    finally:
        stack.stop()
        shutil.rmtree(home, ignore_errors=True)
    if json_:
        print_json(results.as_json())
    else:
        screen.print(results.as_table())
