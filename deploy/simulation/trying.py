"""Trying a plan on routing's own register, in memory: what would be refused there is refused here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eventsourcing.popo import POPOApplicationRecorder

from services.routing.application.register import Register
from services.routing.application.reorganising import enter
from services.routing.domain.agency import Agency
from services.routing.domain.keys import agency_key
from services.routing.rules.reorganisation import changes_of
from services.routing.rules.structure import Registry
from shared.acts import SYSTEM, Act, Actor
from shared.event_sourcing import Application

Facts = Mapping[str, Any]
_WHEN = datetime(2000, 1, 1, tzinfo=UTC)
_ACT = Act(Actor(SYSTEM, "simulation"), _WHEN, _WHEN, _WHEN, root=UUID(int=0))
"""Nobody ever reads it: what is tried is thrown away."""


def try_plan(plan: Facts, recorded: Iterable[Facts], ends: Iterable[Facts]) -> None:
    """Enter a plan into a register as it was recorded, but for what the plan itself says otherwise.

    So a plan that was carried out may be tried as of another day. Raises RefusedError as carrying
    it out would.
    """
    application = Application(POPOApplicationRecorder())
    others = _before(plan, recorded)
    for versions in others.values():
        _add(application, versions, None)
    spoken_of = {change.agency for change in changes_of(plan)}
    for end in ends:
        if end["agency"] in others and end["agency"] not in spoken_of:
            _add(application, others[end["agency"]], end)
    enter(plan, Register(application, _KeptNowhere()), _ACT)


def _before(plan: Facts, recorded: Iterable[Facts]) -> dict[str, list[dict[str, Any]]]:
    """Return what was recorded of each agency, without what the plan says anew from its day on."""
    anew = {change.agency for change in changes_of(plan)} | {facts["agency"] for facts in plan["agencies"]}
    found: dict[str, list[dict[str, Any]]] = {}
    for facts in sorted(recorded, key=lambda one: str(one["valid_from"])):
        if facts["agency"] not in anew or facts["valid_from"] < plan["from"]:
            found.setdefault(facts["agency"], []).append(dict(facts))
    return found


def _add(application: Application, versions: Sequence[dict[str, Any]], end: Facts | None) -> None:
    act = _ACT.on(root=agency_key(versions[0]["agency"]))
    agency = Agency.register(versions[0], act)
    for facts in versions[1:]:
        agency.describe(facts, act)
    if end is not None:
        agency.close(end["ended_at"], end["change"], end["successors"], end["basis"], act)
    application.add(agency)


class _KeptNowhere:
    """A directory that keeps nothing: a trial looks nothing up in it but processes, and knows of none."""

    def registry(self) -> Registry:
        return Registry.of((), (), ())

    def versions(self, _procedure: str) -> Sequence[Facts]:
        return ()

    def version(self, _process: str, _version: int) -> Facts | None:
        return None

    def processes(self) -> Iterable[tuple[str, Sequence[Facts]]]:
        return ()

    def procedures(self) -> Mapping[str, Facts]:
        return {}

    def put_agency(self, versions: Sequence[Facts], end: Facts | None) -> None:
        pass

    def put_competences(self, procedure: str, rows: Sequence[Facts]) -> None:
        pass

    def put_process(self, definition: Facts, changes: Sequence[Facts] | None = None) -> None:
        pass

    def put_procedure(self, facts: Facts) -> None:
        pass
