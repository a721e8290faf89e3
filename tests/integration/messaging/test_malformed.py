"""What is no message of ours is parked with a stable code and stops nothing, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from shared import topology
from shared.clock import SetClock
from shared.contracts.envelope import MAX_BYTES, Message
from shared.contracts.registry import EVENTS
from shared.messaging.copying import CopyPublisher
from shared.messaging.memory import MemoryBroker
from tests.builders.messaging import NOTED, POISON, Listener, delivered, dossier, note

pytestmark = pytest.mark.integration

FIRST, SECOND = dossier(1), dossier(2)
MARKER = "lienthong.routing.log-position"


def changed(**attributes: Any) -> Callable[[Message], bytes]:
    """Return what changes a message's JSON; None takes an attribute away."""

    def change(message: Message) -> bytes:
        document = orjson.loads(message.to_bytes()) | attributes
        return orjson.dumps({name: value for name, value in document.items() if value is not None})

    return change


BROKEN: dict[str, tuple[str, Callable[[Message], bytes]]] = {
    "nothing": ("not-json", lambda _: b""),
    "no JSON": ("not-json", lambda _: b"{"),
    "no text": ("not-json", lambda _: b"\xff\xfe\x00"),
    "no object": ("not-cloudevents", lambda _: b"[1]"),
    "very deep": ("not-json", lambda _: b"[" * 100_000 + b"]" * 100_000),
    "50 MB": ("too-large", lambda message: message.to_bytes() + b" " * 50_000_000),
    "no id": ("not-cloudevents", changed(id=None)),
    "a zero byte in the id": ("not-cloudevents", changed(id="1\0")),
    "a zero byte in the dossier": ("not-cloudevents", changed(partitionkey="a\0")),
    "an id too long for any index": ("not-cloudevents", changed(id="đ" * 5000)),
    "a dossier too long for any index": ("not-cloudevents", changed(partitionkey="đ" * 5000)),
    "no position": ("not-cloudevents", changed(sourceposition=None)),
    "no position before": ("not-cloudevents", changed(previousposition=None)),
    "no dossier": ("not-cloudevents", changed(partitionkey=None)),
    "a position that is none": ("not-cloudevents", changed(sourceposition="٣")),
    "a source of another shape": ("unknown-source", changed(source="x", previousposition="7")),
    "a source that is not heard": ("unknown-source", changed(source="/lienthong/intake/1")),
    "a marker of nothing": ("not-cloudevents", changed(type=MARKER, data={})),
    "a marker of no partition": ("not-cloudevents", changed(type=MARKER, data={"partition": 1.5})),
    "a marker of a far partition": ("not-cloudevents", changed(type=MARKER, data={"partition": 9})),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_message_is_parked_with_its_code_and_the_rest_goes_on(
    listener: Listener, clock: SetClock, kind: str
) -> None:
    code, breaks = BROKEN[kind]
    body = breaks(note(FIRST, "broken", 1, 0, clock))
    requests = listener.handler.handle([delivered(body), delivered(note(SECOND, "x", 1, 0, clock))])
    assert (requests, listener.notes(SECOND)) == ([], ["x"])
    assert listener.parked("reason_class, body") == [("poison", body)]
    assert listener.parked("reason")[0].startswith(f"{code}: ")


def test_what_is_no_message_is_parked_once_however_often_it_comes(listener: Listener) -> None:
    for _ in range(3):
        listener.handler.handle([delivered(b"{"), delivered(b"{")])
    assert listener.parked() == ["poison"]


def test_headers_that_say_otherwise_than_the_body_are_refused(listener: Listener, clock: SetClock) -> None:
    headers = {"cloudEvents:partitionkey": str(SECOND)}
    listener.handler.handle([delivered(note(FIRST, "a", 1, 0, clock), headers)])
    assert listener.notes(FIRST) == []
    assert listener.parked("reason")[0].startswith("header-mismatch: ")


def test_headers_that_no_column_can_hold_do_not_stop_the_parking(listener: Listener) -> None:
    listener.handler.handle([delivered(b"{", {"a\0b": "\ud800", "n": 1})])
    assert orjson.loads(listener.parked("headers")[0]) == {"a b": "?", "n": "1"}


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"data": {}}, "invalid-data"),
        ({"dataschema": f"{EVENTS[NOTED].dataschema[:-1]}99"}, "unknown-version"),
        ({"time": "yesterday"}, "unexpected-ValueError"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "unexpected-ValueError"),
        ({"rootid": "no id"}, "unexpected-ValueError"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_message_that_cannot_be_understood_is_parked_and_holds_its_dossier(
    listener: Listener, clock: SetClock, attributes: dict[str, Any], code: str
) -> None:
    listener.handler.handle(
        [
            delivered(note(FIRST, "a", 1, 0, clock, **attributes)),
            delivered(note(FIRST, "b", 2, 1, clock)),
        ]
    )
    assert listener.notes(FIRST) == []
    assert listener.parked() == ["poison", "held"]
    assert listener.parked("reason")[0].startswith(f"{code}: ")


def test_a_reason_that_quotes_what_no_column_can_hold_is_written_down_all_the_same(
    listener: Listener, clock: SetClock
) -> None:
    listener.handler.handle([delivered(note(FIRST, f"{POISON} \0", 1, 0, clock))])
    assert listener.parked("reason") == [f"poisoned: {POISON}   cannot be handled"]


def test_a_type_that_nobody_handles_here_is_passed_over(listener: Listener, clock: SetClock) -> None:
    unheard_of = {"type": "lienthong.routing.unheard-of", "dataschema": "urn:x:7"}
    listener.handler.handle(
        [
            delivered(note(FIRST, "a", 1, 0, clock, **unheard_of)),
            delivered(note(FIRST, "b", 2, 1, clock)),
        ]
    )
    assert (listener.notes(FIRST), listener.parked()) == (["b"], [])


def test_people_find_a_copy_of_what_was_parked_with_the_reason(
    clock: SetClock, broker: MemoryBroker, listener: Listener
) -> None:
    big = note(FIRST, "a", 1, 0, clock).to_bytes() + b" " * 3_000_000
    listener.handler.handle([delivered(b"{", {"x-trace": "t"}), delivered(big)])
    copies = CopyPublisher("processing", listener.database, broker)
    for _ in range(2):
        copies.run_once()
    queue = topology.parking_queue("processing.in.0")
    first, second = broker.subscribe([queue], prefetch=10).take(10, 0)
    assert first.body == b"{"
    assert first.headers["x-trace"] == "t"
    assert first.headers["reason-class"] == "poison"
    assert str(first.headers["reason"]).startswith("not-json: ")
    assert second.body == big[:MAX_BYTES]
