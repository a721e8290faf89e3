"""An agency that lost what it had gets it again: with the service killed in the middle, and with two operators."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from threading import Barrier
from typing import Any

import pytest

from deploy.play.client import DoorError
from deploy.stack import Stack
from shared.contracts.envelope import Message
from tests.end_to_end import province
from tests.end_to_end.command_line import lienthong
from tests.end_to_end.records import number
from tests.end_to_end.reliability.site import AGENCIES, LEGS, Site, working
from tests.end_to_end.reliability.table import Row
from tests.end_to_end.reliability.worker import out_of_order
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(600)]

DOSSIERS = 40
RATE = 20
TO = ("--to", f"agency.{AGENCIES['replayed']}")
EFFECTS = "SELECT count(*) FROM processing.event WHERE topic LIKE 'processing.work.%%'"
UNANSWERED = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND state <> 'answered' AND kind = 'hand-over'"


@pytest.fixture(scope="module")
def dossiers(site: Site) -> list[str]:
    """Dossiers whose every hand-over the agency has worked off."""
    with working(site, "replayed"):
        filed = site.submit("replayed", DOSSIERS)
        site.await_done("replayed", filed)
    return filed


def replay(stack: Stack, *words: str) -> Any:
    done = lienthong("replay", *words, "--run", str(stack.directory), "--json")
    assert done.status == 0, done.err
    return done.json


def row(fault: str, site: Site, arrived: list[Message], acted: int, done: dict[str, int]) -> Row:
    """Count what came of a replay of everything."""
    ids = {message.id for message in arrived}
    sent = LEGS * DOSSIERS
    return Row(
        fault=fault,
        done=done,
        sent=sent,
        delivered=len(ids),
        lost=sent - len(ids),
        twice=number(site.stack, EFFECTS) - acted,
        copies=len(arrived) - len(ids),
        disorder=out_of_order(arrived),
        alert=None,
        fired_after=None,
        cleared_after=None,
    )


def test_a_replay_is_killed_half_way(site: Site, dossiers: list[str]) -> None:
    acted = number(site.stack, EFFECTS)
    preview = replay(site.stack, *TO, "--dry-run")
    assert preview["messages"] == LEGS * DOSSIERS
    watch = site.watch("ServiceDown", service="processing")
    with working(site, "replayed") as worker:
        begun = replay(site.stack, *TO, "--rate", str(RATE), "--yes", "--reason", "Mất dữ liệu")
        eventually(lambda: len(worker.arrived) >= RATE, "the replay is under way")
        site.stack.stop_service("processing", signal.SIGKILL)
        came = len(worker.arrived)
        watch.fires()
        site.stack.start_service("processing")
        watch.heal()
        done = replay(site.stack, "show", begun["id"], "--follow")
        eventually(lambda: len({one.id for one in worker.arrived}) == LEGS * DOSSIERS, "all of it came", 30)
        seen = watch.clears()
    assert (done["state"], done["sent"], done["superseded"]) == (
        "finished",
        preview["messages"],
        preview["superseded"],
    )
    assert {message.replayid for message in worker.arrived} == {begun["id"]}
    found = row("replay-killed", site, worker.arrived, acted, {"came before": came})
    assert found.copies <= RATE, "at most the page that was under way comes twice"
    site.table.add(replace(found, **asdict(seen)))
    assert number(site.stack, UNANSWERED, AGENCIES["replayed"]) == 0
    assert replay(site.stack, "list", "--agency", AGENCIES["replayed"])[0]["id"] == begun["id"]


def test_two_operators_replay_the_same_lot(site: Site, dossiers: list[str]) -> None:
    acted = number(site.stack, EFFECTS)
    together = Barrier(2)
    asked = {
        "agency": AGENCIES["replayed"],
        "from": None,
        "until": None,
        "rate": 200,
        "reason": "Mất dữ liệu",
    }

    def order(operator: str) -> dict[str, Any]:
        with province.at(site.stack, "processing", "administrator", operator) as client:
            together.wait(20)
            try:
                answer: dict[str, Any] = client.post("/v1/replays", asked, f"both/{operator}")
            except DoorError as refused:
                return {"refused": refused.code, "said": refused.en}
            return answer

    with working(site, "replayed") as worker, ThreadPoolExecutor(2) as operators:
        answers = sorted(operators.map(order, ("H72.1", "H72.2")), key=lambda answer: "refused" in answer)
        begun, refused = answers
        assert refused["refused"] == "replay-under-way"
        assert begun["id"] in refused["said"]
        assert replay(site.stack, "show", begun["id"], "--follow")["sent"] == LEGS * DOSSIERS
        eventually(lambda: len(worker.arrived) >= LEGS * DOSSIERS, "all of it came")
        assert [alert["labels"]["alertname"] for alert in site.prometheus.firing()] == []
    assert {message.replayid for message in worker.arrived} == {begun["id"]}
    found = row("two-operators", site, worker.arrived, acted, {"refused": 1})
    assert found.copies == 0
    site.table.add(found)
