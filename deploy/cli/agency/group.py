"""The group `lienthong agency`."""

from __future__ import annotations

import click

from deploy.cli.agency.accounts import enrol, retire, rotate
from deploy.cli.agency.conformance import conformance
from deploy.cli.agency.kit import kit
from deploy.cli.agency.listen import listen
from deploy.cli.agency.reconcile import reconcile
from deploy.cli.agency.send import send


@click.group()
def agency() -> None:
    """Hệ thống của các cơ quan / agencies' own systems."""


for verb in (enrol, rotate, retire, reconcile, listen, send, conformance, kit):
    agency.add_command(verb)
