"""What the client remembers, over a crash too."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.conformance.letters import hand_over, notice
from deploy.connector.memory import Memory
from deploy.connector.messages import REQUEST, Incoming, answer, command, read

AGENCY = "H47.12"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    memory = Memory(tmp_path / "memory.sqlite")
    yield memory
    memory.close()


def incoming() -> Incoming:
    message = read(json.dumps(hand_over(AGENCY)))
    assert message
    return message


def test_each_message_is_taken_in_once(memory: Memory) -> None:
    message = incoming()

    assert [memory.take(message), memory.take(message)] == [True, False]
    assert memory.unhandled() == [message]


def in_another_epoch(message: Incoming) -> Incoming:
    other = read(json.dumps({**message.body, "source": "/lienthong/processing/29923846"}))
    assert other
    return other


def test_after_a_restore_an_id_may_stand_for_another_message(memory: Memory) -> None:
    told = read(json.dumps(notice(hand_over(AGENCY), "paused")))
    assert told
    memory.take(told)
    memory.handle(told, [])

    assert memory.take(in_another_epoch(told))
    assert not memory.is_handled(in_another_epoch(told))


def test_a_hand_over_is_the_same_in_whichever_epoch_it_comes(memory: Memory) -> None:
    message = incoming()
    memory.take(message)
    memory.handle(message, [answer(AGENCY, message, "accept-leg")])

    assert not memory.take(in_another_epoch(message))
    assert memory.is_handled(in_another_epoch(message))


def test_a_file_in_which_messages_were_known_by_their_id_is_taken_over(tmp_path: Path) -> None:
    path, done, left = tmp_path / "m.sqlite", incoming(), incoming()
    old = sqlite3.connect(path)
    old.execute("CREATE TABLE taken (id TEXT PRIMARY KEY, body TEXT, at TEXT, handled INTEGER)")
    for message, handled in ((done, 1), (left, 0)):
        old.execute("INSERT INTO taken VALUES (?, ?, '', ?)", (message.id, json.dumps(message.body), handled))
    old.commit()
    old.close()

    for _ in range(2):
        memory = Memory(path)
        assert [memory.is_handled(done), memory.is_handled(left)] == [True, False]
        assert [memory.take(done), memory.take(left)] == [False, False]
        memory.close()


def test_what_was_not_dealt_with_is_there_after_a_crash(tmp_path: Path) -> None:
    done, left = incoming(), incoming()
    before = Memory(tmp_path / "m.sqlite")
    before.take(done)
    before.take(left)
    sent = answer(AGENCY, done, "accept-leg", officer="Lê Thị Mai")
    before.handle(done, [sent])

    after = Memory(tmp_path / "m.sqlite")

    assert after.unhandled() == [left]
    assert after.unconfirmed() == after.answers_to(done.id) == [sent]
    after.confirm(sent["id"])
    assert after.unconfirmed() == []
    assert after.answers_to(done.id) == [sent]
    before.close()
    after.close()


def test_an_id_stands_for_one_command(memory: Memory) -> None:
    first = command(AGENCY, "accept-leg", "leg-1", id_="mine")
    memory.put(first)
    memory.put(first)

    with pytest.raises(ValueError, match="mine"):
        memory.put(command(AGENCY, "complete-leg", "leg-1", id_="mine"))
    assert memory.unconfirmed() == [first]


def test_what_was_given_since_a_moment_is_found_however_the_moment_is_written(memory: Memory) -> None:
    times = {
        "before": "2025-07-07T08:59:59.999+07:00",
        "then": "2025-07-07T02:00:00Z",
        "later": "2025-07-07T09:30:00+07:00",
    }
    for name, time in times.items():
        memory.put({**command(AGENCY, "accept-leg", "leg-1", id_=name), "time": time})

    assert [one["id"] for one in memory.given_since("2025-07-07T02:00:00.000000Z")] == ["then", "later"]


def test_a_message_counts_as_dealt_with_only_with_all_its_commands(memory: Memory) -> None:
    message = incoming()
    memory.take(message)
    memory.put(command(AGENCY, "accept-leg", "leg-1", id_="mine"))

    with pytest.raises(ValueError, match="mine"):
        memory.handle(
            message,
            [
                answer(AGENCY, message, "acknowledge-message"),
                command(AGENCY, "accept-leg", "leg-2", id_="mine"),
            ],
        )
    assert memory.unhandled() == [message]
    assert memory.answers_to(message.id) == []


def test_the_hand_over_of_a_leg_is_found(memory: Memory) -> None:
    message = incoming()
    memory.take(message)

    assert memory.hand_over_of(message.data["leg"]) == message.id
    assert memory.hand_over_of("unknown") is None


def test_a_request_is_found_and_answered_as_what_it_is(memory: Memory) -> None:
    body = {
        "id": "m-1",
        "type": REQUEST,
        "dataschema": "urn:lienthong:agency:written-request:1",
        "data": {"request": "r-1", "reference": "4067"},
    }
    message = read(json.dumps(body))
    assert message
    assert (message.is_request, message.is_hand_over, message.about) == (True, False, "r-1")
    memory.take(message)
    assert memory.hand_over_of("r-1") == "m-1"
    sent = answer(AGENCY, message, "receive-request", officer="Chị Lan")
    assert (sent["subject"], sent["causationid"]) == ("request/r-1", "m-1")
    assert sent["data"] == {"request": "r-1", "officer": "Chị Lan"}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "lienthong.agency.weather-report"},
        {"dataschema": "urn:lienthong:agency:leg-hand-over:2"},
        {"data": None},
        {"id": 7},
    ],
)
def test_what_is_not_understood_is_no_message(change: dict[str, object]) -> None:
    assert read(json.dumps(hand_over(AGENCY) | change)) is None
    assert read(json.dumps(hand_over(AGENCY) | {"tracestate": "x"})) is not None


@pytest.mark.parametrize("body", [b"\xff", b"[]", b"7", b"{", b"{}"])
def test_what_is_no_json_object_is_no_message(body: bytes) -> None:
    assert read(body) is None
