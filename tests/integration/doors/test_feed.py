"""The ranking as it changes, heard by real listeners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from deploy.contracts.operations.statistics_answers import ReportAnswer
from shared.clock import VIETNAM, SystemClock
from tests.builders.doors import submission
from tests.contract.messages.test_answers import check
from tests.fixtures.doors import Caller, System, refused, taken

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

FILE = Path(__file__).parents[3] / "deploy/rule-sets/quyet-dinh-766.yaml"
TODAY = SystemClock().now().astimezone(VIETNAM)
YEAR = {"from": f"{TODAY.year}-01-01", "to": f"{TODAY.year}-12-31", "rules": "quyet-dinh-766"}


@pytest.fixture(scope="module", autouse=True)
def _adopted(administrator: Caller) -> None:
    taken(administrator.post("statistics", "/v1/rule-sets", rules()))


def rules() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


@contextmanager
def listening(caller: Caller, known: int | None = None) -> Iterator[Iterator[dict[str, Any]]]:
    """Listen; what is given is each event as it comes."""
    headers = {"Authorization": f"Bearer {caller.token}"} | ({"Last-Event-ID": str(known)} if known else {})
    url = f"{caller.urls['statistics']}/v1/feeds/ranking"
    with requests.get(url, params=YEAR, headers=headers, stream=True, timeout=30) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield _events(answer)


def _events(answer: requests.Response) -> Iterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    for line in answer.iter_lines():
        name, _, value = line.decode().partition(": ")
        if name == "data":
            event["data"] = json.loads(value)
        elif name in {"id", "event"}:
            event[name] = value
        elif not line and event:
            yield event
            event = {}


def test_a_listener_hears_the_ranking_and_each_change_and_a_slow_one_holds_up_nobody(
    system: System, administrator: Caller, officer: Caller
) -> None:
    system.settle()
    with listening(officer), listening(officer) as events:  # the first never reads
        told = next(events)
        assert told["event"] == "ranking"
        check(ReportAnswer, told["data"])
        taken(
            administrator.post(
                "statistics", "/v1/rule-sets", {**rules(), "version": 2, "groups": rules()["groups"][:2]}
            )
        )
        told_later = next(events)
        assert int(told_later["id"]) > int(told["id"])
        assert (told["data"]["rows"][0]["max"], told_later["data"]["rows"][0]["max"]) == ("100.00", "38.00")
    with listening(officer, known=int(told["id"])) as events:
        assert int(next(events)["id"]) >= int(told_later["id"]), "who comes back hears what is newer"


def test_what_cannot_be_told_is_refused_at_once(officer: Caller) -> None:
    path = "/v1/feeds/ranking"
    refused(officer.get("statistics", path, **{**YEAR, "rules": "khac"}), 404, "no-rule-set")
    refused(officer.get("statistics", path, rules="x"), 422, "invalid")
    refused(officer.get("statistics", path, **YEAR, unit="x"), 422, "not-a-list")
    refused(Caller(officer.urls, "wrong").get("statistics", path, **YEAR), 401, "unauthenticated")


def test_what_was_received_is_told_as_it_grows(officer: Caller) -> None:
    url = f"{officer.urls['statistics']}/v1/feeds/resolution"
    headers = {"Authorization": f"Bearer {officer.token}"}
    period = {"from": YEAR["from"], "to": YEAR["to"]}
    with requests.get(url, params=period, headers=headers, stream=True, timeout=30) as answer:
        events = _events(answer)
        told = next(events)
        assert told["event"] == "resolution"
        check(ReportAnswer, told["data"])
        taken(officer.post("intake", "/v1/submissions", submission()))
        before = told["data"]["rows"]
        after = next(events)["data"]["rows"]
        assert after[0]["received_in_period"] > (before[0]["received_in_period"] if before else 0)
    refused(officer.get("statistics", "/v1/feeds/resolution", **period, rules="x"), 422, "not-a-list")
    refused(Caller(officer.urls, "wrong").get("statistics", "/v1/feeds/resolution"), 401, "unauthenticated")
