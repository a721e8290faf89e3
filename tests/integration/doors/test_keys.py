"""Idempotency keys: asking again gives the same answer; another question under the key is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.builders.doors import OTHER_DESK, person, submission
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

PATH = "/v1/submissions"


def dossiers(system: System) -> int:
    return int(system.rows("intake", "SELECT count(*) FROM dossier_lookup")[0][0])


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "missing"),
        ("", "missing"),
        ("x" * 201, "invalid"),
        ("x" * 5000, "invalid"),
        ("a\tb", "invalid"),
        ("a\x7fb", "invalid"),
    ],
)
def test_a_request_needs_a_key_that_can_be_kept(
    system: System, officer: Caller, key: str | None, code: str
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    with system.nothing_recorded():
        response = officer.send("POST", "intake", PATH, submission(), headers)
    refused(response, 400, f"idempotency-key-{code}")


def test_a_key_of_two_hundred_letters_of_any_script_is_kept(officer: Caller) -> None:
    key = fresh_key() + "ế" * 60
    headers: dict[str, str | bytes] = {"Idempotency-Key": key.encode()}
    once, again = (officer.send("POST", "intake", PATH, submission(), headers) for _ in range(2))
    assert taken(once) == taken(again)


def test_the_same_request_again_gets_the_same_answer(system: System, officer: Caller) -> None:
    key = fresh_key()
    first = officer.post("intake", PATH, submission(), key)
    with system.nothing_recorded():
        again = officer.post("intake", PATH, submission(), key)
    assert taken(first) == taken(again)
    assert first.status_code == again.status_code == 201


def test_a_key_is_not_for_two_requests(system: System, officer: Caller, dossier: str) -> None:
    key = fresh_key()
    taken(officer.post("intake", PATH, submission(), key))
    with system.nothing_recorded():
        other = officer.post("intake", PATH, submission(person=person(name="Trần Văn B")), key)
        refused(other, 422, "idempotency-key-reused")
        elsewhere = officer.post("intake", f"/v1/dossiers/{dossier}/stop", {"reason": "r"}, key)
        refused(elsewhere, 422, "idempotency-key-reused")


def test_a_key_belongs_to_whoever_used_it(system: System, officer: Caller) -> None:
    key = fresh_key()
    mine = taken(officer.post("intake", PATH, submission(), key))
    other_desk = system.caller("receiving_officer", OTHER_DESK)
    theirs = taken(other_desk.post("intake", PATH, submission(desk=OTHER_DESK), key))
    assert mine["dossier"] != theirs["dossier"]


def at_once(send: list[Any]) -> list[requests.Response]:
    with ThreadPoolExecutor(len(send)) as pool:
        return list(pool.map(lambda one: one(), send))


def knock(officer: Caller, body: dict[str, Any], key: str) -> Any:
    """Return what sends the request over a connection of its own."""
    return lambda: Caller(officer.urls, officer.token).post("intake", PATH, body, key)


def test_one_key_sent_twenty_times_at_once_files_one_dossier(system: System, officer: Caller) -> None:
    before, key = dossiers(system), fresh_key()
    answers = at_once([knock(officer, submission(), key)] * 20)
    assert len({taken(answer)["dossier"] for answer in answers}) == 1
    assert dossiers(system) == before + 1


def test_one_key_with_twenty_bodies_at_once_files_one_dossier(system: System, officer: Caller) -> None:
    before, key = dossiers(system), fresh_key()
    bodies = [submission(person=person(name=f"Người {number}")) for number in range(20)]
    answers = at_once([knock(officer, body, key) for body in bodies])
    refusals = [answer for answer in answers if not answer.ok]
    assert len(refusals) == 19
    for answer in refusals:
        refused(answer, 422, "idempotency-key-reused")
    assert dossiers(system) == before + 1


def test_one_key_twice_in_a_batch_is_one_request_or_a_refusal(system: System, officer: Caller) -> None:
    before, key = dossiers(system), fresh_key()
    line = {"key": key, "action": "submit", "data": submission()}
    other = {**line, "data": submission(person=person(name="Trần Văn B"))}
    once, again, reused, good = officer.lines("intake", line, line, other, {**line, "key": fresh_key()})
    assert once == again
    assert once["status"] == good["status"] == 200
    refused(reused, 422, "idempotency-key-reused")
    assert dossiers(system) == before + 2
