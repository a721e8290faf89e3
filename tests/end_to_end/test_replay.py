"""An agency that lost what it had gets it again: over RabbitMQ, with the service killed in the middle."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import pytest

from deploy.stack import Stack
from tests.end_to_end.own_system import own_system
from tests.end_to_end.province import DESK, POLICE, at, put_reference, submit
from tests.end_to_end.records import number
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(240)]

DOSSIERS = 24
RATE = 8


def lienthong(stack: Stack, *arguments: str, status: int = 0) -> Any:
    run = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "deploy.cli",
            "replay",
            *arguments,
            "--run",
            str(stack.directory),
            "--json",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == status, run.stderr
    return json.loads(run.stdout) if run.stdout else run.stderr


def test_a_replay_killed_half_way_goes_on_and_a_second_operator_is_refused(stack: Stack) -> None:
    put_reference(stack)
    stack.enrol(POLICE)
    began = "SELECT coalesce(max(sequence), 0) FROM processing.delivery"
    before = number(stack, began)
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        dossiers = set(submit(desk, DOSSIERS, "replayed"))
    sent = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND sequence > %s AND state = 'sent'"
    eventually(lambda: number(stack, sent, POLICE, before) == DOSSIERS, "hand-overs lie on the queue")
    with own_system(POLICE, stack.broker_url(f"agency.{POLICE}")) as system:
        first: dict[str, str] = {}
        while set(first.values()) != dossiers:
            message = system.next_message(60)
            system.say("accept-leg", message.data["leg"], cause=message.id)
            if message.data["dossier"] in dossiers:
                first[message.id] = message.data["dossier"]
        unanswered = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND sequence > %s AND state <> 'answered'"
        eventually(lambda: number(stack, unanswered, POLICE, before) == 0, "every hand-over is answered")
        works = "SELECT count(*) FROM processing.event WHERE topic LIKE 'processing.work.%%'"
        acted = number(stack, works)

        to_police = ("--to", f"agency.{POLICE}", "--procedure", "TH-DATDAI")
        preview = lienthong(stack, *to_police, "--dry-run")
        assert preview["messages"] >= DOSSIERS
        asked = (*to_police, "--rate", str(RATE), "--yes", "--reason", "Mất dữ liệu")
        begun = lienthong(stack, *asked)
        assert begun["messages"] == preview["messages"]
        refused = lienthong(stack, *asked, status=1)
        assert "replay-under-way" in refused
        assert begun["id"] in refused

        messages = [system.next_message(60) for _ in range(RATE)]
        stack.stop_service("processing", signal.SIGKILL)
        stack.start_service("processing")
        while len({message.id for message in messages}) < preview["messages"]:
            messages.append(system.next_message(90))
        done = lienthong(stack, "show", begun["id"], "--follow")

    assert (done["state"], done["sent"], done["superseded"]) == (
        "finished",
        preview["messages"],
        preview["superseded"],
    )
    assert {message.replayid for message in messages} == {begun["id"]}
    firsts = list(dict.fromkeys(message.id for message in messages))
    assert len(firsts) == preview["messages"]
    assert [one for one in firsts if one in first] == list(first), "in the order of the first time"
    assert len(messages) - len(firsts) <= RATE, "at most the page that was under way comes twice"
    assert number(stack, works) == acted, "no leg was changed"
    assert number(stack, unanswered, POLICE, before) == 0
    assert lienthong(stack, "list", "--agency", POLICE)[0]["id"] == begun["id"]
