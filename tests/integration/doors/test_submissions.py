"""Filing with everything wrong: each mistake has its own code, leaves no trace, and hinders nobody."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.builders.doors import (
    COMING,
    DESK,
    OTHER_DESK,
    SECRETS,
    at,
    person,
    procedure,
    submission,
    without,
)
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

PATH = "/v1/submissions"
FORM, CERTIFICATE = {"code": "form"}, {"code": "certificate", "copies": 2}

MISTAKES: list[tuple[str, dict[str, Any], str, int]] = [
    # (what it is, the body, code, status)
    ("a field that does not exist", submission(colour="red"), "unknown-field", 422),
    ("a person's field that does not exist", submission(person=person(age=3)), "unknown-field", 422),
    (
        "a paper's field that does not exist",
        submission(components=[{**FORM, "x": 1}]),
        "unknown-field",
        422,
    ),
    ("no procedure", without(submission(), "procedure"), "missing-field", 422),
    ("no person", without(submission(), "person"), "missing-field", 422),
    ("a person without a name", submission(person=without(person(), "name")), "missing-field", 422),
    ("nothing at all", {}, "missing-field", 422),
    ("a paper too few", submission(components=[FORM]), "missing-component", 422),
    ("no papers", submission(components=[]), "missing-component", 422),
    (
        "a paper too many",
        submission(components=[FORM, CERTIFICATE, {"code": "song"}]),
        "unknown-component",
        422,
    ),
    (
        "a copy too few",
        submission(components=[FORM, {"code": "certificate", "copies": 1}]),
        "too-few-copies",
        422,
    ),
    ("a procedure nobody knows", submission(procedure="9.999999"), "unknown-procedure", 422),
    ("a procedure to come", submission(procedure=COMING), "procedure-not-in-force", 422),
    ("an area nobody knows", submission(area="MARS"), "unknown-area", 422),
    ("a channel the procedure has not", submission(channel="post"), "channel-not-offered", 422),
    ("a channel that does not exist", submission(channel="pigeon"), "invalid", 422),
    ("a time to come", submission(happened_at=at(hours=-1)), "time-in-future", 422),
    ("a time long past", submission(happened_at=at(hours=25)), "time-out-of-tolerance", 422),
    ("a time without an offset", submission(happened_at="2025-07-01T08:00:00"), "bad-time", 422),
    ("a time that is none", submission(happened_at="hôm qua"), "bad-time", 422),
    ("a day without a time", submission(happened_at="2025-07-01"), "bad-time", 422),
    ("a day that does not exist", submission(happened_at="2025-02-30T08:00:00Z"), "bad-time", 422),
    ("a number for a time", submission(happened_at=1751331600), "bad-time", 422),
    ("before the first time", submission(happened_at="0001-01-01T00:00:00+14:00"), "bad-time", 422),
    ("after the last time", submission(happened_at="9999-12-31T23:59:59-14:00"), "bad-time", 422),
    ("a number for a procedure", submission(procedure=1001193), "invalid", 422),
    ("a list for a person", submission(person=[person()]), "invalid", 422),
    ("an object for the papers", submission(components=FORM), "invalid", 422),
    ("a word for a paper", submission(components=["form"]), "invalid", 422),
    ("half a copy", submission(components=[{"code": "form", "copies": 1.5}]), "invalid", 422),
    ("minus one copy", submission(components=[{"code": "form", "copies": -1}]), "invalid", 422),
    ("a word for yes", submission(accept="yes"), "invalid", 422),
    ("a very long name", submission(person=person(name="x" * 1_000_000)), "invalid", 422),
    ("a very long procedure", submission(procedure="1" * 1_000_000), "invalid", 422),
    ("201 papers", submission(components=[FORM] * 201), "invalid", 422),
    ("a million papers", submission(components=[FORM] * 1_000_000), "invalid", 422),
    ("a bell in a name", submission(person=person(name="Nguyễn\x07")), "invalid", 422),
    ("a zero byte in a name", submission(person=person(name="Nguyễn\0")), "invalid", 422),
    ("a zero byte in a desk", submission(desk=f"{DESK}\0"), "invalid", 422),
    ("a zero byte in a foreign code", submission(foreign_code="a\0b"), "invalid", 422),
    ("a telephone that is none", submission(person=person(phone="gọi sau")), "invalid", 422),
    ("an address of mail that is none", submission(person=person(email="bimat")), "invalid", 422),
]


@pytest.mark.parametrize(("body", "code", "status"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_and_leaves_no_trace(
    system: System, officer: Caller, body: dict[str, Any], code: str, status: int
) -> None:
    key = fresh_key()
    with system.nothing_recorded():
        response = officer.post("intake", PATH, body, key)
    refused(response, status, code)
    assert not any(secret in response.text for secret in SECRETS)
    assert taken(officer.post("intake", PATH, submission(), key))["code"], "the mistake used up its key"


OTHERS: list[tuple[str, str, str | None, dict[str, Any], str, int]] = [
    # (what it is, role, agency, the body, code, status)
    (
        "a desk nobody knows",
        "receiving_officer",
        None,
        submission(desk="H47.99"),
        "unknown-desk",
        422,
    ),
    ("an applicant at the desk", "applicant", None, submission(), "channel-not-for-role", 403),
    (
        "a postal employee online",
        "postal_employee",
        None,
        submission(channel="online"),
        "channel-not-for-role",
        403,
    ),
    (
        "an applicant who accepts",
        "applicant",
        None,
        submission(channel="online", accept=True),
        "forbidden",
        403,
    ),
    ("another desk's officer", "receiving_officer", OTHER_DESK, submission(), "not-your-desk", 403),
    ("a result officer", "result_officer", DESK, submission(), "forbidden", 403),
    ("an agency", "agency", DESK, submission(), "forbidden", 403),
    ("an auditor", "auditor", None, submission(), "forbidden", 403),
    ("a role that does not exist", "king", None, submission(), "forbidden", 403),
]


@pytest.mark.parametrize(
    ("role", "agency", "body", "code", "status"), [o[1:] for o in OTHERS], ids=[o[0] for o in OTHERS]
)
def test_who_may_not_file_so_is_told_and_leaves_no_trace(
    system: System, role: str, agency: str | None, body: dict[str, Any], code: str, status: int
) -> None:
    with system.nothing_recorded():
        refused(system.caller(role, agency).post("intake", PATH, body), status, code)


BROKEN: list[tuple[str, bytes, int]] = [
    ("nothing", b"", 400),
    ("no JSON", b"procedure=1.001193", 400),
    ("half of it", b'{"procedure": "1.0', 400),
    ("an array", b"[]", 400),
    ("a number", b"7", 400),
    ("null", b"null", 400),
    ("not a number", b'{"procedure": NaN}', 400),
    ("letters of no UTF-8", b'{"procedure": "\xff\xfe"}', 400),
    ("half a character", b'{"procedure": "\\ud800"}', 400),
    ("a byte order mark", b"\xef\xbb\xbf{}", 400),
    ("a hundred thousand brackets", b"[" * 100_000 + b"]" * 100_000, 400),
    ("objects in objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    ("zero bytes", b"\0" * 100, 400),
]


@pytest.mark.parametrize(("body", "status"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_what_is_no_json_object_is_malformed(
    system: System, officer: Caller, body: bytes, status: int
) -> None:
    with system.nothing_recorded():
        refused(officer.post("intake", PATH, body), status, "malformed")


def test_of_a_field_that_stands_twice_the_last_counts(officer: Caller) -> None:
    body = b'{"channel": "pigeon", ' + as_bytes(submission())[1:]
    assert taken(officer.post("intake", PATH, body))["channel"] == "direct"


def as_bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", None])
def test_json_may_call_itself_so_or_say_nothing(officer: Caller, kind: str | None) -> None:
    headers = {"Idempotency-Key": fresh_key(), **({"Content-Type": kind} if kind else {})}
    assert taken(officer.send("POST", "intake", PATH, submission(), headers))["code"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/csv"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/xml"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_another_kind_of_content_is_refused(system: System, officer: Caller, headers: dict[str, str]) -> None:
    with system.nothing_recorded():
        response = officer.send(
            "POST", "intake", PATH, submission(), {"Idempotency-Key": fresh_key(), **headers}
        )
    refused(response, 415, "unsupported-content")


def test_more_than_the_door_takes_is_refused_however_it_is_sent(system: System, officer: Caller) -> None:
    with system.nothing_recorded():
        refused(officer.post("intake", PATH, b" " * 20_000_001), 413, "too-large")
        chunks = iter([b" " * 1_000_000] * 21)
        refused(
            officer.send("POST", "intake", PATH, chunks, {"Idempotency-Key": fresh_key()}), 413, "too-large"
        )
    assert taken(officer.post("intake", PATH, submission()))["code"]


def test_a_body_in_pieces_without_a_length_is_read_whole(officer: Caller) -> None:
    body = as_bytes(submission())
    pieces = iter([body[:10], body[10:11], body[11:]])
    assert taken(officer.send("POST", "intake", PATH, pieces, {"Idempotency-Key": fresh_key()}))["code"]


def test_a_historian_is_believed_as_far_back_as_there_is_a_calendar(
    system: System, administrator: Caller
) -> None:
    old = procedure(procedure="5.000001", valid_from="0001-01-02T00:00:00Z")
    taken(administrator.put("intake", "/v1/reference", {"procedures": [old]}))
    historian = system.caller("historian")
    with system.nothing_recorded():
        for year, code in ((1000, "calendar-year-unknown"), (1999, "calendar-year-unknown")):
            body = submission(procedure="5.000001", happened_at=f"{year}-06-01T02:00:00Z")
            refused(historian.post("intake", PATH, body), 422, code)
    body = submission(procedure="5.000001", happened_at="2019-06-03T02:00:00Z")
    assert "-190603-" in taken(historian.post("intake", PATH, body))["code"]
