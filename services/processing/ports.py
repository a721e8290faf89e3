"""What processing needs from outside its decisions: agencies, the ledger of deliveries, deadlines, worklists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.processing.domain import Work
from services.processing.domain.request import Request
from services.processing.domain.serving import Way
from shared.acts import Act


@dataclass(frozen=True, slots=True)
class Agency:
    """What processing needs to know of an agency."""

    id: str
    connected: bool
    """Whether its own system reads a queue."""
    ended_at: datetime | None = None
    successors: tuple[str, ...] = ()
    """Who goes on with its dossiers once it has ended; who takes all that is not given to another comes first."""
    begins_at: datetime | None = None
    """When it first works; None for as long as anyone remembers."""
    parent: str | None = None
    """The agency above it."""
    hours: tuple[tuple[str, ...], ...] | None = None
    """Its own office hours; None: the usual ones."""

    def is_in_being(self, at: datetime) -> bool:
        """Return whether the agency has begun and not ended by then."""
        has_begun = self.begins_at is None or self.begins_at <= at
        return has_begun and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class Succession:
    """That an agency takes a leg over from one that has ended."""

    agency: str
    """The one that had it."""
    basis: str
    """The decision on which it rests."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Word of a change of a leg, for an agency that was handed it: it needs no answer."""

    agency: str
    hand_over: str
    """The id of the hand-over that it speaks of: an agency that never got that needs no notice."""
    state: str
    """`withdrawn`, `recalled`, `rehomed` or `lapsed`, which end the agency's part; `paused` or `resumed`."""
    note: str | None = None

    @property
    def lasting(self) -> bool:
        """Whether the leg stays with the agency: then also a hand-over yet to be sent needs the notice."""
        return self.state in {"paused", "resumed"}


class Agencies(Protocol):
    """The agencies that routing has registered."""

    def get(self, agency_id: str) -> Agency | None:
        """Return the agency, or None when no word of it has come."""
        ...

    def ids(self) -> list[str]:
        """Return the ids of all agencies that were ever registered, in order."""
        ...


class Deliveries(Protocol):
    """The ledger of what goes to agencies' queues."""

    def hand_over(self, work: Work, act: Act, succession: Succession | None = None) -> None:
        """Enter the hand-over of a leg, to be sent and sent again until it is answered."""
        ...

    def notify(self, work: Work, notice: Notice, act: Act) -> None:
        """Enter a notice, to be sent behind the hand-over that it speaks of."""
        ...

    def answer(self, agency: str, message_ids: Sequence[str], by: str) -> None:
        """Note that the agency answered these messages; ids that are not its own change nothing."""
        ...


class Deadlines(Protocol):
    """Moments at which something falls due."""

    def set(self, aggregate_id: UUID, name: str, version: int, fires_at: datetime) -> None:
        """Set a deadline; a newer version replaces an older one."""
        ...

    def settle(self, aggregate_id: UUID, name: str) -> None:
        """Call a deadline off."""
        ...


class ReminderList(Protocol):
    """The list of reminders that agencies and those above them see."""

    def show(self, work: Work, about: str, rung: int, to: str, at: datetime) -> None:
        """Show a reminder."""
        ...


class RequestDeliveries(Protocol):
    """The ledger of what goes to agencies' queues, for requests."""

    def lay_before(self, request: Request, agency: str, act: Act) -> None:
        """Enter a request, to be sent and sent again until the agency answers the message."""
        ...

    def tell(self, request: Request, agency: str, state: str, note: str, act: Act) -> None:
        """Enter word of a change: it needs no answer."""
        ...

    def close(self, request: Request, agency: str, by: str) -> None:
        """Send the request to that agency no more."""
        ...


class RequestList(Protocol):
    """The list of requests that issuers and addressees see."""

    def show(self, request: Request) -> None:
        """Show the request as it stands now."""
        ...


class Worklist(Protocol):
    """The list of works that people and `worklist` pages see."""

    def show(self, work: Work) -> None:
        """Show the work as it stands now."""
        ...


class Ways(Protocol):
    """How each agency is served."""

    def of(self, agency: str) -> Way:
        """Return how an agency is served."""
        ...

    def keep(self, agency: str, way: Way, changed: Mapping[str, Any] | None) -> None:
        """Serve an agency so from now on; `changed`, with the time, when messages go another way now."""
        ...


class ParkedLot(Protocol):
    """Hand-overs that lie aside; changes join the unit of work that is open."""

    def retry(self, message: str, now: datetime) -> tuple[str, UUID, UUID] | None:
        """Send it again; return its agency, dossier and leg, or None when it is not parked."""
        ...

    def set_aside(self, message: str, by: str) -> tuple[str, UUID, UUID] | None:
        """Count it as answered; return its agency, dossier and leg, or None when it is not parked."""
        ...

    def resume(self, agency: str) -> bool:
        """End an agency's pause at once; return whether there was one."""
        ...
