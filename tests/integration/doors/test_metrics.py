"""`/metrics`: every service in numbers, without a token and without anything personal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.fixtures.doors import Caller, System
from tests.integration.doors.conftest import open_leg, received

pytestmark = pytest.mark.integration

OBSERVABILITY = Path(__file__).parents[3] / "deploy" / "observability"
SERVICES = ("intake", "routing", "processing", "statistics")
PUBLISHERS = ("intake", "routing", "processing")
LABELS = {
    "loop",
    "method",
    "door",
    "status",
    "code",
    "le",
    "source",
    "producer",
    "reason",
    "deadline",
    "agency",
}

Scrape = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(caller: Caller, service: str) -> Scrape:
    response = caller.get(service, "/metrics")
    assert response.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def value(scraped: Scrape, name: str, **labels: str) -> float:
    return scraped.get((name, frozenset(labels.items())), 0.0)


@pytest.fixture
def stranger(system: System) -> Caller:
    return Caller(system.urls, None)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_says_how_it_is_to_whoever_scrapes(stranger: Caller, service: str) -> None:
    scraped = scrape(stranger, service)
    assert value(scraped, "lienthong_database_up") == 1
    ages = {dict(labels)["loop"]: at for (name, labels), at in scraped.items() if "since_work" in name}
    assert {"take", "publish"} <= ages.keys()
    assert max(ages.values()) < 45
    told = value(scraped, "lienthong_unpublished_events") if service in PUBLISHERS else 0
    assert told < 1000
    assert (("lienthong_published_position", frozenset()) in scraped) == (service in PUBLISHERS)


def test_what_is_done_is_counted_and_nobody_is_named(officer: Caller, stranger: Caller) -> None:
    before = scrape(stranger, "intake")
    dossier = received(officer)
    officer.post("intake", "/v1/dossiers/not-a-dossier/receive", {})
    assert stranger.get("intake", "/v1/who-knows/079012345678").status_code == 404
    after = scrape(stranger, "intake")

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("lienthong_http_requests_total", method="POST", door="/v1/submissions", status="201") == 1
    assert more("lienthong_http_requests_total", method="none", door="none", status="404") == 1
    assert more("lienthong_unit_seconds_count") >= 1
    assert more("lienthong_events_recorded") >= 2
    refusals = {dict(labels)["code"] for (name, labels) in after if name == "lienthong_refusals_total"}
    assert refusals - {""}
    assert all(re.fullmatch("[a-z-]+", code) for code in refusals)
    text = stranger.get("intake", "/metrics").text
    assert str(dossier) not in text
    assert "079012345678" not in text
    assert {name for _, labels in after for name, _ in labels} <= LABELS


def test_lines_refused_in_a_batch_are_counted_by_code(officer: Caller, stranger: Caller) -> None:
    before = value(scrape(stranger, "intake"), "lienthong_refusals_total", code="malformed")
    officer.lines("intake", b"no json", b"nor this")
    assert value(scrape(stranger, "intake"), "lienthong_refusals_total", code="malformed") == before + 2


def test_processing_tells_how_far_it_has_heard_and_what_it_took(
    first: Caller, officer: Caller, stranger: Caller
) -> None:
    open_leg(first, received(officer))
    scraped = scrape(stranger, "processing")
    assert value(scraped, "lienthong_heard_position", source="/lienthong/routing/1") > 0
    assert 0 <= value(scraped, "lienthong_heard_age_seconds", producer="routing") < 60
    assert value(scraped, "lienthong_batch_messages_sum", loop="take") > 0
    assert value(scraped, "lienthong_loop_faults_total", loop="take") == 0


def test_whatever_alerts_and_dashboard_ask_for_is_there_to_be_scraped(
    administrator: Caller, first: Caller, officer: Caller, stranger: Caller
) -> None:
    open_leg(first, received(officer))
    administrator.get("intake", "/v1/who-knows")
    there = set[str]()
    for service in SERVICES:
        for family in text_string_to_metric_families(stranger.get(service, "/metrics").text):
            there |= {family.name, *(sample.name for sample in family.samples)}
            if family.type == "counter":
                there.add(f"{family.name}_total")
    asked = set[str]()
    for name in ("alerts.yaml", "dashboard.json", "../../docs/observability.md"):
        asked |= set(re.findall("lienthong_[a-z_]+", (OBSERVABILITY / name).read_text(encoding="utf-8")))
    assert len(asked) > 15
    assert asked - there == set()
