"""An agency's own system that does its work, on a thread: whatever happens to it, it connects again and goes on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.clock import to_text
from shared.contracts.envelope import Message, from_bytes
from shared.messaging.broker import BrokerUnavailableError, Delivery, Outcome, Outgoing
from shared.messaging.rabbitmq import RabbitBroker
from shared.topology import agency_queue
from tests.end_to_end.own_system import command, outgoing

HAND_OVER = "lienthong.agency.leg-hand-over"
REFUSED = "lienthong.agency.command-refused"
PREFETCH = 100


class Worker:
    """Takes in each message once, accepts and completes its leg, and keeps what came in the order it came."""

    def __init__(self, agency: str, url: str, clock_is_off: timedelta = timedelta()) -> None:
        self.agency = agency
        self.clock_is_off = clock_is_off
        self.arrived: list[Message] = []
        """Every hand-over, copies too."""
        self.refused: dict[str, str] = {}
        """The codes of what was refused, by the command's id."""
        self.round = 0
        """Counts how often the agency mended itself: what it says then is new."""
        self._url = url
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"worker {agency}", daemon=True)

    def start(self) -> Worker:
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, with what was taken settled or given back."""
        self._stopped.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def answers(self, message: Message) -> list[Outgoing]:
        """Return what is said to a hand-over: the same under the same ids, however often it comes."""
        return [
            outgoing(self.say(message, name, f"{message.id}/{name}/{self.round}"))
            for name in ("accept-leg", "complete-leg")
        ]

    def say(self, message: Message, name: str, command_id: str) -> Message:
        """Return a command about a hand-over, at the time of the agency's clock."""
        said = command(self.agency, name, message.data["leg"], message.id)
        return replace(said, id=command_id, time=to_text(datetime.now(UTC) + self.clock_is_off))

    def _run(self) -> None:
        while not self._stopped.is_set():
            with suppress(BrokerUnavailableError):
                self._work()
            self._stopped.wait(0.3)

    def _work(self) -> None:
        broker = RabbitBroker(self._url, stamp_user_id=True)
        try:
            inbox = broker.subscribe([agency_queue(self.agency)], PREFETCH)
            publisher = broker.publisher()
            while not self._stopped.is_set():
                deliveries = inbox.take(PREFETCH, 0.2)
                said = [one for delivery in deliveries for one in self._take_in(delivery)]
                if any(outcome is not Outcome.CONFIRMED for outcome in publisher.publish(said)):
                    inbox.requeue(deliveries)
                elif deliveries:
                    inbox.ack(deliveries)
        finally:
            broker.close()

    def _take_in(self, delivery: Delivery) -> list[Outgoing]:
        message = from_bytes(delivery.body)
        if message.type == REFUSED:
            self.refused[message.data["command"]] = message.data["code"]
        if message.type != HAND_OVER:
            return []
        self.arrived.append(message)
        return [] if message.replayid else self.answers(message)


def out_of_order(arrived: Sequence[Message]) -> int:
    """Count hand-overs that came for the first time behind a later one of their dossier."""
    last: dict[str, int] = {}
    seen: set[str] = set()
    behind = 0
    for message in arrived:
        if message.id not in seen:
            seen.add(message.id)
            dossier, number = message.data["dossier"], message.data["number"]
            behind += number < last.get(dossier, 0)
            last[dossier] = max(number, last.get(dossier, 0))
    return behind
