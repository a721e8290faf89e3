"""A long history, written straight into the stores with every hash in place: to have something to read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast
from uuid import UUID, uuid5

from deploy.audit.stores import Stores
from services.statistics.ledger import entries
from shared.acts import Act, Actor
from shared.event_sourcing import Application
from shared.messaging.epochs import Epochs
from shared.messaging.publishing import Translator, to_event_with
from shared.partitions import partition_of
from shared.persistence.database import Database
from shared.persistence.recorder import LogRecorder
from shared.readings import Reading

SOURCES = ("intake", "routing", "processing")
BATCH = 2000
EVENTS_A_DOSSIER = 20
_NAMESPACE = UUID("2f8c3c55-8c53-4a2d-bb1c-8f0c6e0a6a11")
_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
_WHO = Actor("receiving_officer", "nguyen-thi-ha", "H19.01")


def made_up_history(stores: Stores, events: int) -> None:
    """Write so many events, in turn into each service's log and all of them into the ledger."""
    for number, start in enumerate(range(0, events, BATCH)):
        count = min(BATCH, events - start)
        _write(stores, SOURCES[number % len(SOURCES)], start, count)
    for name in SOURCES:
        _analyse(stores.databases[name], "event")
    _analyse(stores.statistics, "ledger")


def _write(stores: Stores, service: str, start: int, count: int) -> None:
    database = stores.databases[service]
    recorder = LogRecorder(database)
    application = Application(recorder)
    made = [_event(number) for number in range(start, start + count)]
    with database.transaction() as tx:
        [(before,)] = tx.execute("SELECT position FROM event_head")
        events = [cast("Reading.Recorded", event) for note in made for event in note.collect_events()]
        application.events.put(events, partitions=[partition_of(event.act["root"]) for event in events])
        tx.execute("UPDATE published SET position = :p", {"p": before + count})
    _enter(stores.statistics, service, application, recorder, before)


def _analyse(database: Database, table: str) -> None:
    """Let the database know its table, as it does by itself within a minute."""
    with database.transaction() as tx:
        tx.execute(f"ANALYZE {table}")


def _enter(
    database: Database, service: str, application: Application, recorder: LogRecorder, before: int
) -> None:
    translator = Translator(Epochs(service), {}, to_event_with(application.mapper))
    messages = [translator.message(entry) for entry in recorder.read_log(before, BATCH)]
    with database.transaction() as tx:
        entries.append(tx, [(message, message.to_bytes()) for message in messages], _AT)


def _event(number: int) -> Reading:
    root = uuid5(_NAMESPACE, str(number // EVENTS_A_DOSSIER))
    act = Act(_WHO, _AT, _AT, _AT, root=root, causation=f"/http/{number}")
    door = f"as long as events are on average: {'x' * 400}"
    return Reading.begin(Reading.Recorded, uuid5(_NAMESPACE, f"event {number}"), act, door=door)
