"""Epochs of a log: after a restore it goes on under another name, so that nobody takes what it held for what it holds.

A restored log lacks what was recorded after the backup, and gives the same positions again, to other
events. The epoch is part of a message's `source`, and (source, id) is what tells messages apart: so
each position says in which epoch it was given. Consumers know the epochs of what they hear, and
leave aside what was said in a history that did not go on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.persistence.database import Transaction

FIRST = 1
_SOURCE = re.compile(r"/lienthong/(?P<service>[a-z]+)/[0-9]{1,9}")
_READ = "SELECT service, epoch, after_position FROM log_epoch ORDER BY service, epoch"


def source_of(service: str, epoch: int) -> str:
    """Return the CloudEvents source of a service's log in one epoch."""
    return f"/lienthong/{service}/{epoch}"


def service_of(source: str) -> str:
    """Return the service in a source such as `/lienthong/routing/1`; empty for any other text."""
    found = _SOURCE.fullmatch(source)
    return found["service"] if found else ""


@dataclass(frozen=True, slots=True)
class Epochs:
    """The epochs of one service's log."""

    service: str
    begun: tuple[tuple[int, int], ...] = ()
    """(epoch, the position behind which it begins) of each but the first, in order."""

    @property
    def source(self) -> str:
        """The source of what is recorded now."""
        return source_of(self.service, self.begun[-1][0] if self.begun else FIRST)

    def source_at(self, position: int) -> str:
        """Return the source that the event at a position has, and keeps."""
        for epoch, after in reversed(self.begun):
            if position > after:
                return source_of(self.service, epoch)
        return source_of(self.service, FIRST)

    def holds(self, source: str, position: int) -> bool:
        """Tell whether what this source said at a position is part of the log as it is now."""
        return source == self.source_at(position)

    def last_of(self, source: str, position: int) -> int:
        """Return the last position up to `position` that this source's epoch has in common with the log."""
        sources = [source_of(self.service, epoch) for epoch in (FIRST, *(epoch for epoch, _ in self.begun))]
        if source not in sources:
            return 0
        following = self.begun[sources.index(source) :]
        return min(position, following[0][1]) if following else position


def epochs_of(known: Mapping[str, Epochs], service: str) -> Epochs:
    """Return a service's epochs among those known; a log that was never restored is in its first."""
    return known.get(service) or Epochs(service)


def read_epochs(tx: Transaction) -> dict[str, Epochs]:
    """Return the epochs that a schema knows of, by service."""
    begun: dict[str, list[tuple[int, int]]] = {}
    for service, epoch, after in tx.execute(_READ):
        begun.setdefault(service, []).append((epoch, after))
    return {service: Epochs(service, tuple(each)) for service, each in begun.items()}
