from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.contracts import registry
from shared.contracts.envelope import MAX_BYTES, MalformedMessageError, Message, from_bytes, schema_uri

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
POSITIONS = st.none() | st.integers(0, 10**18 - 1)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(WORDS, inside, max_size=4),
    max_leaves=12,
)
OPTIONAL = (
    "receivedtime",
    "recordedtime",
    "rootid",
    "legid",
    "partitionkey",
    "correlationid",
    "causationid",
    "digest",
    "actorrole",
    "actorsubject",
    "actoragency",
)
MESSAGES = st.builds(
    Message,
    id=NAMES,
    source=NAMES,
    type=NAMES,
    subject=WORDS,
    time=NAMES,
    dataschema=st.builds(schema_uri, NAMES, st.integers(0, 10**9 - 1)),
    data=st.dictionaries(WORDS, JSON, max_size=5),
    sourceposition=POSITIONS,
    previousposition=POSITIONS,
    historical=st.booleans(),
    **{name: st.none() | WORDS for name in OPTIONAL},
)
DOCUMENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "7",
    "source": "/lienthong/intake/1",
    "type": "lienthong.intake.dossier-stopped",
    "time": "2025-07-07T02:00:00.000000Z",
    "dataschema": "urn:lienthong:intake:dossier-stopped:1",
    "data": {"code": "H47.65-250707-0001", "reason": "Công dân đề nghị"},
}
unhurried = settings(deadline=None)
CODES = {"too-large", "not-json", "not-cloudevents"}


def code_of(body: bytes) -> str:
    with pytest.raises(MalformedMessageError) as error:
        from_bytes(body)
    return error.value.code


def changed(**attributes: Any) -> bytes:
    return orjson.dumps({**DOCUMENT, **attributes})


class TestThereAndBack:
    @unhurried
    @given(MESSAGES)
    def test_a_message_comes_back_as_it_was_sent(self, message: Message) -> None:
        assert from_bytes(message.to_bytes()) == message

    @unhurried
    @given(MESSAGES)
    def test_a_message_is_written_the_same_way_every_time(self, message: Message) -> None:
        assert from_bytes(message.to_bytes()).to_bytes() == message.to_bytes()

    def test_positions_travel_as_text_because_cloudevents_integers_end_at_32_bits(self) -> None:
        message = from_bytes(changed(sourceposition="9007199254740993", previousposition="0"))

        assert (message.sourceposition, message.previousposition) == (9007199254740993, 0)
        assert orjson.loads(message.to_bytes())["sourceposition"] == "9007199254740993"

    def test_attributes_that_we_do_not_know_are_passed_over(self) -> None:
        assert from_bytes(changed(tracestate="00-1", since2031=7)) == from_bytes(changed())

    def test_a_message_without_subject_has_an_empty_one(self) -> None:
        assert from_bytes(changed()).subject == ""

    @pytest.mark.parametrize("value", ["true", 1, None, False])
    def test_only_a_plain_true_makes_a_message_historical(self, value: Any) -> None:
        assert from_bytes(changed(historical=value)).historical is False
        assert from_bytes(changed(historical=True)).historical is True


def outcome(read: Callable[[], Any]) -> Any:
    """Return what reading gives, or the code under which it was malformed; nothing else may happen."""
    try:
        return read()
    except MalformedMessageError as error:
        return error.code


def survives(body: bytes) -> None:
    """Whatever comes in is a message or malformed; its data then can be read or not."""
    message = outcome(lambda: from_bytes(body))
    if not isinstance(message, Message):
        assert message in CODES
        return
    for read in (registry.load, registry.accept):
        data = outcome(partial(read, message))
        assert isinstance(data, dict) or data in {"unknown-type", "unknown-version", "invalid-data"}


ATTRIBUTES = st.sampled_from([*DOCUMENT, *OPTIONAL, "sourceposition", "previousposition", "subject"])


class TestNonsense:
    @unhurried
    @given(st.binary(max_size=300))
    @example(b"")
    @example(b"\xff\xfe")
    @example(b"[" * 100_000)
    @example(b'{"a":' * 2_000)
    def test_any_bytes_are_a_message_or_malformed(self, body: bytes) -> None:
        survives(body)

    @unhurried
    @given(JSON)
    def test_any_json_is_a_message_or_malformed(self, value: Any) -> None:
        survives(orjson.dumps(value))

    @unhurried
    @given(st.dictionaries(ATTRIBUTES, JSON, min_size=1, max_size=4))
    @example({"sourceposition": "9" * 5_000})
    @example({"sourceposition": "٣"})
    @example({"dataschema": "urn:x:" + "9" * 5_000})
    @example({"dataschema": "urn:x:٣"})
    @example({"dataschema": "urn:lienthong:intake:dossier-stopped:0"})
    @example({"type": ["lienthong.intake.dossier-stopped"]})
    @example({"data": {"code": {"$": []}, "reason": 7}})
    def test_any_attribute_may_be_any_json(self, attributes: dict[str, Any]) -> None:
        survives(changed(**attributes))

    @unhurried
    @given(st.sampled_from(sorted(registry.ALL)), JSON | st.dictionaries(WORDS, JSON))
    def test_any_data_of_any_type_are_read_or_malformed(self, kind: str, data: Any) -> None:
        survives(changed(type=kind, dataschema=schema_uri(kind, 1), data=data))

    @pytest.mark.parametrize("name", [name for name in DOCUMENT if name != "data"])
    def test_a_required_attribute_that_is_missing_is_named(self, name: str) -> None:
        without = {key: value for key, value in DOCUMENT.items() if key != name}

        with pytest.raises(MalformedMessageError, match=name) as error:
            from_bytes(orjson.dumps(without))
        assert error.value.code == "not-cloudevents"

    @pytest.mark.parametrize("data", [None, [], "text", 7])
    def test_data_that_are_no_object_are_malformed(self, data: Any) -> None:
        assert code_of(changed(data=data)) == "not-cloudevents"

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b"{} {}"])
    def test_what_is_no_json_is_said_to_be_none(self, body: bytes) -> None:
        assert code_of(body) == "not-json"

    @pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b"null", b"{}"])
    def test_json_that_is_no_cloudevent_is_said_to_be_none(self, body: bytes) -> None:
        assert code_of(body) == "not-cloudevents"


class TestSize:
    def test_fifty_megabytes_are_refused_unread(self) -> None:
        with pytest.raises(MalformedMessageError, match="50000000 bytes") as error:
            from_bytes(b"[" * 50_000_000)
        assert error.value.code == "too-large"

    def test_the_longest_message_is_read_and_one_byte_more_is_not(self) -> None:
        padding = MAX_BYTES - len(changed(data={"x": ""}))
        longest = changed(data={"x": "x" * padding})

        assert len(longest) == MAX_BYTES
        assert len(from_bytes(longest).data["x"]) == padding
        assert code_of(changed(data={"x": "x" * (padding + 1)})) == "too-large"
