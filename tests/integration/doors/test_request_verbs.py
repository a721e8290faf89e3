"""The verbs on reminders and requests, on a running system."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.cli import answering
from deploy.cli import request as verbs
from deploy.cli.output import fail
from deploy.play.client import DoorError
from deploy.reach import Reached
from tests.builders.doors import BYSTANDER, FIRST, SECOND
from tests.fixtures.doors import System

pytestmark = pytest.mark.integration

ISSUED = ["--issuer", BYSTANDER, "--subject", "Tiến độ", "--basis", "Công văn 1", "--due", "2090-01-31"]


@pytest.fixture
def verb(system: System, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a verb and return its JSON; a refusal returns its words."""

    @contextmanager
    def reached(*_where: Any) -> Iterator[Reached]:
        try:
            yield Reached(system.urls, system.home, None, embedded=True)
        except DoorError as error:
            fail(error.code, error.code)

    for module in (verbs, answering):
        monkeypatch.setattr(module, "reached_or_fail", reached)

    def run(*words: str) -> Any:
        command = verbs.remind if words[0] == "remind" else verbs.request
        rest = words[1:] if words[0] == "remind" else words
        result = CliRunner().invoke(command, [*rest, "--json"])
        return json.loads(result.stdout) if result.exit_code == 0 else result.output

    return run


def test_a_reminder_is_issued_answered_and_withdrawn(verb: Callable[..., Any], tmp_path: Path) -> None:
    paper = tmp_path / "bao-cao.txt"
    paper.write_text("Báo cáo", encoding="utf-8")
    issued = verb("remind", *ISSUED, "--reference", "V1", "--to", FIRST, "--to", SECOND)
    request = issued["request"]
    assert (issued["kind"], [one["agency"] for one in issued["addressees"]]) == ("reminder", [FIRST, SECOND])
    assert verb("receive", request, "--agency", FIRST, "--officer", "Chị Lan")["state"] == "open"
    answered = verb("answer", request, "--agency", FIRST, "--text", "Xong", "--attach", str(paper))
    assert answered["addressees"][0]["attachments"][0]["name"] == "bao-cao.txt"
    assert request in {one["request"] for one in verb("list", "--agency", SECOND)["requests"]}
    assert "no-proposal" in verb("decline", request, "--agency", FIRST, "--basis", "QĐ 1")
    assert verb("consolidate", request, "--text", "Một đơn vị xong")["state"] == "consolidated"
    assert verb("withdraw", request, "--reason", "Hết cần")["state"] == "withdrawn"
    assert verb("show", request)["withdrawn"] == "Hết cần"


def test_who_is_asked_must_be_said_and_a_proposal_whole(verb: Callable[..., Any]) -> None:
    assert "--below-target" in verb("issue", *ISSUED, "--reference", "V2")
    assert "--year" in verb("issue", *ISSUED, "--reference", "V2", "--below-target", "online")
    nobody = verb("issue", *ISSUED, "--reference", "V2", "--below-target", "online", "--year", "2019")
    assert "no unit" in nobody
    assert "--until" in verb("issue", *ISSUED, "--reference", "V2", "--late-from", "2019-01-01")
    period = ("--late-from", "1991-01-01", "--until", "1991-12-31")  # before any other test's dossier
    assert "no unit" in verb("remind", *ISSUED, "--reference", "V2", *period)
    assert "--reason" in verb("answer", "x", "--agency", FIRST, "--text", "y", "--propose", "40")
    assert "unknown-request" in verb("approve", "x", "--agency", FIRST, "--basis", "z")
