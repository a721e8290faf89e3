"""Playing recorded dossiers again in another world, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.simulation.alternative import Alternative
from deploy.simulation.appointments import Appointments, limit_under
from deploy.simulation.as_recorded import as_recorded
from deploy.simulation.comparison import Compared, Totals
from deploy.simulation.competences import learnt
from deploy.simulation.counting import Counting, unit_of
from deploy.simulation.history import Dossier, History, TermKey
from deploy.simulation.pacing import unnamed
from deploy.simulation.played import Course, Played, course
from deploy.simulation.problems import NOT_PLANNED, NOTHING_RECORDED, reason_of
from deploy.simulation.register import new_ends
from deploy.simulation.replaying import World, kept, played_anew, stands_for
from deploy.simulation.ways import Planner, Way, way_of
from services.routing.rules.versions import enters, version_in_force
from shared.clock import VIETNAM, to_text
from shared.errors import NotYetKnownError, RefusedError
from shared.working_time.calendar import WorkingCalendar

Definition = Mapping[str, Any]
Definitions = Callable[[str, int], Definition | None]
"""Gives the definition of a version of a process, None for one that is not known."""
Each = Callable[[Compared], None]


class Simulation:
    """Compares recorded dossiers with what an alternative would have made of them."""

    def __init__(
        self, history: History, definitions: Definitions, alternative: Alternative, calendar: WorkingCalendar
    ) -> None:
        """Raise RefusedError with `nothing-recorded`, or with what the register refuses of a plan."""
        if history.last is None:
            raise RefusedError(NOTHING_RECORDED)
        self._dossiers = sorted(_received(history), key=lambda it: (str(it.received), it.root))
        self._definitions, self._known = definitions, dict[tuple[str, int], Definition | None]()
        self._alternative = alternative
        register, self._last = history.register, history.last
        rows = learnt(self._dossiers, self._definition, register.as_recorded(()))
        recorded = register.as_recorded(rows)
        other = register.under(alternative.plan, rows) if alternative.plan else recorded
        self._live = Counting(calendar)
        counting = Counting(alternative.calendar) if alternative.calendar else self._live
        self._planner = Planner(recorded)
        self._other_planner = Planner(other) if alternative.plan else self._planner
        self._recorded_world = World(recorded, {}, self._live, self._last)
        self._world = World(other, new_ends(recorded, other), counting, self._last)
        self._appointments = Appointments(register, recorded, self._live, counting)
        self._counting = counting
        self._names = register.names()

    def run(self, wanted: Callable[[Dossier], bool], each: Each | None = None) -> Totals:
        """Play what is wanted, give each comparison as it comes, and return the totals.

        Raises RefusedError with `nothing-recorded` when nothing is wanted.
        """
        totals = Totals(self._live.calendar)
        for it in filter(wanted, self._dossiers):
            try:
                compared = self.compare(it)
            except NotYetKnownError as error:
                totals.leave_out(reason_of(error))
                continue
            if compared is None:
                totals.leave_out(NOT_PLANNED)
                continue
            totals.add(compared)
            if each:
                each(compared)
        if not totals.dossiers and not totals.left_out:
            raise RefusedError(NOTHING_RECORDED)
        return totals

    def names(self) -> dict[str, Mapping[str, str]]:
        """Return what agencies are called, in both worlds."""
        new = self._alternative.plan["agencies"] if self._alternative.plan else ()
        return {**{facts["agency"]: facts["name"] for facts in new}, **self._names}

    def compare(self, it: Dossier) -> Compared | None:
        """Return a dossier in both worlds; None for one whose way was never planned.

        Raises NotYetKnownError when the other world has no way for it.
        """
        if it.process is None or it.received is None:
            return None
        definition = self._definition(it.process)
        other = self._leading(it) or definition
        recorded = self._recorded_way(it, definition)
        way = self._other_planner.way(it, other) if other else recorded
        played = as_recorded(it)
        limit = limit_under(it, definition, other)
        modelled = way.shape != recorded.shape
        after, reproducible = self._appointments.moved(
            it, limit, played, self._play(it, recorded, way, modelled=modelled)
        )
        before = self._course(it, played, it.limit, self._live)
        unchanged = after == played and limit == it.limit and self._counting is self._live
        return Compared(
            it,
            before,
            before if unchanged else self._course(it, after, limit, self._counting),
            modelled,
            without_namesake=unnamed(way.legs, stands_for(it, way, self._world)) if modelled else 0,
            reproduced=self._reproduced(it, recorded) if modelled else None,
            due_left=not reproducible,
        )

    def _play(self, it: Dossier, recorded: Way, way: Way, *, modelled: bool) -> Played:
        if modelled:
            return played_anew(it, way, self._world)
        return kept(it, recorded, way, self._live, self._world)

    def _course(self, it: Dossier, played: Played, limit: TermKey | None, counting: Counting) -> Course:
        assert it.received is not None  # noqa: S101 - as `compare` has looked
        return course(played, it.received, self._last, unit_of(limit), counting.calendar)

    def _reproduced(self, it: Dossier, recorded: Way) -> bool:
        try:
            ended = played_anew(it, recorded, self._recorded_world).ended
        except NotYetKnownError:
            return False
        return _day(ended) == _day(it.ended)

    def _recorded_way(self, it: Dossier, definition: Definition | None) -> Way:
        """Return the way by the rules that led the dossier, or as it was planned where they do not say."""
        if definition is not None:
            try:
                return self._planner.way(it, definition)
            except NotYetKnownError:
                pass
        return way_of(it.legs, definition.get("cutoff") if definition else None)

    def _leading(self, it: Dossier) -> Definition | None:
        """Return the alternative's definition for a dossier, if it has one that its desk may enter."""
        structure = self._other_planner.structure(it)
        for definition in self._alternative.processes:
            if definition["procedure"] == it.procedure and enters(definition, it.desk, structure):
                return definition
        plan = self._alternative.plan or {"processes": ()}
        versions = [one for one in plan["processes"] if one["procedure"] == it.procedure]
        found = (
            version_in_force(versions, to_text(it.received), it.desk, structure)
            if versions and it.received
            else None
        )
        return next((one for one in versions if found and _same(one, found)), None)

    def _definition(self, version: tuple[str, int]) -> Definition | None:
        if version not in self._known:
            self._known[version] = self._definitions(*version)
        return self._known[version]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dossiers are played: by procedure, and by the day of reception in Viet Nam, both included."""

    first: str | None = None
    last: str | None = None
    procedures: frozenset[str] = frozenset()

    def __call__(self, it: Dossier) -> bool:
        """Return whether a dossier is wanted."""
        day = _day(it.received) or ""
        return (
            (not self.procedures or it.procedure in self.procedures)
            and (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
        )


def _received(history: History) -> Iterator[Dossier]:
    return (it for it in history.dossiers.values() if it.received is not None)


def _same(one: Definition, other: Definition) -> bool:
    return (one["process"], one["version"]) == (other["process"], other["version"])


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(VIETNAM).date().isoformat() if moment else None
