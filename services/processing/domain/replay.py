"""A replay: an agency is sent again what it was sent before. Who asked, why, for what, and how it went.

Topics are durable. A replay changes nothing else: no leg, no hand-over, no term.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from services.processing.problems import REPLAY_IS_OVER
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate

RUNNING = "running"
PAUSED = "paused"
FINISHED = "finished"
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages of one agency; what is None does not matter."""

    agency: str
    begin: str | None = None
    """The first moment, by when a message was entered in the ledger."""
    until: str | None = None
    """The first moment that is too late."""
    dossier: str | None = None
    procedure: str | None = None
    parked: bool = False
    """Only what was parked, also if the broker never had it."""

    def state(self) -> dict[str, Any]:
        """Return what is kept of it: what it asks for and nothing else."""
        values = {name: getattr(self, name) for name in ("begin", "until", "dossier", "procedure")}
        return {
            **{name: value for name, value in values.items() if value},
            **({"parked": True} if self.parked else {}),
        }


@dataclass(frozen=True, slots=True)
class Counted:
    """What a selection comes to."""

    messages: int
    superseded: int
    """Hand-overs whose leg has ended since, or lies before another agency."""
    unanswered: int
    dossiers: int
    first: datetime | None
    last: datetime | None
    upto: int
    """The last place in the ledger."""


class Replay(Aggregate):
    """One replay to one agency, from its request to its end."""

    TOPIC: ClassVar[str] = "processing.replay"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        agency: str
        state: str
        selection: dict[str, Any]
        reason: str
        begun_by: str
        begun_at: str
        ended_at: str | None
        rate: int
        """Messages a second."""
        cursor: int
        """The place in the delivery ledger behind which it goes on."""
        upto: int
        """The place where it ends: what is entered later is no history yet."""
        messages: int
        superseded: int
        sent: int
        sent_superseded: int

    class Event(Aggregate.Event):
        """Base of a replay's events."""

        TOPIC: ClassVar[str] = "processing.replay.event"

    class Begun(Event, Aggregate.Created):
        """Somebody asked for it, having seen what it would send."""

        TOPIC: ClassVar[str] = "processing.replay.begun"
        agency: str
        selection: dict[str, Any]
        reason: str
        begun_by: str
        at: str
        rate: int
        upto: int
        messages: int
        superseded: int

        def apply(self, aggregate: Replay) -> None:
            """Assign."""
            aggregate.agency = self.agency
            aggregate.selection = self.selection
            aggregate.reason = self.reason
            aggregate.begun_by = self.begun_by
            aggregate.begun_at = self.at
            aggregate.ended_at = None
            aggregate.state = RUNNING
            aggregate.rate = self.rate
            aggregate.cursor = 0
            aggregate.upto = self.upto
            aggregate.messages = self.messages
            aggregate.superseded = self.superseded
            aggregate.sent = aggregate.sent_superseded = 0

    class PageDone(Event):
        """The broker has the messages up to a place in the delivery ledger."""

        TOPIC: ClassVar[str] = "processing.replay.page-done"
        cursor: int
        sent: int
        superseded: int

        def apply(self, aggregate: Replay) -> None:
            """Assign."""
            aggregate.cursor = self.cursor
            aggregate.sent += self.sent
            aggregate.sent_superseded += self.superseded

    class Paused(Event):
        """Somebody stopped it for a while."""

        TOPIC: ClassVar[str] = "processing.replay.paused"
        reason: str

        def apply(self, aggregate: Replay) -> None:
            """Assign."""
            aggregate.state = PAUSED

    class Resumed(Event):
        """Somebody let it go on."""

        TOPIC: ClassVar[str] = "processing.replay.resumed"
        reason: str

        def apply(self, aggregate: Replay) -> None:
            """Assign."""
            aggregate.state = RUNNING

    class Finished(Event):
        """The broker has all of it."""

        TOPIC: ClassVar[str] = "processing.replay.finished"
        at: str

        def apply(self, aggregate: Replay) -> None:
            """Assign."""
            aggregate.state = FINISHED
            aggregate.ended_at = self.at

    class Cancelled(Event):
        """Somebody ended it; what was sent is sent."""

        TOPIC: ClassVar[str] = "processing.replay.cancelled"
        reason: str
        at: str

        def apply(self, aggregate: Replay) -> None:
            """Assign."""
            aggregate.state = CANCELLED
            aggregate.ended_at = self.at

    @property
    def is_over(self) -> bool:
        """Whether nothing more is sent."""
        return self.state in {FINISHED, CANCELLED}

    @classmethod
    def ask(cls, replay_id: UUID, agency: str, fields: dict[str, Any], act: Act) -> Replay:
        """Begin a replay; `fields` are the selection, the reason, the rate and what was counted."""
        return cls.begin(
            cls.Begun,
            replay_id,
            act.on(root=replay_id),
            agency=agency,
            begun_by=act.actor.subject,
            at=to_text(act.happened_at),
            **fields,
        )

    def note_page(self, behind: int, cursor: int, sent: int, superseded: int, act: Act) -> bool:
        """Note that a page was sent that began behind `behind`; return whether that was news.

        Whoever was too slow finds that another one has sent the page.
        """
        if self.is_over or behind != self.cursor or cursor <= behind:
            return False
        self.record(self.PageDone, act, cursor=cursor, sent=sent, superseded=superseded)
        return True

    def finish(self, act: Act) -> None:
        """End it: everything was sent."""
        if not self.is_over:
            self.record(self.Finished, act, at=to_text(act.happened_at))

    def pause(self, reason: str, act: Act) -> None:
        """Stop it for a while; once is enough. Raises RefusedError with `replay-is-over`."""
        self._check_under_way()
        if self.state == RUNNING:
            self.record(self.Paused, act, reason=reason)

    def resume(self, reason: str, act: Act) -> None:
        """Let it go on; once is enough. Raises RefusedError with `replay-is-over`."""
        self._check_under_way()
        if self.state == PAUSED:
            self.record(self.Resumed, act, reason=reason)

    def cancel(self, reason: str, act: Act) -> None:
        """End it before its end; once is enough. Raises RefusedError with `replay-is-over`."""
        if self.state == CANCELLED:
            return
        self._check_under_way()
        self.record(self.Cancelled, act, reason=reason, at=to_text(act.happened_at))

    def _check_under_way(self) -> None:
        if self.is_over:
            raise RefusedError(REPLAY_IS_OVER, replay=self.id, state=self.state)
