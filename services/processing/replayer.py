"""Sending the pages of replays: claimed by a lease, at the rate that was asked for, in order.

Claim, publish, record, as the deliverer does: a crash between any two sends a page again, under the same
ids, and loses nothing. An agency that pulls finds the page behind its cursor, once. The ledger's rows are
only read, so nothing is waited for and nothing climbs; but what lay parked leaves parking as it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from services.processing.application.replays import PageSent, Replays
from services.processing.domain.serving import PULLED
from services.processing.tables import replayed
from services.processing.tables.replayed import Mark
from services.processing.tables.replays import Claimed, ReplayTable, Sendable
from services.processing.tables.ways import WayTable
from shared.acts import SYSTEM, Act, Actor
from shared.clock import Clock
from shared.contracts.envelope import Message
from shared.messaging.broker import BrokerUnavailableError, Outcome, Outgoing, Publisher
from shared.messaging.consuming import headers_of
from shared.messaging.traced import Tracing, with_place
from shared.persistence.database import Transaction
from shared.persistence.unit_of_work import UnitOfWork
from shared.topology import AGENCIES
from shared.tracing import AGENCY

PAGE = 500
LEASE = timedelta(minutes=1)
"""How long a claimer has to send a page before another may."""
PAUSE = timedelta(minutes=1)
"""How long an agency is left alone whose queue would not take a message."""


@dataclass(slots=True)
class Sent:
    """How far a page came."""

    cursor: int
    messages: int = 0
    superseded: int = 0
    refused: Outcome | None = None
    through: Sequence[Sendable] = ()
    """What is before the agency, up to the cursor."""


class Replayer:
    """Sends replays page by page; several processes may. One thread at a time."""

    def __init__(
        self,
        unit: UnitOfWork,
        replays: Replays,
        table: ReplayTable,
        ways: WayTable,
        publisher: Callable[[], Publisher],
        clock: Clock,
        tracing: Tracing | None = None,
    ) -> None:
        self._unit = unit
        self._replays = replays
        self._table = table
        self._ways = ways
        self._open_publisher = publisher
        self._tracing = tracing
        self._clock = clock
        self._publisher: Publisher | None = None

    def replay(self) -> bool:
        """Send one page that is due; return whether there may be another at once.

        Raises BrokerUnavailableError or DatabaseUnavailableError; calling again connects anew.
        """
        began = self._clock.now()
        claimed = self._table.claim(began, began + LEASE)
        if claimed is None:
            return False
        self._send_page(claimed, began)
        return True

    def close(self) -> None:
        """Let go of the broker."""
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()

    def _send_page(self, replay: Claimed, began: datetime) -> None:
        size = min(PAGE, replay.rate)
        page = self._table.page(replay, size)
        pulls = self._ways.of(replay.agency).way == PULLED
        try:
            sent = _up_to_refused(replay, page, None) if pulls else self._publish(replay, page)
        except BrokerUnavailableError:
            self.close()
            self._table.go_on_at(replay.id, self._clock.now(), "broker-unavailable")
            raise
        if sent.refused is None and len(page) < size:
            sent.cursor = replay.upto
        done = PageSent(replay.id, replay.cursor, sent.cursor, sent.messages, sent.superseded)
        act = self._act(replay.id)
        self._unit.run(lambda tx: self._note(tx, replay, sent, done, act, pulls=pulls))
        self._go_on(replay, sent, began + timedelta(seconds=len(page) / replay.rate))

    def _note(
        self, tx: Transaction, replay: Claimed, sent: Sent, done: PageSent, act: Act, *, pulls: bool
    ) -> None:
        """Note a page; with it goes what the ledger says of its messages, or nothing if it was noted before."""
        if not self._replays.page_done(done, act):
            return
        if pulls:
            replayed.lay(tx, replay, sent.through, act.recorded_at)
        elif replay.parked:
            replayed.unpark(tx, replay, sent.through, act.recorded_at)

    def _go_on(self, replay: Claimed, sent: Sent, at: datetime) -> None:
        if sent.refused is None:
            self._table.go_on_at(replay.id, at)
            return
        until = self._clock.now() + PAUSE
        self._table.pause_agency(replay.agency, until, sent.refused.value)
        self._table.go_on_at(replay.id, until, sent.refused.value)

    def _publish(self, replay: Claimed, page: Sequence[Sendable]) -> Sent:
        """Send a page in waves of one message a dossier: what is refused is overtaken by none of its dossier.

        The cursor stays before the first message that was refused; those behind it that went through are
        sent again later, under the same ids.
        """
        through: set[int] = set()
        refused: Outcome | None = None
        for wave in _waves(page):
            if self._publisher is None:
                self._publisher = self._open_publisher()
            messages = [Mark(replay.id, one.superseded).on(one.body) for one in wave]
            outcomes = self._publisher.publish([self._outgoing(replay.agency, one) for one in messages])
            for one, message, outcome in zip(wave, messages, outcomes, strict=True):
                if outcome is Outcome.CONFIRMED:
                    through.add(one.sequence)
                    self._trace(replay.agency, message)
                else:
                    refused = refused or outcome
            if refused:
                break
        return _up_to_refused(replay, list(takewhile(lambda one: one.sequence in through, page)), refused)

    def _outgoing(self, agency: str, message: Message) -> Outgoing:
        headers = headers_of(message)
        return Outgoing(
            exchange=AGENCIES,
            routing_key=agency,
            body=message.to_bytes(),
            message_id=message.id,
            headers=with_place(headers, message) if self._tracing else headers,
        )

    def _trace(self, agency: str, message: Message) -> None:
        if self._tracing:
            self._tracing.sent(message, 1, again=message.replayid or "", **{AGENCY: agency})

    def _act(self, replay: UUID) -> Act:
        now = self._clock.now()
        return Act(Actor(SYSTEM, "processing"), now, now, now, root=replay, causation=f"replay/{replay}")


def _waves(page: Sequence[Sendable]) -> Iterator[list[Sendable]]:
    """Give the messages of a page, in order, so that no wave has two of one dossier."""
    waves: list[list[Sendable]] = []
    turns: dict[UUID | None, int] = {}
    for one in page:
        turn = turns.get(one.dossier, 0)
        turns[one.dossier] = turn + 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(one)
    yield from waves


def _up_to_refused(replay: Claimed, through: Sequence[Sendable], refused: Outcome | None) -> Sent:
    return Sent(
        through[-1].sequence if through else replay.cursor,
        len(through),
        sum(one.superseded for one in through),
        refused,
        through,
    )
