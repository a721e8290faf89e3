"""The systems of connected agencies: they read hand-overs from their queue and answer with commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deploy.play.doors import Doors, Patience, PlayError
from deploy.play.wave import Command, Found, Task
from shared.acts import HISTORIAN
from shared.contracts.envelope import Message, from_bytes
from shared.contracts.registry import COMMANDS, HAND_OVERS
from shared.messaging.broker import (
    Broker,
    BrokerUnavailableError,
    Delivery,
    Outcome,
    Outgoing,
    Publisher,
    Subscription,
)
from shared.topology import COMMANDS as COMMANDS_EXCHANGE
from shared.topology import agency_queue

HAND_OVER = "lienthong.agency.leg-hand-over"
REFUSED = "lienthong.agency.command-refused"

DONE_BEFORE = frozenset({"leg-already-accepted", "leg-already-closed", "opinion-already-given"})
"""Refusals that say only that a command was carried out before."""
_PREFETCH = 1000


@dataclass(slots=True)
class HandOver:
    """A hand-over that was read and is not settled."""

    message: Message
    delivery: Delivery
    end: _End
    settled: bool = False

    @property
    def found(self) -> Found:
        """The leg that it hands over."""
        data = self.message.data
        return Found(data["dossier"], data["leg"], data["number"], data["agency"], data["attempt"])

    def settle(self) -> None:
        """Let the broker forget it; once is enough."""
        if not self.settled:
            self.settled = True
            self.end.subscription.ack([self.delivery])


@dataclass(slots=True)
class _End:
    """One account's ends at the broker, for one agency or for all."""

    broker: Broker
    subscription: Subscription
    publisher: Publisher


@dataclass(slots=True)
class OwnSystems:
    """The systems of all connected agencies of a scenario."""

    play: str
    """The name that begins the ids of this play's commands."""
    ends: dict[str, _End] = field(default_factory=dict)
    """By agency; agencies may share one."""
    historian: bool = False
    """Whether one account, the historian's, speaks for all of them: then the past is believed."""

    def connect(self, doors: Doors, agencies: Sequence[str], patience: Patience) -> None:
        """Begin to read the agencies' queues, as soon as processing has made them. Raises PlayError."""
        self.historian = doors.broker_of is None
        shared = [agencies] if self.historian else [[agency] for agency in agencies]
        for group in filter(None, shared):
            broker = doors.broker_of(group[0]) if doors.broker_of else doors.broker
            end = _End(broker, _subscribed(broker, group, patience), broker.publisher())
            self.ends |= dict.fromkeys(group, end)

    def read(self, limit: int = 1000) -> list[HandOver]:
        """Return hand-overs that lie there. Raises PlayError when a command was refused."""
        found = []
        for end in self._distinct():
            for delivery in end.subscription.take(limit, 0):
                message = from_bytes(delivery.body)
                if message.type == HAND_OVER:
                    found.append(HandOver(message, delivery, end))
                    continue
                end.subscription.ack([delivery])
                if message.type == REFUSED:
                    self._check(message)
        return found

    def command(self, tasks: Iterable[tuple[Task, HandOver | None]]) -> None:
        """Publish the commands of tasks, as caused by their hand-overs. Raises PlayError."""
        by_end: dict[int, tuple[_End, list[Outgoing]]] = {}
        for task, hand_over in tasks:
            end = self.ends[task.found.agency]
            outgoing = by_end.setdefault(id(end), (end, []))[1]
            outgoing += [self._outgoing(task.found, each, hand_over) for each in task.commands]
        for end, batch in by_end.values():
            for message, outcome in zip(batch, end.publisher.publish(batch), strict=True):
                if outcome is not Outcome.CONFIRMED:
                    raise PlayError(f"command {message.message_id} is {outcome.value}")

    def close(self) -> None:
        """Stop reading."""
        for end in self._distinct():
            end.subscription.close()
            end.publisher.close()
        self.ends.clear()

    def _outgoing(self, found: Found, command: Command, hand_over: HandOver | None) -> Outgoing:
        contract = COMMANDS[f"lienthong.command.{command.name}"]
        message = Message(
            id=command.key,
            source=f"/agencies/{command.agency}",
            type=contract.type,
            subject=f"leg/{found.leg}",
            time=command.time,
            dataschema=contract.dataschema,
            data={"leg": found.leg, **command.data},
            causationid=hand_over.message.id if hand_over else None,
            actorrole=HISTORIAN if self.historian else None,
        )
        return Outgoing(COMMANDS_EXCHANGE, command.name, message.to_bytes(), command.key)

    def _distinct(self) -> list[_End]:
        return list({id(end): end for end in self.ends.values()}.values())

    def _check(self, message: Message) -> None:
        data = HAND_OVERS[REFUSED].schema().load(message.data)
        command = data["command"].rpartition("/agencies/")[2]
        if command.startswith(f"{self.play}/") and data["code"] not in DONE_BEFORE:
            raise PlayError(f"command {command} was refused: {data['code']}: {data['title']}")


def _subscribed(broker: Broker, agencies: Sequence[str], patience: Patience) -> Subscription:
    queues = [agency_queue(agency) for agency in agencies]
    patience.renew()
    while True:
        try:
            return broker.subscribe(queues, _PREFETCH)
        except BrokerUnavailableError as error:
            reason = str(error)
        patience.pause(lambda: f"the queues of {', '.join(agencies)}: {reason}")  # noqa: B023
