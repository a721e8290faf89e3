"""statistics' own events are in the ledger as soon as they are recorded, those of an older log too."""

from __future__ import annotations

from contextlib import suppress

import pytest

from services.statistics.publisher import OwnLog
from shared.acts import Actor
from shared.messaging.epochs import Epochs
from shared.messaging.publishing import Translator, to_event_with
from shared.persistence.unit_of_work import UnitOfWork
from shared.readings import EVERYTHING, record_reading
from tests.builders.statistics import a_province
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration

OWN = "SELECT message_id, type FROM ledger WHERE source = '/lienthong/statistics/1' ORDER BY sequence"
KIND = "lienthong.statistics.internal-event"


def sealing(office: Office) -> UnitOfWork:
    translator = Translator(Epochs("statistics"), {}, to_event_with(office.application.mapper))
    own_log = OwnLog(office.database, translator, office.writer.append)
    return UnitOfWork(office.database, office.application, [own_log])


def read(office: Office) -> None:
    record_reading(office.application, office.clock, Actor("auditor", "ha"), EVERYTHING, "ledger")


def test_an_older_logs_events_are_entered_once(office: Office) -> None:
    office.take(a_province())
    assert office.ask(OWN) == []
    unit = sealing(office)
    for _twice in range(2):
        with unit.begin():
            pass
    assert office.ask(OWN) == [("1", KIND)]
    assert office.verify().broken is None


def test_an_event_is_entered_with_what_it_was_recorded_with_or_not_at_all(office: Office) -> None:
    unit = sealing(office)
    with unit.begin():
        read(office)
    assert office.ask(OWN) == [("1", KIND), ("2", KIND)]
    before = office.verify()
    with suppress(ZeroDivisionError), unit.begin():
        read(office)
        raise ZeroDivisionError
    assert office.verify() == before
    with unit.begin():
        read(office)
    assert office.ask(OWN) == [("1", KIND), ("2", KIND), ("3", KIND)]


def test_more_than_a_batch_is_entered_in_order_and_changes_no_figure(office: Office) -> None:
    office.take(a_province())
    before = office.digest()
    with sealing(office).begin():
        for _ in range(1200):
            read(office)
    assert office.ask(OWN) == [(str(number), KIND) for number in range(1, 1202)]
    assert office.digest() == before
    assert office.verify().broken is None
