"""Two tiny services over the real plumbing: one writes notes on dossiers, the other hears of them.

The writer stands in routing's place and the listener in processing's. A note is a public message of
routing that carries one text, `itinerary-completed`; what the text says decides what the listener does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from shared.acts import SYSTEM, Act, Actor
from shared.clock import Clock, to_text
from shared.contracts.envelope import Message, schema_uri
from shared.errors import NotYetKnownError, Problem, RefusedError
from shared.event_sourcing import Aggregate, Application
from shared.messaging.broker import Broker, Delivery, Publisher, Subscription
from shared.messaging.consuming import BatchHandler, HandlerTable
from shared.messaging.epochs import Epochs
from shared.messaging.publishing import LogPublisher, Translator, to_event_with
from shared.partitions import partition_of
from shared.persistence.database import Database, Transaction
from shared.persistence.migrations import PLUMBING, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork
from shared.topology import input_queues
from tests.builders.processing import agency_registered

NOTED = "lienthong.routing.itinerary-completed"
REGISTERED = "lienthong.routing.agency-registered"
SOURCE = Epochs("routing").source
POISON = "poison"
NEEDS = "needs "

POISONED = Problem("poisoned", 422, "Không xử lý được {text}", "{text} cannot be handled")


def dossier(number: int) -> UUID:
    """Return the id of the dossier with that number."""
    return uuid5(NAMESPACE_OID, f"dossier {number}")


def neighbour(number: int, *, same_partition: bool) -> UUID:
    """Return another dossier, in the same partition as the one with that number or in another."""
    own = partition_of(str(dossier(number)))
    others = (dossier(other) for other in range(number + 1, number + 1000))
    return next(it for it in others if (partition_of(str(it)) == own) is same_partition)


class Notes(Aggregate):
    """What was noted on one dossier."""

    TOPIC = "tests.notes"

    texts: tuple[str, ...] = ()

    class Event(Aggregate.Event):
        TOPIC = "tests.notes.event"

    class Begun(Event, Aggregate.Created):
        TOPIC = "tests.notes.begun"

    class Noted(Event):
        TOPIC = "tests.notes.noted"

        text: str

        def apply(self, aggregate: Notes) -> None:
            aggregate.texts = (*aggregate.texts, self.text)

    class Registered(Event):
        TOPIC = "tests.notes.registered"

        agency: str

    def note(self, act: Act, text: str) -> None:
        self.record(self.Noted, act, text=text)

    def register(self, act: Act, agency: str) -> None:
        self.record(self.Registered, act, agency=agency)


class Notebook(Application):
    """All notes."""

    name = "notebook"

    def notes(self, act: Act) -> Notes:
        """Return the notes on a dossier, new ones if there are none."""
        found = self.find(act.root)
        if not isinstance(found, Notes):
            found = Notes.begin(Notes.Begun, act.root, act)
            self.add(found)
        return found


class Process:
    """A process over a database; opened again it is the next life of the same service."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.application = Notebook(LogRecorder(database))
        self.unit = UnitOfWork(database, self.application)

    def act(self, root: UUID) -> Act:
        now = self.clock.now()
        return Act(Actor(SYSTEM, "tests"), now, now, now, root)

    def ask(self, sql: str, **params: Any) -> list[Any]:
        with self.database.transaction() as tx:
            return tx.execute(sql, params)

    def notes(self, root: UUID) -> list[str]:
        """Return the texts noted on a dossier as they are stored."""
        stored = LogRecorder(self.database).select_events(root)
        events = (self.application.mapper.to_domain_event(event) for event in stored)
        return [event.text for event in events if isinstance(event, Notes.Noted)]


class Writer(Process):
    """Notes, and publishes what it noted."""

    def __init__(
        self, database: Database, clock: Clock, broker: Broker, epochs: Epochs | None = None
    ) -> None:
        super().__init__(database, clock)
        self.publisher = LogPublisher(
            "routing",
            database,
            LogRecorder(database),
            Translator(
                epochs or Epochs("routing"),
                {
                    Notes.Noted: (NOTED, lambda event: {"code": event.text}),
                    Notes.Registered: (REGISTERED, lambda event: agency_registered(event.agency)),
                },
                to_event_with(self.application.mapper),
            ),
            broker,
            clock,
        )

    def write(self, root: UUID, *texts: str) -> None:
        def work(_tx: Transaction) -> None:
            notes = self.application.notes(self.act(root))
            for text in texts:
                notes.note(self.act(root), text)

        self.unit.run(work)

    def register(self, agency: str) -> None:
        root = uuid5(NAMESPACE_OID, agency)
        self.unit.run(lambda _tx: self.application.notes(self.act(root)).register(self.act(root), agency))

    def publish(self) -> None:
        while self.publisher.run_once():
            pass

    def position(self) -> int:
        return int(self.ask("SELECT position FROM published")[0][0])


