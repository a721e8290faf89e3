"""What happens to a dossier's clock on its way: events of an itinerary. Topics are durable; `apply` only assigns."""

from __future__ import annotations

from typing import Any, ClassVar

from eventsourcing.utils import get_topic

from shared.event_sourcing import Aggregate


class Paused(Aggregate.Event):
    """The dossier's clock stops while a leg waits."""

    TOPIC: ClassVar[str] = "routing.itinerary.paused"
    code: str
    pause: str
    kind: str
    leg: str
    agency: str
    reason: str

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.pauses_begun += 1
        aggregate.pauses[self.pause] = {
            "kind": self.kind,
            "leg": self.leg,
            "agency": self.agency,
            "since": self.act["happened_at"],
        }


class Resumed(Aggregate.Event):
    """The wait is over; the leg that waited is due at another time."""

    TOPIC: ClassVar[str] = "routing.itinerary.resumed"
    code: str
    pause: str
    kind: str
    leg: str
    agency: str
    due_at: str | None
    pauses: list[list[str]]
    """What the leg has waited so far, from and to."""

    def apply(self, aggregate: Any) -> None:
        """Assign."""
        aggregate.pauses.pop(self.pause, None)
        open_leg = aggregate.open.get(self.leg)
        if open_leg is not None:
            counting = {**open_leg["counting"], "pauses": self.pauses}
            aggregate.open[self.leg] = {**open_leg, "due_at": self.due_at, "counting": counting}


class Extended(Aggregate.Event):
    """The process gives the dossier more time."""

    TOPIC: ClassVar[str] = "routing.itinerary.extended"
    code: str
    by: dict[str, str]
    reason: str

    def apply(self, aggregate: Any) -> None:
        """The appointment is intake's: nothing to assign."""


ALL = (Paused, Resumed, Extended)
for _event in ALL:
    get_topic(_event)  # The library finds by itself only events that stand inside their aggregate.
