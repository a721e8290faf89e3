"""Moving dossiers on their way to another version of their process: by decision, one event a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.routing.application.routing import Routing
from services.routing.application.under_way import on_their_way
from services.routing.domain.itinerary import Itinerary
from services.routing.domain.lifecycle import LIVE, TRIAL
from services.routing.domain.renumbering import KEPT, Heir, identified
from services.routing.problems import VERSION_NOT_IN_FORCE, VERSION_UNKNOWN
from services.routing.rules.planning import plan
from services.routing.rules.structure import Structure
from services.routing.rules.versions import state_at
from shared.acts import Act
from shared.clock import to_text
from shared.errors import NotYetKnownError, RefusedError


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

        Raises RefusedError: `version-unknown`, `version-not-in-force`, `leg-not-in-version`.
        """
        definition = self._definition(process, version)
        itinerary = self._routing.find_afresh(dossier)
        if not isinstance(itinerary, Itinerary) or itinerary.ended:
            return False
        if not list(_of([itinerary], process, version)):
            return False
        act = act.on(root=dossier)
        state = _state(itinerary, definition, act)
        if state not in LIVE:
            raise RefusedError(VERSION_NOT_IN_FORCE, process=process, version=version, desk=itinerary.desk)
        structure = self._structure(act)
        heir = _heir(itinerary, structure)
        legs = _legs(itinerary, definition, structure, heir)
        itinerary.move(definition, legs, basis, act, heir=heir, trial=state == TRIAL)
        if not itinerary.at_desk:  # from there only the desk sends it on
            self._routing.go_on(itinerary, act)
        return True

    def _changes(self, itinerary: Itinerary, definition: Mapping[str, Any], act: Act) -> dict[str, Any]:
        structure = self._structure(act)
        heir = _heir(itinerary, structure)
        legs = _legs(itinerary, definition, structure, heir)
        before = {identity: leg for identity, leg in identified(itinerary.legs, heir) if not leg["skipped"]}
        after = {identity: leg for identity, leg in identified(legs, heir) if not leg["skipped"]}
        open_ = {one["number"] for one in itinerary.open.values()}
        at = [identity for identity, leg in before.items() if leg["number"] in open_]
        return {
            "dossier": str(itinerary.id),
            "code": itinerary.code,
            "from_version": itinerary.process_version,
            "at": [name for name, *_ in at],
            "possible": _state(itinerary, definition, act) in LIVE and all(one in after for one in at),
            "added": [one[0] for one in after if one not in before],
            "removed": [one[0] for one in before if one not in after],
            "other_agency": _different(before, after, "agency"),
            "other_term": _different(before, after, "term"),
        }

    def _structure(self, act: Act) -> Structure:
        return self._routing.directory.registry().at(to_text(act.happened_at))

    def _definition(self, process: str, version: int) -> Mapping[str, Any]:
        found = self._routing.directory.version(process, version)
        if found is None:
            raise RefusedError(VERSION_UNKNOWN, process=process, version=version)
        return found


def _legs(
    itinerary: Itinerary, definition: Mapping[str, Any], structure: Structure, heir: Heir
) -> list[dict[str, Any]]:
    """Plan the way anew; what is done or under way stays as it was done."""
    legs = plan(definition, itinerary.desk, itinerary.area, structure, itinerary.facts)
    begun = {
        identity: leg
        for identity, leg in identified(itinerary.legs, heir)
        if itinerary.states[leg["number"] - 1] in KEPT
    }
    for identity, leg in identified(legs, heir):
        if old := begun.get(identity):
            leg |= {name: old[name] for name in ("agency", "direction", "term", "reason", "reason_vi")}
            leg |= {"skipped": None, "skipped_vi": None}
    return legs


def _heir(itinerary: Itinerary, structure: Structure) -> Heir:
    """Return what says who an agency is by then, for the dossier's area."""

    def heir(agency: str) -> str:
        try:
            return str(structure.current(agency, itinerary.area)[0]["agency"])
        except NotYetKnownError:
            return agency

    return heir


def _state(itinerary: Itinerary, definition: Mapping[str, Any], act: Act) -> str | None:
    """Return the state of a version for the dossier's desk."""
    return state_at(definition, to_text(act.happened_at), itinerary.desk)


def _of(itineraries: Sequence[Itinerary], process: str, version: int) -> Iterator[Itinerary]:
    for itinerary in itineraries:
        if itinerary.process == process and itinerary.process_version != version:
            yield itinerary


def _different(before: Mapping[Any, Any], after: Mapping[Any, Any], what: str) -> list[dict[str, Any]]:
    return [
        {"leg": one[0], "before": before[one][what], "after": after[one][what]}
        for one in after
        if one in before and before[one][what] != after[one][what]
    ]
