"""Which dossiers are on their way, read from the log: rare questions need no index that every leg would write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast
from uuid import UUID

from services.routing.application.routing import Routing
from services.routing.domain.itinerary import Itinerary
from services.routing.domain.itinerary_events import Completed, Planned, Withdrawn

ENDS = (Completed.TOPIC, Withdrawn.TOPIC)


class Log(Protocol):
    """The recorder, as far as it is asked for what is on its way."""

    def unfinished(self, begun: str, ends: Sequence[str], after: UUID | None, limit: int) -> list[UUID]:
        """Return aggregates that began and have not ended, in order of their ids."""
        ...


def on_their_way(routing: Routing, after: UUID | None, limit: int) -> tuple[list[Itinerary], UUID | None]:
    """Return itineraries that have not ended, behind `after` in order of id, and where to go on.

    As they are stored: where nothing is recorded, no conflict would tell that they were outdated.
    """
    page = cast("Log", routing.recorder).unfinished(Planned.TOPIC, ENDS, after, limit)
    routing.prefetch(page, afresh=True)
    found = [routing.find(dossier) for dossier in page]
    going = [one for one in found if isinstance(one, Itinerary) and not one.ended]
    return going, page[-1] if len(page) == limit else None
