"""Whatever agencies' systems do wrong, all at once: nothing is lost, nothing done twice, and somebody is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.end_to_end.records import assert_ledger_is_whole, settled
from tests.end_to_end.reliability.agencies import FAULTS
from tests.end_to_end.reliability.site import Desk, Site, working
from tests.end_to_end.reliability.table import Row

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(600)]

Going = Mapping[str, Future[Row]]


@pytest.fixture(scope="module")
def going(site: Site) -> Iterator[Going]:
    """Every fault under way, while a well agency works beside them."""
    with working(site, "well") as worker, ThreadPoolExecutor(len(FAULTS) + 1) as threads:
        desk = Desk(site, "well", "beside").start()
        under_way = {name: threads.submit(fault, site) for name, fault in FAULTS.items()}

        def beside() -> Row:
            for one in under_way.values():
                one.exception()
            dossiers = desk.close()
            site.await_done("well", dossiers)
            return site.row("well", worker, dossiers, {}, None)

        yield {**under_way, "well": threads.submit(beside)}


@pytest.mark.parametrize("fault", [*FAULTS, "well"])
def test_nothing_is_lost_or_done_twice_whatever_an_agency_does(going: Going, site: Site, fault: str) -> None:
    site.table.add(going[fault].result(500))


def test_the_ledger_has_it_all(going: Going, site: Site) -> None:
    settled(site.stack)
    assert_ledger_is_whole(site.stack)
