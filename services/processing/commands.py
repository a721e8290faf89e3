"""Agencies' commands from the broker: who sent them, whether they are new, what became of them.

A batch is one unit of work. A command that is refused has no effect but its mark in the inbox and the
answer in the delivery ledger; what is refused for now, such as about a leg not known yet, leaves no mark either.
What is no command, or whose sender cannot be told, is parked: there is nobody it would be safe to answer,
since a claimed name may be another agency's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.processing.application import REQUEST_COMMANDS, Processing, RefusedActs, Requests
from services.processing.domain import Work
from services.processing.messages import CarriedOut, Refusal, refusal_details, refusal_id
from services.processing.problems import FOR_NOW, INVALID_DATA, SENDER_MISMATCH
from services.processing.senders import Command, Senders, cause_of, claimed_agency, storable
from services.processing.tables.agencies import AgencyTable
from services.processing.tables.deliveries import DeliveryTable
from shared.acts import HISTORIAN, Act, Actor, asserted_time
from shared.clock import Clock
from shared.contracts import registry
from shared.contracts.envelope import MalformedMessageError, Message
from shared.errors import RefusedError
from shared.log import said
from shared.messaging.broker import Delivery
from shared.messaging.consuming import CONFLICT, TRANSIENT, open_delivery, reason_of
from shared.messaging.parking import POISON, Parking, Why
from shared.messaging.traced import Tracing
from shared.persistence.database import Transaction
from shared.persistence.unit_of_work import UnitOfWork
from shared.topology import COMMANDS
from shared.tracing import HEADER

log = logging.getLogger(__name__)

AGENCY_SYSTEM = "agency-system"
"""The role of an agency's own system."""
TOLERANCE = timedelta(hours=24)
LONGEST_ID = 200
PARTITION_KEY = "processing.commands"
"""Parked commands hold nothing behind them back but each other, and commands are never held."""
_ANSWER_TO = "SELECT body FROM delivery WHERE message_id = :message_id"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a command that is answered at once."""

    command: str
    repeated: bool = False
    """Whether it was sent before: then this is what became of it the first time."""
    refused: dict[str, Any] | None = None
    """The problem details of a refusal, which lie in the delivery ledger too."""


@dataclass(slots=True)
class CommandConsumer:
    """Carries commands out, batch by batch."""

    unit: UnitOfWork
    application: Processing
    requests: Requests
    refused_acts: RefusedActs
    agencies: AgencyTable
    deliveries: DeliveryTable
    clock: Clock
    senders: Senders
    tolerance: timedelta = TOLERANCE
    wake_deliverer: Callable[[], None] = lambda: None
    parking: Parking = field(default_factory=lambda: Parking("processing"))
    tracing: Tracing | None = None
    count_refused: Callable[[str, str], None] = lambda _agency, _code: None
    """Told the agency and the code of each command that is refused."""

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Carry out and commit a batch; when this returns, all of it may be acknowledged.

        Raises DatabaseUnavailableError: then nothing was kept.
        """
        safe = [storable(delivery) for delivery in deliveries]
        try:
            self.unit.run(lambda tx: self._handle_all(tx, safe))
        except (*TRANSIENT, *CONFLICT):
            raise
        except Exception:
            log.exception(
                "batch of %d commands falls back to one at a time", len(safe), extra=said("batch-split")
            )
            for delivery in safe:
                self._alone(delivery)
        self.wake_deliverer()

    def _alone(self, delivery: Delivery) -> None:
        def park(tx: Transaction, error: Exception) -> None:
            self._park(tx, delivery, reason_of(error))

        try:
            self.unit.run(lambda tx: self._handle_all(tx, [delivery]))
        except (*TRANSIENT, *CONFLICT):
            raise
        except Exception as error:
            log.exception(
                "parked command %s", delivery.message_id, extra=said("command-parked", problem=POISON)
            )
            failure = error
            self.unit.run(lambda tx: park(tx, failure))

    def _handle_all(self, tx: Transaction, deliveries: Sequence[Delivery]) -> None:
        commands: list[Command] = []
        for delivery in deliveries:
            try:
                commands.append(self._open(delivery))
            except MalformedMessageError as error:
                self._park(tx, delivery, reason_of(error))
        fresh = self._fresh(tx, commands)
        self.application.prefetch(leg for leg in map(_leg, fresh) if leg is not None)
        self._forget(tx, [one for one in fresh if _is_for_now(self._handle_one(one))])

    def _open(self, delivery: Delivery) -> Command:
        message = open_delivery(delivery)
        _check_known(message)
        agency = self.senders.agency_of(delivery, message)
        command = Command(delivery, message, agency, self.senders.is_historian(delivery, message))
        self._check_sender(agency)
        if delivery.exchange == COMMANDS and delivery.routing_key != command.name:
            raise MalformedMessageError("header-mismatch", f"routing key {delivery.routing_key!r}")
        return command

    def take(self, delivery: Delivery, agency: str) -> Answered:
        """Carry out one command whose sender was told by a token, and commit; it is answered here too.

        The same checks and the same inbox as on the broker: sent both ways under one id it is carried
        out once. Raises MalformedMessageError for what is no command: nothing was kept then.
        """
        safe = storable(delivery)
        message = open_delivery(safe)
        _check_known(message)
        command = Command(safe, message, agency)
        answered = self.unit.run(lambda tx: self._take(tx, command))
        self.wake_deliverer()
        return answered

    def _take(self, tx: Transaction, command: Command) -> Answered:
        self._check_sender(command.agency)
        if not self._fresh(tx, [command]):
            return Answered(command.message.id, repeated=True, refused=self._refused_before(tx, command))
        refused = self._handle_one(command)
        self._forget(tx, [command] if _is_for_now(refused) else [])
        return Answered(command.message.id, refused=refused.details() if refused else None)

    def _refused_before(self, tx: Transaction, command: Command) -> dict[str, Any] | None:
        source, command_id = command.identity
        rows = tx.execute(_ANSWER_TO, {"message_id": refusal_id(source, command_id)})
        return refusal_details(bytes(rows[0][0])) if rows else None

    def _handle_one(self, command: Command) -> RefusedError | None:
        refused = None
        try:
            self._carry_out(command)
        except RefusedError:
            refused = self._carry_out_afresh(command)
        if self.tracing:
            self._trace(self.tracing, command, refused)
        return refused

    def _trace(self, tracing: Tracing, command: Command, refused: RefusedError | None) -> None:
        tracing.commanded(
            command.message,
            "/".join(command.identity),
            self._dossier_of(command),
            command.delivery.headers.get(HEADER) or command.message.traceparent,
            refused.problem.code if refused else "",
        )

    def _dossier_of(self, command: Command) -> str | None:
        leg = _leg(command)
        work = self.application.find(leg) if leg else None
        return work.root if isinstance(work, Work) else None

    def _check_sender(self, agency: str) -> None:
        known = self.agencies.get(agency)
        if known is None or not known.connected:
            # It has no queue on which it could be answered.
            raise MalformedMessageError("unverified-sender", f"no agency {agency!r} is connected")

    def _fresh(self, tx: Transaction, commands: Sequence[Command]) -> list[Command]:
        """Return the commands that are new, and remember them."""
        if not commands:
            return []
        sources = sorted({command.identity[0] for command in commands})
        rows = tx.execute(
            "SELECT source, message_id FROM inbox WHERE message_id IN :ids AND source IN :sources",
            {"ids": [command.message.id for command in commands], "sources": sources},
        )
        known = {(row[0], row[1]) for row in rows}
        fresh: dict[tuple[str, str], Command] = {}
        for command in commands:
            if command.identity not in known:
                fresh.setdefault(command.identity, command)
        if fresh:
            now = self.clock.now()
            tx.execute_many(
                "INSERT INTO inbox (source, message_id, received_at) VALUES (:source, :id, :now)",
                [{"source": source, "id": message_id, "now": now} for source, message_id in fresh],
            )
        return list(fresh.values())

    def _forget(self, tx: Transaction, commands: Sequence[Command]) -> None:
        """Let commands count as new when they come again."""
        if commands:
            marks = [{"source": source, "id": id_} for source, id_ in (one.identity for one in commands)]
            tx.execute_many("DELETE FROM inbox WHERE source = :source AND message_id = :id", marks)

    def _carry_out(self, command: Command) -> None:
        message = command.message
        if claimed_agency(message) != command.agency:
            account = command.delivery.user_id
            raise RefusedError(SENDER_MISMATCH, account=account, source=message.source[:LONGEST_ID])
        try:
            data = registry.load(message)
            act = self._act(command)
        except (MalformedMessageError, ValueError, OverflowError) as error:
            raise RefusedError(INVALID_DATA, reason=error) from None
        carry_out = self.requests.execute if command.name in REQUEST_COMMANDS else self.application.execute
        standing = carry_out(command.name, data, act, command.agency)
        if message.wantsanswer:
            done = CarriedOut(
                command.agency,
                *command.identity,
                standing["state"],
                self.clock.now(),
                _leg(command),
                _correlation(command),
            )
            self.deliveries.confirm(done)
        if cause := cause_of(message):
            self.deliveries.answer(command.agency, [cause], by="/".join(command.identity))

    def _carry_out_afresh(self, command: Command) -> RefusedError | None:
        """Try again without what was kept in memory: another process may have been first."""
        self.application.doubt()
        try:
            self._carry_out(command)
        except RefusedError as refused:
            self._refuse(command, refused)
            return refused
        return None

    def _act(self, command: Command) -> Act:
        now, actor = self.clock.now(), _actor(command)
        return Act(
            actor=actor,
            happened_at=asserted_time(command.message.time, actor, now, self.tolerance),
            received_at=now,
            recorded_at=now,
            root=UUID(int=0),  # The application knows which dossier the leg belongs to.
            causation="/".join(command.identity),
            historical=command.historical,
        )

    def _refuse(self, command: Command, refused: RefusedError) -> None:
        code, dossier = refused.problem.code, self._dossier_of(command)
        about = said("command-refused", problem=code, agency=command.agency, dossier=dossier)
        log.info("refused %s of %s: %s", command.name, command.agency, code, extra=about)
        self.count_refused(command.agency, code)
        cause = "/".join(command.identity)
        self.refused_acts.note(command.name, _leg(command), _actor(command), cause, refused)
        source, command_id = command.identity
        self.deliveries.refuse(
            Refusal(
                agency=command.agency,
                source=source,
                command_id=command_id,
                refused=refused,
                at=self.clock.now(),
                leg=_leg(command),
                correlation=_correlation(command),
            ),
        )

    def _park(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        log.warning(
            "parked a command from %r: %s",
            delivery.user_id,
            reason,
            extra=said("command-parked", problem=POISON),
        )
        self.parking.park(
            tx,
            delivery,
            Why(POISON, reason),
            self.clock.now(),
            source=f"account/{delivery.user_id or 'none'}",
            # Whoever sends what is malformed may also use one id for all of it.
            message_id=f"{delivery.message_id or ''}#{sha256(delivery.body).hexdigest()}",
            partition_key=PARTITION_KEY,
        )


def _check_known(message: Message) -> None:
    contract = registry.COMMANDS.get(message.type)
    if contract is None:
        raise MalformedMessageError("unknown-type", message.type)
    if not 1 <= message.version <= contract.version:
        raise MalformedMessageError("unknown-version", f"{message.type} {message.version}")
    if len(message.id) > LONGEST_ID or not message.id.isprintable():
        raise MalformedMessageError("not-cloudevents", "attribute 'id' is too long or not printable")


def _is_for_now(refused: RefusedError | None) -> bool:
    return refused is not None and refused.problem.code in FOR_NOW


def _actor(command: Command) -> Actor:
    role = HISTORIAN if command.historical else AGENCY_SYSTEM
    return Actor(role, command.delivery.user_id or command.message.source, command.agency)


def _correlation(command: Command) -> str | None:
    correlation = command.message.correlationid
    return correlation if correlation and len(correlation) <= LONGEST_ID else None


def _leg(command: Command) -> UUID | None:
    leg: Any = command.message.data.get("leg")
    try:
        return UUID(leg) if isinstance(leg, str) else None
    except ValueError:
        return None
