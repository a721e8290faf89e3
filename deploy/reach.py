"""Reaching a system from the command line: a running full stack, or embedded services started for the while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.own_tokens import own_token
from deploy.play.client import Client
from deploy.play.doors import Doors
from shared.messaging.broker import Broker

CLAIM = "claim.sqlite"
"""What an embedded system's one process claims; its folder is known by it."""


class NotRunningError(Exception):
    """There is no system in that folder, or none that runs."""


class FolderInUseError(Exception):
    """Another process has the folder of an embedded system open."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A system within reach."""

    urls: dict[str, str]
    home: Path
    broker: Broker | None
    embedded: bool

    def client(self, service: str, role: str = "administrator", agency: str | None = None) -> Client:
        """Return a client of a service, in a role, for an agency if one is named."""
        return Client(self.urls[service], own_token(self.home, role, agency))

    def doors(self, broker: Broker) -> Doors:
        """Return the doors for a player."""
        return Doors(
            self.urls["intake"],
            self.urls["routing"],
            self.urls["processing"],
            self.urls["statistics"],
            own_token(self.home, "administrator"),
            own_token(self.home, "historian"),
            broker,
        )


@contextmanager
def reach(run: Path, embedded_home: Path | None) -> Iterator[Reached]:
    """Give the embedded system of a folder, started for this while, or else the full stack of `run`.

    Raises NotRunningError and FolderInUseError.
    """
    if embedded_home is not None:
        from deploy.embedded import embedded

        with embedded(embedded_home) as system:
            yield Reached(system.urls, system.home, system.broker, embedded=True)
        return
    from deploy.stack import Stack

    if not run.exists() or not (stack := Stack(run)).postgres.is_running():
        msg = f"no full stack runs in {run}"
        raise NotRunningError(msg)
    yield Reached(stack.urls(), stack.home, None, embedded=False)
