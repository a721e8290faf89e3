"""The verb routing state: a version of a process goes on in its life."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import as_json, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.routing.files import content_key
from shared.contracts.routing import PROCESS_STATES


@click.command()
@click.argument("process")
@click.argument("version", type=click.IntRange(min=1))
@click.argument("state", type=click.Choice(PROCESS_STATES))
@click.option("--basis", required=True, help="Căn cứ / the decision that says so.")
@click.option("--at", metavar="TIME", help="Từ lúc / from this RFC 3339 time; else from now.")
@click.option(
    "--agency", "agencies", multiple=True, help="Chỉ cho cơ quan này / for this desk only; repeatable."
)
@on_a_system
@as_json
def state(  # noqa: PLR0917 - one a word of the command
    process: str,
    version: int,
    state: str,
    basis: str,
    at: str | None,
    agencies: tuple[str, ...],
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Chuyển trạng thái một phiên bản quy trình / bring a version of a process into a state.

    draft → submitted → approved → electronic → trial → in-force → retired.
    """
    log_to_stderr(30)
    body = {"state": state, "basis": basis}
    if at:
        body["at"] = at
    asked = {**body, **({"agencies": list(agencies)} if agencies else {})}
    path = f"/v1/processes/{process}/versions/{version}/state"
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("routing").post(path, asked, content_key(path, asked))
    if json_:
        print_json(found)
    else:
        screen.print(f"{process} {version}: {state}", highlight=False)
