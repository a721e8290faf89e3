"""Rebuilding behind everybody's back: begun at a door, watched at another."""

from __future__ import annotations

import pytest

from deploy.contracts.operations.statistics_answers import RebuildStanding
from tests.contract.messages.test_answers import check
from tests.fixtures.doors import Caller, System, refused, taken, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]


def test_a_rebuild_goes_on_behind_and_says_how_far_it_is(
    system: System, administrator: Caller, officer: Caller, dossier: str
) -> None:
    system.settle()
    assert dossier
    period = {"from": "2020-01-01", "to": "2029-12-31", "by": "unit"}
    before = taken(officer.get("statistics", "/v1/reports/resolution", **period))["rows"]
    begun = taken(administrator.post("statistics", "/v1/rebuilds?wait=no", {}))
    assert begun["state"] == "running"

    def ended() -> list[dict[str, object]]:
        standing = taken(administrator.get("statistics", "/v1/rebuilds"))
        check(RebuildStanding, standing)
        now = taken(officer.get("statistics", "/v1/reports/resolution", **period))["rows"]
        assert now == before, "readers notice nothing, neither meanwhile nor at the swap"
        return [] if standing["state"] == "running" else [standing]

    (standing,) = wait_for(ended)
    assert (standing["state"], standing["code"]) == ("finished", None)
    assert standing["done"] == standing["of"]
    assert standing["done"]
    assert standing["outcome"]["sha256"] == standing["outcome"]["previous_sha256"]


def test_who_may_not_begin_or_watch_it_is_refused(officer: Caller, administrator: Caller) -> None:
    refused(officer.post("statistics", "/v1/rebuilds?wait=no", {}), 403, "forbidden")
    refused(officer.get("statistics", "/v1/rebuilds"), 403, "forbidden")
