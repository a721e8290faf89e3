"""Questions to statistics that have no answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.statistics.papers.formats import FORMATS
from tests.builders.doors import BYSTANDER, DESK, OTHER_DESK, at
from tests.fixtures.doors import Caller, System, refused, taken, wait_for

pytestmark = pytest.mark.integration

PATH = "/v1/reports/resolution"
YEAR = {"from": "2025-01-01", "to": "2025-12-31"}

QUESTIONS: list[tuple[str, dict[str, str], str]] = [
    ("no days", {}, "invalid"),
    ("no last day", {"from": "2025-01-01"}, "invalid"),
    ("a day that is a word", {**YEAR, "from": "hôm qua"}, "invalid"),
    ("a day that does not exist", {**YEAR, "to": "2025-02-30"}, "invalid"),
    ("a day with its time", {**YEAR, "to": "2025-12-31T00:00:00Z"}, "invalid"),
    ("an empty day", {**YEAR, "to": ""}, "invalid"),
    ("an end before the beginning", {"from": "2025-12-31", "to": "2025-01-01"}, "period-invalid"),
    ("eleven years", {"from": "2015-01-01", "to": "2025-12-31"}, "period-invalid"),
    ("the last day of all", {"from": "9999-12-01", "to": "9999-12-31"}, "period-invalid"),
    ("the first day of all", {"from": "0001-01-01", "to": "0001-12-31"}, "period-invalid"),
    ("the year 0", {"from": "0000-01-01", "to": "0000-12-31"}, "invalid"),
    ("days to come", {"from": "2090-01-01", "to": "2090-12-31"}, "period-not-begun"),
    ("as of before the period", {**YEAR, "as_of": "2024-01-01T00:00:00Z"}, "period-not-begun"),
    ("as of the first time", {**YEAR, "as_of": "0001-01-01T00:00:00Z"}, "period-not-begun"),
    ("as of no time", {**YEAR, "as_of": "2025-06-01"}, "invalid"),
    ("as of before the first time", {**YEAR, "as_of": "0001-01-01T00:00:00+14:00"}, "invalid"),
    ("as published at no time", {**YEAR, "published_at": "sớm"}, "invalid"),
    ("a group nobody knows", {**YEAR, "by": "colour"}, "unknown-dimension"),
    ("a group of another's words", {**YEAR, "by": "month); DROP TABLE ledger;--"}, "unknown-dimension"),
    ("a question nobody knows", {**YEAR, "colour": "red"}, "invalid"),
    ("a format nobody knows", {**YEAR, "format": "xls"}, "unknown-format"),
    ("an empty format", {**YEAR, "format": ""}, "unknown-format"),
    ("an issuer without a name", {**YEAR, "format": "pdf", "issuer": ""}, "invalid"),
    ("an issuer that fills the page", {**YEAR, "format": "pdf", "issuer": "x" * 201}, "invalid"),
]


@pytest.mark.parametrize(("asked", "code"), [q[1:] for q in QUESTIONS], ids=[q[0] for q in QUESTIONS])
def test_a_question_without_an_answer_is_refused(
    system: System, administrator: Caller, asked: dict[str, str], code: str
) -> None:
    with system.nothing_recorded():
        refused(administrator.get("statistics", PATH, **asked), 422, code)


def test_a_group_named_twice_counts_once(administrator: Caller) -> None:
    assert taken(administrator.get("statistics", PATH, **YEAR, by="month, month,"))["by"] == ["month"]


@pytest.mark.parametrize("name", ["colour", "resolutions", "Resolution", "%2e%2e"])
def test_a_report_nobody_knows_is_refused(administrator: Caller, name: str) -> None:
    refused(administrator.get("statistics", f"/v1/reports/{name}", **YEAR), 404, "unknown-report")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_report_comes_as_the_file_that_is_asked_for(administrator: Caller, name: str) -> None:
    asked = {**YEAR, "by": "agency", "format": name, "issuer": "UBND tỉnh Quảng Nam", "place": "Tam Kỳ"}
    answer = administrator.get("statistics", PATH, **asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, FORMATS[name].media_type)
    begins = {"xlsx": b"PK", "docx": b"PK", "pdf": b"%PDF-", "csv": b"\xef\xbb\xbfagency,", "json": b"{"}
    assert answer.content.startswith(begins.get(name, "Từ ngày 01/01/2025".encode()))
    file = f'attachment; filename="resolution_agency_2025-01-01_2025-12-31.{FORMATS[name].suffix}"'
    assert answer.headers.get("Content-Disposition") == (None if name == "json" else file)


def test_a_file_is_for_those_with_a_token(system: System) -> None:
    answer = system.stranger(None).get("statistics", PATH, **YEAR, format="pdf")
    refused(answer, 401, "unauthenticated")


@pytest.mark.parametrize(
    "name", ["H47.71-250701-9999", "6f7ee5c4-0b0c-4b83-8f3c-3f2a0ef4a111", "7", "' OR ''='"]
)
def test_the_history_of_nothing_is_not_found(administrator: Caller, name: str) -> None:
    refused(administrator.get("statistics", f"/v1/dossiers/{name}/history"), 404, "not-found")


def test_a_history_is_asked_for_at_a_time(administrator: Caller, dossier: str) -> None:
    path = f"/v1/dossiers/{dossier}/history"
    wait_for(lambda: administrator.get("statistics", path).ok)
    refused(administrator.get("statistics", path, as_of="hôm qua"), 422, "invalid")
    refused(administrator.get("statistics", path, colour="red"), 422, "invalid")
    assert taken(administrator.get("statistics", path, as_of=at(days=400)))["entries"] == []


def test_lateness_is_shown_of_a_dossier_that_was_received(administrator: Caller, dossier: str) -> None:
    path = f"/v1/dossiers/{dossier}/lateness"
    wait_for(lambda: administrator.get("statistics", path).ok)
    found = taken(administrator.get("statistics", path))
    assert (found["dossier"], found["ended"], found["late"]) == (dossier, False, False)
    assert sum(share["minutes"] for share in found["shares"]) == found["elapsed_minutes"]
    refused(administrator.get("statistics", path, colour="red"), 422, "invalid")


@pytest.mark.parametrize("door", ["history", "lateness"])
def test_what_happened_is_shown_to_those_it_came_to_alone(
    system: System, administrator: Caller, first: Caller, dossier: str, door: str
) -> None:
    path = f"/v1/dossiers/{dossier}/{door}"
    lateness = f"/v1/dossiers/{dossier}/lateness"
    wait_for(lambda: bool(administrator.get("statistics", lateness).json().get("open_legs")))
    assert first.get("statistics", path).ok
    for role in ("desk_head", "receiving_officer"):
        assert system.caller(role, DESK).get("statistics", path).ok
        refused(system.caller(role, OTHER_DESK).get("statistics", path), 403, "forbidden")
    refused(system.caller("agency", BYSTANDER).get("statistics", path), 403, "forbidden")
    refused(system.caller("agency-system", BYSTANDER).get("statistics", path), 403, "forbidden")


def test_the_ledger_is_read_page_by_page(administrator: Caller, dossier: str) -> None:
    wait_for(lambda: administrator.get("statistics", f"/v1/dossiers/{dossier}/history").ok)
    read: list[dict[str, Any]] = []
    while True:
        after = read[-1]["sequence"] if read else 0
        page = administrator.get("statistics", "/v1/recorded", after=after, limit=200)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "application/x-ndjson")
        lines = [json.loads(line) for line in page.content.splitlines()]
        if not lines:
            break
        assert len(lines) <= 200
        read += lines
    assert [entry["sequence"] for entry in read] == list(range(1, len(read) + 1))
    assert dossier in {entry["document"].get("rootid") for entry in read}


@pytest.mark.parametrize("asked", [{"after": -1}, {"limit": 0}, {"limit": 5001}, {"after": "x"}, {"to": 3}])
def test_a_page_that_cannot_be_is_refused(administrator: Caller, asked: dict[str, Any]) -> None:
    refused(administrator.get("statistics", "/v1/recorded", **asked), 422, "invalid")
