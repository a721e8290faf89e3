"""Batches: a bad line is answered in its place and hinders no other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.doors import FIRST, submission
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken
from tests.integration.doors.conftest import open_leg, received

pytestmark = pytest.mark.integration


def line(**changes: Any) -> dict[str, Any]:
    return {"key": fresh_key(), "action": "submit", "data": submission(), **changes}


BAD: list[tuple[str, Any, str, int]] = [
    ("nothing", b"", "malformed", 400),
    ("no JSON", b"{", "malformed", 400),
    ("no UTF-8", b'{"key": "\xff"}', "malformed", 400),
    ("an array", b"[]", "malformed", 400),
    ("a word", b'"submit"', "malformed", 400),
    ("brackets without end", b"[" * 100_000, "malformed", 400),
    ("no key", {"action": "submit"}, "idempotency-key-missing", 400),
    ("an empty key", {"key": ""}, "idempotency-key-invalid", 400),
    ("a key that is a number", {"key": 7}, "idempotency-key-invalid", 400),
    ("a key too long", {"key": "x" * 201}, "idempotency-key-invalid", 400),
    ("a zero byte in a key", {"key": "a\0b"}, "idempotency-key-invalid", 400),
    ("no action", {"key": "bad-1", "data": {}}, "invalid", 422),
    ("an action nobody knows", line(key="bad-2", action="burn"), "invalid", 422),
    ("an action that is a list", line(key="bad-3", action=["submit"]), "invalid", 422),
    ("a field that does not exist", line(key="bad-4", colour="red"), "unknown-field", 422),
    ("data that are a list", line(key="bad-5", data=[]), "malformed", 400),
    ("data that are a word", line(key="bad-6", data="x"), "malformed", 400),
    ("a receipt with data that are a list", line(key="b", action="receive", data=[]), "malformed", 400),
    ("no dossier", {"key": "bad-7", "action": "receive"}, "dossier-code-invalid", 422),
    (
        "a dossier nobody knows",
        {"key": "bad-8", "action": "receive", "dossier": "H47.71-250701-9999"},
        "not-found",
        404,
    ),
    ("a filing that is refused", line(key="bad-9", data=submission(area="MARS")), "unknown-area", 422),
    ("a filing with a dossier", line(key="bad-10", dossier="x"), "unknown-field", 422),
]


@pytest.mark.parametrize(("bad", "code", "status"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_bad_line_is_refused_alone(officer: Caller, bad: Any, code: str, status: int) -> None:
    before, refusal, after = officer.lines("intake", line(), bad, line())
    refused(refusal, status, code)
    assert before["status"] == after["status"] == 200
    assert before["answer"]["code"] != after["answer"]["code"]


def test_bad_lines_alone_leave_no_trace(system: System, officer: Caller) -> None:
    with system.nothing_recorded():
        answers = officer.lines("intake", *(bad for _, bad, _, _ in BAD))
    assert [(answer["status"], answer["problem"]["code"]) for answer in answers] == [
        (status, code) for _, _, code, status in BAD
    ]


def test_a_batch_of_nothing_is_answered_with_nothing(system: System, officer: Caller) -> None:
    with system.nothing_recorded():
        response = officer.send("POST", "intake", "/v1/batches", b"")
    assert (response.status_code, response.content) == (200, b"")


def test_a_thousand_lines_are_the_most(system: System, officer: Caller) -> None:
    with system.nothing_recorded():
        response = officer.send("POST", "intake", "/v1/batches", b"{}\n" * 1001)
        refused(response, 413, "too-many-lines")
    assert len(officer.lines("intake", *[b"{}"] * 1000)) == 1000


def test_numbers_of_a_desk_have_no_holes_where_lines_were_refused(officer: Caller) -> None:
    lines = [line() if number % 2 else line(data=submission(area="MARS")) for number in range(20)]
    answers = officer.lines("intake", *lines)
    numbers = [int(one["answer"]["code"].rpartition("-")[2]) for one in answers if one["status"] == 200]
    assert numbers == list(range(numbers[0], numbers[0] + 10))


COMMANDS: list[tuple[str, Any, str, int]] = [
    ("nothing", b"", "malformed", 400),
    ("no key", {"command": "accept-leg", "data": {}}, "idempotency-key-missing", 400),
    ("a zero byte in a key", {"key": "a\0b", "command": "x", "data": {}}, "idempotency-key-invalid", 400),
    ("no command", {"key": "c-1", "data": {}}, "invalid", 422),
    ("a command nobody knows", {"key": "c-2", "command": "burn", "data": {}}, "invalid", 422),
    ("no data", {"key": "c-3", "command": "accept-leg"}, "invalid", 422),
    ("data that are a list", {"key": "c-4", "command": "accept-leg", "data": []}, "invalid", 422),
    ("no leg", {"key": "c-5", "command": "accept-leg", "data": {}}, "invalid", 422),
    ("a field more", {"key": "c-6", "command": "accept-leg", "data": {}, "colour": 1}, "invalid", 422),
    (
        "another agency's name",
        {"key": "c-7", "command": "accept-leg", "data": {}, "agency": "H47.99"},
        "forbidden",
        403,
    ),
]


def test_bad_commands_are_refused_each_for_itself(system: System, officer: Caller, first: Caller) -> None:
    leg = open_leg(first, received(officer))
    with system.nothing_recorded():
        answers = first.lines("processing", *(bad for _, bad, _, _ in COMMANDS))
    assert [(answer["status"], answer["problem"]["code"]) for answer in answers] == [
        (status, code) for _, _, code, status in COMMANDS
    ]
    bad = COMMANDS[4][1]
    good = {"key": fresh_key(), "command": "accept-leg", "agency": FIRST, "data": {"leg": leg}}
    refusal, done = first.lines("processing", bad, good)
    refused(refusal, 422, "invalid")
    assert done["answer"]["state"] == "accepted"
    taken(first.post("processing", "/v1/commands/complete-leg", {"leg": leg}))
