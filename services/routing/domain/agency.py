"""Agencies: what the register says of each from when on, and how it ends. Topics are durable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from services.routing.domain.keys import agency_key
from services.routing.domain.refusals import AGENCY_ALREADY_ENDED, VALIDITY_OVERLAPS
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate


class Agency(Aggregate):
    """An agency, as the register describes it: one version of its facts after the other."""

    TOPIC: ClassVar[str] = "routing.agency"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        versions: tuple[dict[str, Any], ...]
        end: dict[str, Any] | None

    class Event(Aggregate.Event):
        """Base of the agency's events."""

        TOPIC: ClassVar[str] = "routing.agency.event"

    class Registered(Event, Aggregate.Created):
        """The agency came into the register."""

        TOPIC: ClassVar[str] = "routing.agency.registered"
        facts: dict[str, Any]

        def apply(self, aggregate: Agency) -> None:
            """Assign."""
            aggregate.versions = (self.facts,)
            aggregate.end = None

    class Described(Event):
        """What the register says of the agency changes from the facts' `valid_from` on."""

        TOPIC: ClassVar[str] = "routing.agency.described"
        facts: dict[str, Any]

        def apply(self, aggregate: Agency) -> None:
            """Assign. Facts of the same moment, which earlier releases took in, replace what was said."""
            since = self.facts["valid_from"]
            before = tuple(facts for facts in aggregate.versions if facts["valid_from"] < since)
            aggregate.versions = (*before, self.facts)

    class Ended(Event):
        """The agency ends; its successors go on with what it had."""

        TOPIC: ClassVar[str] = "routing.agency.ended"
        agency: str
        ended_at: str
        change: str
        successors: list[dict[str, Any]]
        basis: str

        def apply(self, aggregate: Agency) -> None:
            """Assign."""
            aggregate.end = {
                "agency": self.agency,
                "ended_at": self.ended_at,
                "change": self.change,
                "successors": self.successors,
                "basis": self.basis,
            }

    @property
    def facts(self) -> dict[str, Any]:
        """What holds last."""
        return self.versions[-1]

    @property
    def agency(self) -> str:
        """Its identifier."""
        return str(self.facts["agency"])

    @classmethod
    def register(cls, facts: dict[str, Any], act: Act) -> Agency:
        """Register a new agency."""
        return cls.begin(cls.Registered, agency_key(facts["agency"]), act, facts=facts)

    def describe(self, facts: dict[str, Any], act: Act) -> None:
        """Record what changes from the facts' `valid_from` on; nothing when it is known already.

        Raises RefusedError: `validity-overlaps`, `agency-already-ended`.
        """
        if any(same_facts(facts, known) for known in self.versions):
            return
        since = facts["valid_from"]
        if self.end is not None and since >= self.end["ended_at"]:
            raise RefusedError(AGENCY_ALREADY_ENDED, agency=self.agency, ended_at=self.end["ended_at"])
        if since <= self.facts["valid_from"]:
            raise _overlap(self.agency, since, self.facts["valid_from"])
        self.record(self.Described, act, facts=facts)

    def close(
        self, ended_at: str, change: str, successors: Sequence[Mapping[str, Any]], basis: str, act: Act
    ) -> None:
        """Record the end; nothing when it ended in just this way already.

        Raises RefusedError: `agency-already-ended`, `validity-overlaps`.
        """
        end = {
            "agency": self.agency,
            "ended_at": ended_at,
            "change": change,
            "successors": [{"agency": it["agency"], "areas": it.get("areas")} for it in successors],
            "basis": basis,
        }
        if end == self.end:
            return
        if self.end is not None:
            raise RefusedError(AGENCY_ALREADY_ENDED, agency=self.agency, ended_at=self.end["ended_at"])
        if ended_at <= self.facts["valid_from"]:
            raise _overlap(self.agency, ended_at, self.facts["valid_from"])
        self.record(self.Ended, act, **end)


def same_facts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two descriptions say the same: what is None is as if it were not said."""
    return _said(one) == _said(other)


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _overlap(agency: str, since: str, known: str) -> RefusedError:
    return RefusedError(VALIDITY_OVERLAPS, what=agency, since=since, known=known)
