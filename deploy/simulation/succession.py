"""Who has a leg when agencies end under it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.simulation.played import Segment
from services.routing.rules.structure import successor_of
from shared.clock import from_text
from shared.errors import NotYetKnownError


def succeeded(segment: Segment, ends: Mapping[str, Mapping[str, Any]], area: str | None) -> Iterator[Segment]:
    """Give the segments that one becomes when its agency, or a successor, ends before or during it.

    Raises NotYetKnownError when nobody succeeds.
    """
    agency, since, until = segment
    seen = {agency}
    while (end := ends.get(agency)) is not None:
        at = from_text(end["ended_at"])
        if until is not None and at >= until:
            break
        successor = successor_of(end, area)
        if successor is None or successor in seen:
            raise NotYetKnownError(f"successor-of/{agency}")
        if at > since:
            yield agency, since, at
            since = at
        seen.add(successor)
        agency = successor
    yield agency, since, until
