"""A set of rules as it was adopted: its whole content, signed. Topics are durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from services.statistics.domain.publication import Seal
from shared.acts import Act
from shared.event_sourcing import Aggregate

DOMAIN = b"lienthong/rule-set/1\n"
"""Stands before a document where it is signed, so that no signature of ours passes for another's."""


def rule_set_key(name: str, version: int) -> UUID:
    """Return the aggregate id of a version of a set of rules."""
    return uuid5(NAMESPACE_URL, f"urn:lienthong:statistics:rule-set/{name}/{version}")


class RuleSet(Aggregate):
    """A version of a set of rules. It never changes: other rules are another version."""

    TOPIC: ClassVar[str] = "statistics.rule-set"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        document: str
        seal: Seal

    class Event(Aggregate.Event):
        """Base of a rule set's events."""

        TOPIC: ClassVar[str] = "statistics.rule-set.event"

    class Adopted(Event, Aggregate.Created):
        """From the day that it says on, figures are judged by it."""

        TOPIC: ClassVar[str] = "statistics.rule-set.adopted"
        document: str
        """Canonical JSON."""
        seal: list[str]

        def apply(self, aggregate: RuleSet) -> None:
            """Assign."""
            aggregate.document = self.document
            aggregate.seal = Seal(*self.seal)

    @classmethod
    def adopt(cls, name: str, version: int, document: str, seal: Seal, act: Act) -> RuleSet:
        """Adopt a version."""
        key = rule_set_key(name, version)
        return cls.begin(cls.Adopted, key, act.on(root=key), document=document, seal=list(seal))
