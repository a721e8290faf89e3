from __future__ import annotations

from typing import Any

import pytest
from marshmallow import fields

from shared.contracts import registry
from shared.contracts.envelope import MalformedMessageError, Message, schema_uri
from shared.contracts.fields import TolerantSchema, text
from shared.contracts.registry import Contract, accept, load

LEG = "0b8f6c1e-4a52-4d0e-9a43-6f3c2b7d1e90"
EVENT = "lienthong.processing.leg-returned"
RETURNED = {"leg": LEG, "agency": "H47.12", "reason": "Thiếu bản vẽ"}
COMMAND = "lienthong.command.return-leg"
BOTH = pytest.mark.parametrize("read", [load, accept])


def message(kind: str, data: dict[str, Any], version: int | str = 1) -> Message:
    return Message(
        id="1",
        source="/test",
        type=kind,
        subject="",
        time="2025-07-07T02:00:00Z",
        dataschema=f"urn:{kind.replace('.', ':')}:{version}",
        data=data,
    )


def code_of(read: Any, malformed: Message) -> str:
    with pytest.raises(MalformedMessageError) as error:
        read(malformed)
    assert str(error.value), "the text says what is wrong"
    return error.value.code


class TestReading:
    @BOTH
    def test_what_a_contract_describes_is_returned(self, read: Any) -> None:
        assert read(message(EVENT, RETURNED)) == RETURNED

    @BOTH
    def test_an_unknown_type_is_refused(self, read: Any) -> None:
        assert code_of(read, message("lienthong.intake.dossier-lost", {})) == "unknown-type"

    @BOTH
    @pytest.mark.parametrize("version", [2, 999_999_999, 0])
    def test_a_version_that_is_newer_than_ours_or_none_is_refused(self, read: Any, version: int) -> None:
        assert code_of(read, message(EVENT, RETURNED, version)) == "unknown-version"

    @BOTH
    def test_a_missing_field_is_refused_and_named(self, read: Any) -> None:
        with pytest.raises(MalformedMessageError, match="reason"):
            read(message(EVENT, {"leg": LEG, "agency": "H47.12"}))

    @pytest.mark.parametrize(
        "wrong",
        [{"agency": ""}, {"agency": 7}, {"reason": "x" * 2001}, {"reason": None}, {"reason": "a\0b"}],
        ids=str,
    )
    def test_a_field_of_the_wrong_shape_is_refused(self, wrong: dict[str, Any]) -> None:
        assert code_of(load, message(EVENT, {**RETURNED, **wrong})) == "invalid-data"


class TestToleranceAndStrictness:
    def test_an_event_may_say_more_than_we_know(self) -> None:
        assert load(message(EVENT, {**RETURNED, "since_2031": True})) == RETURNED

    def test_a_command_may_not(self) -> None:
        data = {"leg": LEG, "reason": "Thiếu bản vẽ"}

        assert load(message(COMMAND, data))["reason"] == data["reason"]
        assert code_of(load, message(COMMAND, {**data, "reasn": "x"})) == "invalid-data"

    @pytest.mark.parametrize("kind", registry.COMMANDS)
    def test_every_command_refuses_what_it_does_not_know(self, kind: str) -> None:
        with pytest.raises(MalformedMessageError, match="surplus"):
            load(message(kind, {"leg": LEG, "surplus": 1}))

    @pytest.mark.parametrize("kind", [*registry.EVENTS, *registry.HAND_OVERS])
    def test_no_other_message_does(self, kind: str) -> None:
        schema = registry.ALL[kind].schema()

        assert "surplus" not in schema.validate({"surplus": 1})


class ThirdShape(TolerantSchema):
    """As it is now: a name in two parts, and a count."""

    family = text()
    given = text()
    count = fields.Integer(required=True, strict=True)


GREETED = "lienthong.test.greeted"
UPCASTERS = {
    (GREETED, 1): lambda data: {"full_name": data["name"]},
    (GREETED, 2): lambda data: {
        **dict(zip(("family", "given"), data["full_name"].split(" ", 1), strict=True)),
        "count": 1,
    },
}
NEWEST = {"family": "Nguyễn", "given": "Thị Giang", "count": 1}


@pytest.fixture
def greeted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A type in its third version."""
    monkeypatch.setattr(registry, "ALL", {GREETED: Contract(GREETED, ThirdShape, version=3)})
    monkeypatch.setattr(registry, "UPCASTERS", UPCASTERS)


@pytest.mark.usefixtures("greeted")
class TestUpcasting:
    @BOTH
    @pytest.mark.parametrize(
        ("version", "data"),
        [(1, {"name": "Nguyễn Thị Giang"}), (2, {"full_name": "Nguyễn Thị Giang"}), (3, NEWEST)],
    )
    def test_however_old_a_message_is_the_newest_shape_is_returned(
        self, read: Any, version: int, data: dict[str, Any]
    ) -> None:
        assert read(message(GREETED, data, version)) == NEWEST

    def test_the_message_itself_stays_as_it_was_sent(self) -> None:
        old = message(GREETED, {"name": "Nguyễn Thị Giang"})

        load(old)

        assert (old.version, old.data) == (1, {"name": "Nguyễn Thị Giang"})

    @BOTH
    def test_what_comes_out_of_upcasting_is_checked_like_any_other_data(
        self, read: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(registry, "UPCASTERS", {**UPCASTERS, (GREETED, 2): lambda _data: {"count": 1}})

        assert code_of(read, message(GREETED, {"name": "Giang"})) == "invalid-data"

    @BOTH
    def test_a_version_after_the_newest_is_still_unknown(self, read: Any) -> None:
        assert code_of(read, message(GREETED, NEWEST, 4)) == "unknown-version"


class TestTheList:
    def test_every_older_version_of_every_type_has_an_upcaster_and_no_other(self) -> None:
        older = {
            (contract.type, version)
            for contract in registry.ALL.values()
            for version in range(1, contract.version)
        }

        assert set(registry.UPCASTERS) == older

    def test_types_stand_under_their_own_name_and_in_one_part_of_the_list(self) -> None:
        parts = (registry.EVENTS, registry.HAND_OVERS, registry.COMMANDS)

        assert sum(map(len, parts)) == len(registry.ALL)
        assert all(kind == contract.type for part in parts for kind, contract in part.items())

    def test_a_contract_names_its_service_routing_key_and_dataschema(self) -> None:
        contract = registry.EVENTS["lienthong.routing.leg-opened"]

        assert contract.service == "routing"
        assert contract.routing_key == "routing.leg-opened"
        assert contract.dataschema == "urn:lienthong:routing:leg-opened:1" == schema_uri(contract.type, 1)