class Listener(Process):
    """Hears of notes and writes them down as its own."""

    def __init__(self, database: Database, clock: Clock, broker: Broker) -> None:
        super().__init__(database, clock)
        self.broker = broker
        self.before: Callable[[str], None] = lambda _text: None
        """Called before each note that is taken in: a test's own trouble."""
        consumer = HandlerTable(
            {NOTED: self._note, REGISTERED: self._register},
            clock,
            "processing",
            prefetch=self.application.prefetch,
            aggregate_of=lambda message: UUID(message.rootid) if message.rootid else None,
            references={REGISTERED: lambda message: f"agency/{message.data['agency']}"},
        )
        self.handler = BatchHandler("processing", self.unit, consumer, clock)
        self.subscription: Subscription | None = None
        self.publisher: Publisher | None = None

    def connect(self) -> None:
        """Do as the entrypoint does whenever its connection is new."""
        self.disconnect()
        self.subscription = self.broker.subscribe(input_queues("processing"), prefetch=400)
        self.publisher = self.broker.publisher()
        self.publisher.publish(self.handler.connected())

    def disconnect(self) -> None:
        for end in (self.subscription, self.publisher):
            if end is not None:
                end.close()
        self.subscription = self.publisher = None

    def take(self, limit: int = 200, wait_seconds: float = 0) -> list[Delivery]:
        if self.subscription is None:
            self.connect()
        assert self.subscription
        return self.subscription.take(limit, wait_seconds)

    def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Handle a batch and acknowledge it, as the entrypoint does."""
        requests = [request.to_outgoing() for request in self.handler.handle(deliveries)]
        assert self.subscription
        assert self.publisher
        if requests:
            self.publisher.publish(requests)
        self.subscription.ack(deliveries)

    def hear(self, limit: int = 200) -> int:
        """Take everything that lies there, in batches; return how many messages it were."""
        heard = 0
        while deliveries := self.take(limit):
            self.settle(deliveries)
            heard += len(deliveries)
        return heard

    def parked(self, columns: str = "reason_class") -> list[Any]:
        """Return what is parked, oldest first."""
        rows = self.ask(f"SELECT {columns} FROM parked WHERE state = 'parked' ORDER BY id")
        return [row[0] for row in rows] if "," not in columns else rows

    def _note(self, message: Message, data: dict[str, Any], act: Act) -> None:
        text = data["code"]
        self.before(text)
        if text.startswith(POISON):
            self.application.notes(act).note(act, f"half of {text}")
            raise RefusedError(POISONED, text=text)
        if text.startswith(NEEDS) and not self._knows(text.removeprefix(NEEDS)):
            raise NotYetKnownError(f"agency/{text.removeprefix(NEEDS)}")
        self.application.notes(act).note(act, text)

    def _register(self, _message: Message, data: dict[str, Any], _act: Act) -> None:
        with self.database.transaction() as tx:
            sql = "INSERT INTO known (agency) VALUES (:agency) ON CONFLICT (agency) DO NOTHING"
            tx.execute(sql, {"agency": data["agency"]})

    def _knows(self, agency: str) -> bool:
        return bool(self.ask("SELECT 1 FROM known WHERE agency = :agency", agency=agency))


def prepare(database: Database) -> None:
    """Make the tables of either service."""
    migrate(database, [PLUMBING])
    with database.transaction() as tx:
        tx.execute("CREATE TABLE known (agency text PRIMARY KEY)")


def note(root: UUID, text: str, position: int, previous: int, clock: Clock, **attributes: Any) -> Message:
    """Return a message as the writer would publish it."""
    given: dict[str, Any] = {
        "id": str(position),
        "source": SOURCE,
        "type": NOTED,
        "subject": f"dossier/{root}",
        "time": to_text(clock.now()),
        "dataschema": schema_uri(NOTED, 1),
        "data": {"code": text},
        "rootid": str(root),
        "partitionkey": str(root),
        "sourceposition": position,
        "previousposition": previous,
    }
    return Message(**(given | attributes))


def delivered(message: Message | bytes, headers: dict[str, Any] | None = None, tag: int = 1) -> Delivery:
    """Return a message as the broker would hand it over."""
    body = message if isinstance(message, bytes) else message.to_bytes()
    return Delivery(
        queue="processing.in.0",
        body=body,
        exchange="lienthong.events",
        routing_key="routing.itinerary-completed",
        message_id="m",
        headers=headers or {},
        content_type="application/cloudevents+json",
        user_id=None,
        redelivered=False,
        tag=tag,
    )
