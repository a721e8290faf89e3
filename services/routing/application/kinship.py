"""Who may stand under whom, and who may succeed whom, as far as the register knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.routing.domain.agency import Agency
from services.routing.domain.refusals import (
    AGENCY_PARENT_CYCLE,
    AGENCY_PARENT_UNKNOWN,
    AGENCY_SUCCEEDS_ITSELF,
    AGENCY_UNKNOWN,
    ONE_SUCCESSOR_NEEDED,
    PARENT_NOT_OPERATING,
    SPLIT_AMBIGUOUS,
    SPLIT_WITHOUT_RULE,
    UNKNOWN_SUCCESSOR,
)
from services.routing.rules.structure import holds
from shared.errors import RefusedError

Facts = Mapping[str, Any]


class Kinship:
    """Checks parents and successors of agencies that `find` gives, None for one that is not there."""

    def __init__(self, find: Callable[[str], Agency | None]) -> None:
        self._find = find

    def known(self, agency: str) -> Agency:
        """Return the agency. Raises RefusedError with `agency-unknown`."""
        known = self._find(agency)
        if known is None:
            raise RefusedError(AGENCY_UNKNOWN, agency=agency)
        return known

    def check_parent(self, agency: str) -> None:
        """Refuse a parent that is not there, or that stands below the agency itself."""
        seen = {agency}
        below = agency
        while parent := self.known(below).facts.get("parent"):
            if parent in seen:
                raise RefusedError(AGENCY_PARENT_CYCLE, agency=agency, parent=parent)
            if self._find(parent) is None:
                raise RefusedError(AGENCY_PARENT_UNKNOWN, agency=below, parent=parent)
            seen.add(parent)
            below = parent

    def check_operating(self, facts: Facts) -> None:
        """Refuse to put an agency under one that has not begun, or has ended, by then; what it stood under before may end."""
        if not facts.get("parent"):
            return
        parent, since = self.known(facts["parent"]), facts["valid_from"]
        ended = parent.end is not None and parent.end["ended_at"] <= since
        if ended or parent.versions[0]["valid_from"] > since:
            raise RefusedError(
                PARENT_NOT_OPERATING, agency=facts["agency"], parent=facts["parent"], since=since
            )

    def check_successors(
        self, ended: Agency, ended_at: str, change: str, successors: Sequence[Facts]
    ) -> None:
        """Refuse successors that are not there, not enough, too many, or of nothing that is left."""
        if change in {"merge", "rename"} and len(successors) != 1:
            raise RefusedError(ONE_SUCCESSOR_NEEDED, agency=ended.agency, given=len(successors))
        if change == "split" or successors:
            _check_rule(ended, successors)
        for successor in successors:
            # An end before the agency's own beginning is refused as that.
            self._check_successor(ended.agency, max(ended_at, ended.facts["valid_from"]), successor["agency"])

    def _check_successor(self, agency: str, ended_at: str, successor: str) -> None:
        """Refuse a successor that is not there, has ended before, or is succeeded by the agency itself."""
        if successor == agency:
            raise RefusedError(AGENCY_SUCCEEDS_ITSELF, agency=agency, through=successor)
        known = self._find(successor)
        late = known is not None and known.versions[0]["valid_from"] > ended_at
        if known is None or late or (known.end is not None and known.end["ended_at"] < ended_at):
            raise RefusedError(UNKNOWN_SUCCESSOR, agency=agency, successor=successor)
        seen: set[str] = set()
        to_see = [successor]
        while to_see:
            one = to_see.pop()
            if one == agency:
                raise RefusedError(AGENCY_SUCCEEDS_ITSELF, agency=agency, through=successor)
            end = self.known(one).end
            if one not in seen and end is not None:
                seen.add(one)
                to_see += [further["agency"] for further in end["successors"]]


def _check_rule(ended: Agency, successors: Sequence[Facts]) -> None:
    """Refuse successors that leave some of the agency's area to nobody, or to several."""
    area = ended.facts.get("area") or ""
    rest = [successor["agency"] for successor in successors if not successor.get("areas")]
    if len(rest) > 1 or not any(_takes(successor, area) for successor in successors):
        raise RefusedError(SPLIT_WITHOUT_RULE, agency=ended.agency, area=area or "—")
    taken = Counter(one for successor in successors for one in set(successor.get("areas") or ()))
    for one, claims in taken.items():
        if claims > 1:
            raise RefusedError(SPLIT_AMBIGUOUS, agency=ended.agency, area=one)


def _takes(successor: Facts, area: str) -> bool:
    areas = successor.get("areas")
    return not areas or any(holds(one, area) for one in areas)
