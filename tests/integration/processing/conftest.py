"""Processing over a real database, once on each engine: all but the nameko service around it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import services.processing
from services.processing.application import Ladder, Processing, RefusedActs, Requests, Servings, Targets
from services.processing.commands import CommandConsumer
from services.processing.deadlines import TermsOfLegs
from services.processing.deliverer import Deliverer
from services.processing.messages import Letters
from services.processing.senders import Senders
from services.processing.tables.agencies import AgencyTable
from services.processing.tables.deliveries import DeliveryTable
from services.processing.tables.ledger import DeliveryLedger
from services.processing.tables.parked import ParkedHandOvers
from services.processing.tables.reminders import ReminderTable
from services.processing.tables.requests import RequestTable
from services.processing.tables.ways import WayTable
from services.processing.tables.worklist import WorklistTable
from shared.clock import SetClock
from shared.messaging.broker import Broker, Delivery, Publisher
from shared.persistence.database import Database
from shared.persistence.deadlines import DeadlineTable
from shared.persistence.migrations import PLUMBING, MigrationSet, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.unit_of_work import UnitOfWork
from shared.topology import agency_queue
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.processing import LAND, MORNING, TAX, act_at, agency_registered, leg_opened

MIGRATIONS = MigrationSet("processing", Path(services.processing.__file__ or "").parent / "migrations")


class Office:
    """One process of processing, and what a test wants to ask of its database."""

    def __init__(self, database: Database, clock: SetClock) -> None:
        self.database, self.clock = database, clock
        self.agencies = AgencyTable(database)
        self.deadlines = DeadlineTable()
        self.worklist = WorklistTable(database)
        self.deliveries = DeliveryTable(Letters("/lienthong/processing/1"), clock)
        recorder = LogRecorder(database)
        self.ways, self.parked = WayTable(database), ParkedHandOvers(database)
        tables = (self.agencies, self.deliveries, self.deadlines, self.worklist)
        self.reminders = ReminderTable(database)
        ladder = Ladder(self.agencies, self.deadlines, self.reminders, vietnam_calendar())
        self.application = Processing(recorder, *tables, ladder)
        self.request_table = RequestTable(database)
        targets = Targets(self.application, self.agencies)
        self.requests = Requests(
            self.application, self.agencies, self.deliveries, self.deadlines, self.request_table, targets
        )
        collaborators = (*tables, self.ways, self.reminders, self.request_table)
        self.unit = UnitOfWork(database, self.application, collaborators)
        self.servings = Servings(self.application, self.agencies, self.ways, self.parked)
        self.ledger = DeliveryLedger(database)
        tables_of = (self.request_table, self.deadlines)
        self.terms = TermsOfLegs(self.unit, self.application, self.requests, *tables_of, clock)

    def commands(self, *, verify: bool = True) -> CommandConsumer:
        senders = Senders(verify=verify)
        return CommandConsumer(
            self.unit,
            self.application,
            self.requests,
            RefusedActs(self.application, self.clock),
            self.agencies,
            self.deliveries,
            self.clock,
            senders,
        )

    def register(self, agency: str, *, connected: bool = True) -> None:
        with self.unit.begin():
            self.agencies.register(agency_registered(agency, connected=connected))

    def open_leg(self, *, at: datetime | None = None, **leg: Any) -> UUID:
        opened = leg_opened(**leg)
        root = leg.get("dossier")
        act = act_at(at or self.clock.now(), **({"root": root} if root else {}))
        with self.unit.begin():
            self.application.open_work(opened, act)
        return UUID(opened["leg"])

    def execute(self, command: str, leg: UUID, agency: str = LAND, **fields: Any) -> dict[str, Any]:
        act = replace(act_at(self.clock.now(), agency=agency), causation=f"/agencies/{agency}/{command}")
        return self.unit.run(
            lambda _tx: self.application.execute(command, {"leg": leg, **fields}, act, agency),
        )

    def rows(self, sql: str, **params: Any) -> list[Any]:
        with self.database.transaction() as tx:
            return tx.execute(sql, params)

    def one(self, sql: str, **params: Any) -> Any:
        (row,) = self.rows(sql, **params)
        return row

    def topics(self, leg: UUID) -> list[str]:
        """Return what happened to a work, without who was reminded of it."""
        stored = LogRecorder(self.database).select_events(leg)
        topics = [event.topic.removeprefix("processing.work.") for event in stored]
        return [topic for topic in topics if topic != "reminded"]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MORNING)


@pytest.fixture
def open_office(open_database: Callable[[], Database], clock: SetClock) -> Callable[[], Office]:
    """Opens one process after the other on the same database; two agencies are known to it."""
    migrate(open_database(), [PLUMBING, MIGRATIONS])

    def open_one() -> Office:
        return Office(open_database(), clock)

    first = open_one()
    first.register(LAND)
    first.register(TAX)
    return open_one


@pytest.fixture
def office(open_office: Callable[[], Office]) -> Office:
    return open_office()


def received(broker: Broker, agency: str, expected: int) -> list[Delivery]:
    """Take what lies on an agency's queue."""
    taken: list[Delivery] = []
    with closing(broker.subscribe([agency_queue(agency)], prefetch=100)) as subscription:
        while len(taken) < expected:
            batch = subscription.take(100, 10)
            assert batch, f"only {len(taken)} of {expected} messages came"
            subscription.ack(batch)
            taken += batch
        taken += subscription.take(100, 0)
    return taken


def deliverer(office: Office, publisher: Callable[[], Publisher]) -> Deliverer:
    return Deliverer(office.ledger, publisher, office.clock)
