"""Whatever happens to the servers and services while dossiers flow: nothing is lost, and somebody is told."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import psycopg
import pytest

from deploy.provision import DATABASE, VHOST, provision_agency, provision_broker
from tests.end_to_end.records import assert_ledger_is_whole, number, settled
from tests.end_to_end.reliability.site import AGENCIES, DOSSIERS_UNREAD, Desk, Site, Watch, working
from tests.end_to_end.reliability.worker import Worker
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(600)]

TWO_MINUTES, A_WHILE = 120.0, 15.0


@dataclass(frozen=True, slots=True)
class Flow:
    """Dossiers that come in and are worked off all the time."""

    desk: Desk
    worker: Worker


@contextmanager
def flowing(site: Site, prefix: str) -> Iterator[Flow]:
    """Let dossiers flow meanwhile."""
    with working(site, "well") as worker:
        desk = Desk(site, "well", prefix).start()
        try:
            desk.came_through()
            yield Flow(desk, worker)
        finally:
            desk.close()


@pytest.fixture(autouse=True)
def mended(site: Site) -> Iterator[None]:
    """Let a test that failed leave nothing away to the next."""
    yield
    site.stack.start()


def counted(site: Site, fault: str, flow: Flow, watch: Watch, done: dict[str, int]) -> None:
    """Let the flow go on, wait for its end, see the alert clear and keep the row."""
    seen = watch.clears()
    flow.desk.came_through()
    dossiers = flow.desk.close()
    site.await_done("well", dossiers)
    site.table.add(site.row(fault, flow.worker, dossiers, {"dossiers": len(dossiers), **done}, seen))
    settled(site.stack)
    assert_ledger_is_whole(site.stack)


def test_rabbitmq_is_wiped_and_stays_away_until_somebody_is_told(site: Site) -> None:
    unread = site.submit("wiped", DOSSIERS_UNREAD)
    site.await_sent("wiped", DOSSIERS_UNREAD)
    watch = site.watch("LoopStalled", service="processing")
    with flowing(site, "wiped") as flow:
        site.stack.rabbit.control("delete_vhost", VHOST)
        watch.fires()
        provision_broker(site.stack.rabbit, site.stack.passwords)
        for agency in AGENCIES.values():
            provision_agency(site.stack.rabbit, site.stack.passwords, agency)
        watch.heal()
        with working(site, "wiped") as reader:
            site.await_done("wiped", unread)
            site.row("rabbitmq-wiped", reader, unread, {}, None).check()
        counted(site, "rabbitmq-wiped", flow, watch, {"lay unread": DOSSIERS_UNREAD})


def test_postgresql_is_away(site: Site) -> None:
    watch = site.watch("DatabaseAway", service="intake")
    with flowing(site, "postgresql") as flow:
        gone = monotonic()
        site.stack.postgres.stop()
        watch.fires()
        away = TWO_MINUTES if site.full else A_WHILE
        eventually(lambda: monotonic() - gone >= away, "PostgreSQL was away long enough", away + 30)
        site.stack.postgres.start()
        watch.heal()
        counted(site, "postgresql-away", flow, watch, {"seconds away": round(monotonic() - gone)})


def test_a_publisher_is_killed_between_publishing_and_moving_its_position(site: Site) -> None:
    watch = site.watch("ServiceDown", service="intake")
    with flowing(site, "publisher") as flow:
        with psycopg.connect(site.stack.postgres.admin_dsn(DATABASE)) as connection:
            ((position,),) = connection.execute("SELECT position FROM intake.published FOR UPDATE").fetchall()
            published_again = eventually(
                lambda: _heard_beyond(site, position), "more than noted was published"
            )
            site.stack.stop_service("intake", signal.SIGKILL)
        assert number(site.stack, "SELECT position FROM intake.published") == position
        watch.fires()
        site.stack.start_service("intake")
        watch.heal()
        counted(site, "publisher-killed", flow, watch, {"published again": published_again})


def _heard_beyond(site: Site, position: int) -> int:
    """Return how many of intake's events are in the ledger which its publisher has not noted as published."""
    sql = "SELECT count(*) FROM statistics.ledger WHERE source LIKE '/lienthong/intake/%%' AND message_id::bigint > %s"
    return number(site.stack, sql, position)
