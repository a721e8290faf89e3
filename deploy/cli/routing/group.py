"""The group `lienthong routing`."""

from __future__ import annotations

import click

from deploy.cli.routing.agencies import agencies
from deploy.cli.routing.explain import explain
from deploy.cli.routing.lint import lint
from deploy.cli.routing.move import move
from deploy.cli.routing.readiness import readiness
from deploy.cli.routing.reorganise import reorganise
from deploy.cli.routing.state import state


@click.group()
def routing() -> None:
    """Cơ quan, quy trình, thẩm quyền, tuyến / agencies, processes, competence, routes."""


for verb in (explain, lint, readiness, agencies, state, move, reorganise):
    routing.add_command(verb)
