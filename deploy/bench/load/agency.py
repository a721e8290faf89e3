"""An agency with its own system: takes hand-overs from its queue and answers with commands."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import closing
from time import monotonic
from uuid import uuid4

from deploy.bench.load.desk import RefusedHereError
from deploy.bench.load.journal import Journal
from deploy.instances.waiting import until
from shared.clock import SystemClock, to_text
from shared.contracts.envelope import Message, from_bytes
from shared.contracts.registry import COMMANDS as CONTRACTS
from shared.contracts.registry import HAND_OVERS
from shared.messaging.broker import BrokerUnavailableError, Delivery, Outcome, Outgoing, Subscription
from shared.messaging.opening import headers_of
from shared.messaging.rabbitmq import RabbitBroker
from shared.topology import COMMANDS, agency_queue

ACKNOWLEDGE, ACCEPT, COMPLETE = "acknowledge-message", "accept-leg", "complete-leg"
_HAND_OVER = HAND_OVERS["lienthong.agency.leg-hand-over"]
_LOOK_SECONDS = 0.01
_MOST = 200
_QUEUE_SECONDS = 30.0


class AgencySystem:
    """One agency's connection; `run` is one thread's work until `stopped`."""

    def __init__(self, agency: str, url: str, journal: Journal, holders: dict[str, AgencySystem]) -> None:
        self.agency = agency
        self._broker = RabbitBroker(url, stamp_user_id=True)
        self._journal = journal
        self._holders = holders
        self._clock = SystemClock()
        self._wanted: queue.SimpleQueue[tuple[str, str, str]] = queue.SimpleQueue()
        self._hand_overs: dict[str, str] = {}

    def want(self, command: str, dossier: str, leg: str) -> None:
        """Have a command sent with the next ones."""
        self._wanted.put((command, dossier, leg))

    def run(self, stopped: threading.Event) -> None:
        """Answer hand-overs with an acknowledgement, and send the commands that are wanted.

        Raises RefusedHereError when a command was refused.
        """
        with (
            closing(self._broker),
            closing(self._subscribe()) as inbox,
            closing(self._broker.publisher()) as publisher,
        ):
            while not stopped.is_set():
                deliveries = inbox.take(_MOST, _LOOK_SECONDS)
                batch = [self._acknowledgement(message) for message in self._new(deliveries)]
                batch += [self._command(*wanted) for wanted in self._waiting()]
                if batch:
                    self._note_sent(batch)
                    self._publish(publisher.publish([outgoing for _, outgoing in batch]))
                if deliveries:
                    inbox.ack(deliveries)

    def _waiting(self) -> list[tuple[str, str, str]]:
        waiting: list[tuple[str, str, str]] = []
        while len(waiting) < _MOST:
            try:
                waiting.append(self._wanted.get_nowait())
            except queue.Empty:
                break
        return waiting

    def _subscribe(self) -> Subscription:
        """Open the agency's queue, which processing makes when it hears of the agency."""
        opened: list[Subscription] = []

        def is_open() -> bool:
            try:
                opened.append(self._broker.subscribe([agency_queue(self.agency)], _MOST))
            except BrokerUnavailableError:
                return False
            return True

        if not until(is_open, _QUEUE_SECONDS):
            raise RefusedHereError(f"{self.agency} has no queue")
        return opened[0]

    def _new(self, deliveries: list[Delivery]) -> Iterator[Message]:
        """Give the hand-overs that come for the first time: a queue gives everything at least once."""
        for delivery in deliveries:
            message = from_bytes(delivery.body)
            if message.type != _HAND_OVER.type:
                raise RefusedHereError(f"{self.agency} was sent {delivery.body[:500]!r}")
            if message.data["leg"] not in self._hand_overs:
                self._hand_overs[message.data["leg"]] = message.id
                self._holders[message.data["leg"]] = self
                yield message

    def _acknowledgement(self, message: Message) -> tuple[tuple[str, str], Outgoing]:
        return self._command(ACKNOWLEDGE, message.data["dossier"], message.data["leg"])

    def _command(self, command: str, dossier: str, leg: str) -> tuple[tuple[str, str], Outgoing]:
        contract = CONTRACTS[f"lienthong.command.{command}"]
        message = Message(
            id=str(uuid4()),
            source=f"/agencies/{self.agency}",
            type=contract.type,
            subject=f"dossier/{dossier}",
            time=to_text(self._clock.now()),
            dataschema=contract.dataschema,
            data={"leg": leg},
            legid=leg,
            causationid=self._hand_overs[leg],
        )
        outgoing = Outgoing(COMMANDS, command, message.to_bytes(), message.id, headers_of(message))
        return (dossier, command), outgoing

    def _note_sent(self, batch: list[tuple[tuple[str, str], Outgoing]]) -> None:
        now = monotonic()
        for action, _ in batch:
            self._journal.sent[action] = now

    def _publish(self, outcomes: list[Outcome]) -> None:
        if any(outcome is not Outcome.CONFIRMED for outcome in outcomes):
            raise RefusedHereError(f"the broker did not take a command of {self.agency}")
