"""Reports that go out: through the doors and the verbs, to the paper and the offline check of the signature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.cli import publication as verbs
from deploy.cli.publication import publication
from deploy.contracts.operations.publications import (
    ChangesAnswer,
    PublicationList,
    Published,
    PublishedAnswer,
    PublishedDocument,
)
from deploy.reach import Reached
from shared.clock import VIETNAM, SystemClock
from tests.contract.messages.test_answers import check
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

TODAY = SystemClock().now().astimezone(VIETNAM)
PERIOD = {"from": f"{TODAY.year - 1}-01-01", "to": f"{TODAY.year}-12-31"}


def publishing(caller: Caller, number: str, key: str | None = None, **more: Any) -> Any:
    content = {"number": number, "report": "resolution", "question": {**PERIOD, "by": "agency"}, **more}
    return caller.post("statistics", "/v1/publications", content, key)


@pytest.mark.usefixtures("dossier")
def test_a_report_goes_out_once_and_every_door_answers_in_its_shape(
    system: System, administrator: Caller, officer: Caller
) -> None:
    system.settle()
    key = fresh_key()
    said = taken(publishing(administrator, "1/BC-CUA", key))
    check(Published, said)
    with system.nothing_recorded():
        assert taken(publishing(administrator, "1/BC-CUA", key)) == said, "asked again under its key"
        refused(publishing(administrator, "1/BC-CUA"), 409, "publication-exists")
        refused(publishing(officer, "2/BC-CUA"), 403, "forbidden")
        refused(publishing(administrator, "2/BC-CUA", report="x"), 404, "unknown-report")
        refused(publishing(administrator, "2/BC-CUA", question={}), 422, "invalid")
        refused(publishing(administrator, "2/BC-CUA", corrects="9/BC"), 404, "unknown-publication")
        scratch = {**PERIOD, "scratch": "x"}
        refused(publishing(administrator, "2/BC-CUA", question=scratch), 422, "publication-unsuitable")
    path = f"/v1/publications/{said['id']}"
    listed = taken(officer.get("statistics", "/v1/publications", number="1/BC-CUA"))
    check(PublicationList, listed)
    assert listed["publications"] == [said]
    shown = taken(officer.get("statistics", path))
    check(PublishedDocument, shown)
    printed = taken(officer.get("statistics", f"{path}/paper"))
    check(PublishedAnswer, printed)
    assert printed["rows"] == json.loads(shown["document"])["answer"]["rows"] != []
    check(ChangesAnswer, taken(administrator.get("statistics", f"{path}/changes")))
    refused(officer.get("statistics", f"{path}/changes"), 403, "forbidden")
    refused(officer.get("statistics", "/v1/publications/no-id"), 404, "unknown-publication")


@pytest.fixture
def published(administrator: Caller, dossier: str, system: System, tmp_path: Path) -> Path:
    """A report that went out, as `show --json` writes it."""
    said = taken(publishing(administrator, f"{fresh_key()}/BC"))
    shown = taken(administrator.get("statistics", f"/v1/publications/{said['id']}"))
    file = tmp_path / "published.json"
    file.write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
    return file


def test_a_stranger_with_the_key_checks_the_signature(published: Path) -> None:
    shown = json.loads(published.read_text(encoding="utf-8"))
    runner = CliRunner()
    good = runner.invoke(publication, ["verify", str(published), "--key", shown["key"], "--json"])
    assert json.loads(good.stdout) | {"key": ""} == {"signed": True, "digest": shown["digest"], "key": ""}
    shown["document"] = shown["document"].replace('"number":"', '"number":"1', 1)
    published.write_text(json.dumps(shown), encoding="utf-8")
    forged = runner.invoke(publication, ["verify", str(published), "--key", shown["key"]])
    assert forged.exit_code == 1, forged.output
    published.write_text("{}", encoding="utf-8")
    assert runner.invoke(publication, ["verify", str(published), "--key", shown["key"]]).exit_code == 2


@pytest.mark.usefixtures("dossier")
def test_the_verbs_publish_list_show_and_compare(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def reached(*_: Any) -> Iterator[Reached]:
        yield Reached(system.urls, system.home, None, embedded=True)

    monkeypatch.setattr(verbs, "reached_or_fail", reached)

    def say(*words: str, status: int = 0) -> str:
        result = CliRunner().invoke(publication, words)
        assert result.exit_code == status, result.output
        return result.output

    days = ("--from", PERIOD["from"], "--to", PERIOD["to"])
    assert "5/BC-LENH" in say("publish", "5/BC-LENH", "resolution", *days)
    assert "6/BC-LENH" in say("publish", "6/BC-LENH", "resolution", *days, "--corrects", "5/BC-LENH")
    assert "6/BC-LENH" in say("list")
    assert "6/BC-LENH" in say("show", "5/BC-LENH"), "it says what corrects it"
    paper = tmp_path / "report.pdf"
    say("show", "6/BC-LENH", "--out", str(paper))
    assert paper.read_bytes().startswith(b"%PDF")
    assert "Không có gì thay đổi" in say("changes", "6/BC-LENH")
    assert "không có báo cáo" in say("show", "0/BC-LENH", status=1)
