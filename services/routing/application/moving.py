"""Moving dossiers on their way to another version of their process: by decision, one event a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, cast
from uuid import UUID

from services.routing.application.routing import Routing
from services.routing.domain import flow
from services.routing.domain.itinerary import Itinerary
from services.routing.problems import VERSION_UNKNOWN
from services.routing.rules.planning import plan
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError

PLANNED = "routing.itinerary.planned"
ENDS = ("routing.itinerary.completed", "routing.itinerary.withdrawn")


class Log(Protocol):
    """The recorder, as far as it is asked for what is on its way."""

    def unfinished(self, begun: str, ends: Sequence[str], after: UUID | None, limit: int) -> list[UUID]:
        """Return aggregates that began and have not ended, in order of their ids."""
        ...


def on_their_way(routing: Routing, after: UUID | None, limit: int) -> tuple[list[Itinerary], UUID | None]:
    """Return itineraries that have not ended, behind `after` in order of id, and where to go on."""
    page = cast("Log", routing.recorder).unfinished(PLANNED, ENDS, after, limit)
    routing.prefetch(page)
    found = [routing.find(dossier) for dossier in page]
    going = [one for one in found if isinstance(one, Itinerary) and not one.ended]
    return going, page[-1] if len(page) == limit else None


class Moving:
    """Previews and carries out moves to another version."""

    def __init__(self, routing: Routing) -> None:
        self._routing = routing

    def preview(self, process: str, version: int, after: UUID | None, limit: int, act: Act) -> dict[str, Any]:
        """Return what would change for each of up to `limit` dossiers; records nothing.

        Raises RefusedError with `version-unknown`.
        """
        definition = self._definition(process, version)
        itineraries, further = on_their_way(self._routing, after, limit)
        changes = [
            self._changes(itinerary, definition, act) for itinerary in _of(itineraries, process, version)
        ]
        return {"dossiers": changes, "next": str(further) if further else None}

    def move(self, dossier: UUID, process: str, version: int, basis: str, act: Act) -> bool:
        """Move one dossier; return False when there is nothing to move.

        Raises RefusedError: `version-unknown`, `leg-not-in-version`.
        """
        definition = self._definition(process, version)
        itinerary = self._routing.find(dossier)
        if not isinstance(itinerary, Itinerary) or itinerary.ended:
            return False
        if not list(_of([itinerary], process, version)):
            return False
        act = act.on(root=dossier)
        itinerary.move(definition, self._legs(itinerary, definition, act), basis, act)
        if not itinerary.at_desk:  # from there only the desk sends it on
            self._routing.go_on(itinerary, act)
        return True

    def _changes(self, itinerary: Itinerary, definition: Mapping[str, Any], act: Act) -> dict[str, Any]:
        legs = self._legs(itinerary, definition, act)
        before = {leg["id"]: leg for leg in itinerary.legs if not leg["skipped"]}
        after = {leg["id"]: leg for leg in legs if not leg["skipped"]}
        at = [itinerary.leg_plan(one["number"])["id"] for one in itinerary.open.values()]
        return {
            "dossier": str(itinerary.id),
            "code": itinerary.code,
            "from_version": itinerary.process_version,
            "at": at,
            "possible": all(one in after for one in at),
            "added": [one for one in after if one not in before],
            "removed": [one for one in before if one not in after],
            "other_agency": _different(before, after, "agency"),
            "other_term": _different(before, after, "term"),
        }

    def _legs(self, itinerary: Itinerary, definition: Mapping[str, Any], act: Act) -> list[dict[str, Any]]:
        """Plan the way anew; what is done or under way stays as it was done."""
        structure = self._routing.directory.registry().at(to_text(act.happened_at))
        facts = itinerary.facts
        legs = plan(definition, itinerary.desk, itinerary.area, structure, facts)
        begun = {
            (leg["id"], leg["agency"] if leg["kind"] == "opinion" else None): leg
            for leg, state in zip(itinerary.legs, itinerary.states, strict=True)
            if state in {flow.OPEN, flow.DONE}
        }
        for leg in legs:
            old = begun.get((leg["id"], leg["agency"] if leg["kind"] == "opinion" else None))
            if old:
                leg |= {name: old[name] for name in ("agency", "direction", "term", "reason", "reason_vi")}
                leg |= {"skipped": None, "skipped_vi": None}
        return legs

    def _definition(self, process: str, version: int) -> Mapping[str, Any]:
        found = self._routing.directory.version(process, version)
        if found is None:
            raise RefusedError(VERSION_UNKNOWN, process=process, version=version)
        return found


def _of(itineraries: Sequence[Itinerary], process: str, version: int) -> Iterator[Itinerary]:
    for itinerary in itineraries:
        if itinerary.process == process and itinerary.process_version != version:
            yield itinerary


def _different(before: Mapping[str, Any], after: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    return [
        {"leg": one, "before": before[one][what], "after": after[one][what]}
        for one in after
        if one in before and before[one][what] != after[one][what]
    ]
