"""What `/metrics` reads from processing's tables, on each database: agencies, deadlines, and no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from time import monotonic

import eventlet
import pytest
from prometheus_client.core import Metric

from services.processing.api.measures import delivery_measures
from services.processing.tables.standing import DeliveryStanding
from shared.entrypoints import health
from shared.entrypoints.metrics import StateCollector
from shared.persistence.database import Database, DatabaseUnavailableError
from tests.builders.processing import LAND, TAX
from tests.integration.processing.conftest import Office
from tests.integration.processing.test_serving import dossier, send, serve

pytestmark = pytest.mark.integration

HOUR = timedelta(hours=1)

Values = Mapping[tuple[str, ...], float]


def collected(office: Office, database: Database | None = None) -> dict[str, Values]:
    collector = StateCollector(database or office.database, office.clock, {"take": 0.0}, lambda _at: None)
    collector.also(delivery_measures(DeliveryStanding(office.database)))
    families: list[Metric] = list(collector.collect())
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in families
    }


def test_each_agencys_line_and_its_oldest_unanswered(office: Office) -> None:
    serve(office, window=2)
    for number in range(3):
        office.open_leg(dossier=dossier(number))
    send(office)
    office.clock.advance(HOUR)
    office.open_leg(agency=TAX, dossier=dossier(9))
    told = collected(office)
    assert told["lienthong_delivery_sent"][(LAND,)] == 2
    assert told["lienthong_delivery_waiting"][(LAND,)] == 1
    assert told["lienthong_delivery_waiting"][(TAX,)] == 1
    assert told["lienthong_delivery_oldest_seconds"][(LAND,)] == HOUR.total_seconds()
    assert told["lienthong_delivery_oldest_seconds"][(TAX,)] == 0
    assert told["lienthong_delivery_parked"][(LAND,)] == 0
    assert told["lienthong_delivery_paused"][(LAND,)] == 0


def test_a_deadline_is_due_from_its_moment_and_ever_later_until_it_is_rung(office: Office) -> None:
    insert = "INSERT INTO deadline (aggregate_id, name, version, fires_at, state) VALUES (:id, 'x', 1, :at, :state)"
    now = office.clock.now()
    with office.database.transaction() as tx:
        tx.execute(insert, {"id": dossier(1), "at": now - HOUR, "state": "pending"})
        tx.execute(insert, {"id": dossier(2), "at": now + HOUR, "state": "pending"})
        tx.execute(insert, {"id": dossier(3), "at": now - 2 * HOUR, "state": "fired"})
    told = collected(office)
    assert told["lienthong_deadlines_due"][("x",)] == 1
    assert told["lienthong_deadline_late_seconds"][("x",)] == HOUR.total_seconds()
    with office.database.transaction() as tx:
        tx.execute("UPDATE deadline SET state = 'fired'")
    assert collected(office)["lienthong_deadlines_due"] == {}


def test_without_its_database_a_service_still_tells_its_threads_ages(office: Office) -> None:
    class Away:
        def transaction(self) -> None:
            msg = "away"
            raise DatabaseUnavailableError(msg)

    told = collected(office, Away())  # type: ignore[arg-type]
    assert told["lienthong_database_up"] == {(): 0}
    assert told["lienthong_loop_seconds_since_work"][("take",)] > 0
    assert told.keys() == {"lienthong_database_up", "lienthong_loop_seconds_since_work"}


def test_a_database_that_does_not_answer_keeps_nobody_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        def transaction(self) -> None:
            eventlet.sleep(20)

    monkeypatch.setattr(health, "LOOKED_SECONDS", 0.1)
    began = monotonic()
    assert collected(office, Silent())["lienthong_database_up"] == {(): 0}  # type: ignore[arg-type]
    with pytest.raises(DatabaseUnavailableError):
        health.health_of("processing", Silent(), {})  # type: ignore[arg-type]
    assert monotonic() - began < 5
