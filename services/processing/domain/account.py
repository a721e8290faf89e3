"""The account of an agency's own system: made, renewed, ended. Topics are durable; no secret stands in an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from services.processing.problems import ALREADY_ENROLLED
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate


def account_key(agency: str) -> UUID:
    """Return the aggregate id of an agency's account."""
    return uuid5(NAMESPACE_URL, f"urn:lienthong:processing:account/{agency}")


class AgencyAccount(Aggregate):
    """Whether an agency's system may come in, and since when it does with its newest secrets."""

    TOPIC: ClassVar[str] = "processing.account"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        agency: str
        active: bool
        since: str
        """When its newest secrets were made, or when it ended."""
        rotations: int

    class Event(Aggregate.Event):
        """Base of an account's events."""

        TOPIC: ClassVar[str] = "processing.account.event"

    class Enrolled(Event, Aggregate.Created):
        """The agency's system gets an account."""

        TOPIC: ClassVar[str] = "processing.account.enrolled"
        agency: str
        reason: str
        at: str

        def apply(self, aggregate: AgencyAccount) -> None:
            """Assign."""
            aggregate.agency = self.agency
            aggregate.active = True
            aggregate.since = self.at
            aggregate.rotations = 0

    class EnrolledAgain(Event):
        """An account that had ended is made again."""

        TOPIC: ClassVar[str] = "processing.account.enrolled-again"
        reason: str
        at: str

        def apply(self, aggregate: AgencyAccount) -> None:
            """Assign."""
            aggregate.active = True
            aggregate.since = self.at

    class Rotated(Event):
        """Its secrets are new; the old ones open nothing any more."""

        TOPIC: ClassVar[str] = "processing.account.rotated"
        reason: str
        at: str

        def apply(self, aggregate: AgencyAccount) -> None:
            """Assign."""
            aggregate.since = self.at
            aggregate.rotations += 1

    class Retired(Event):
        """Nobody comes in by it any more."""

        TOPIC: ClassVar[str] = "processing.account.retired"
        reason: str
        at: str

        def apply(self, aggregate: AgencyAccount) -> None:
            """Assign."""
            aggregate.active = False
            aggregate.since = self.at

    @classmethod
    def enrol(cls, agency: str, reason: str, act: Act) -> AgencyAccount:
        """Make the account of an agency that never had one."""
        key, at = account_key(agency), to_text(act.happened_at)
        return cls.begin(cls.Enrolled, key, act.on(root=key), agency=agency, reason=reason, at=at)

    def enrol_again(self, reason: str, act: Act) -> None:
        """Make an account that ended anew. Raises RefusedError with `already-enrolled`."""
        if self.active:
            raise RefusedError(ALREADY_ENROLLED, agency=self.agency, since=self.since)
        self.record(self.EnrolledAgain, act, reason=reason, at=to_text(act.happened_at))

    def rotate(self, reason: str, act: Act) -> None:
        """Give it new secrets."""
        self.record(self.Rotated, act, reason=reason, at=to_text(act.happened_at))

    def retire(self, reason: str, act: Act) -> None:
        """End it; once is enough."""
        if self.active:
            self.record(self.Retired, act, reason=reason, at=to_text(act.happened_at))

    def standing(self) -> dict[str, Any]:
        """Return how it stands, for people."""
        return {
            "agency": self.agency,
            "active": self.active,
            "since": self.since,
            "rotations": self.rotations,
        }
