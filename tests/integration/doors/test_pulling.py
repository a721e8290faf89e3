"""An agency that no AMQP reaches: messages by cursor and commands by POST, at the real doors."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.builders.doors import BYSTANDER, CONNECTED, at
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

MESSAGES = f"/v1/agencies/{CONNECTED}/messages"
COMMANDS = f"/v1/agencies/{CONNECTED}/commands"
DELIVERY = f"/v1/agencies/{CONNECTED}/delivery"


def serve(administrator: Caller, way: str, **more: Any) -> Any:
    value = {"way": way, "reason": "tường lửa", **more}
    headers = {"Idempotency-Key": fresh_key()}
    return administrator.send("PUT", "processing", DELIVERY, value, headers=headers)


def command(name: str = "accept-leg", **changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": fresh_key(),
        "source": f"/agencies/{CONNECTED}",
        "type": f"lienthong.command.{name}",
        "time": at(seconds=1),
        "dataschema": f"urn:lienthong:command:{name}:1",
        "datacontenttype": "application/json",
        "data": {"leg": str(uuid4())},
        **changes,
    }


@pytest.fixture(scope="module")
def puller(system: System, administrator: Caller) -> Caller:
    """The system of an agency that pulls."""
    taken(serve(administrator, "pull"))
    return system.caller("agency-system", CONNECTED)


def test_a_refusal_comes_in_the_answer_and_as_a_message_and_once_a_command(puller: Caller) -> None:
    cursor = taken(puller.get("processing", MESSAGES))["next"]
    said = command()
    problem = refused(puller.send("POST", "processing", COMMANDS, said), 404, "unknown-leg")
    again = refused(puller.send("POST", "processing", COMMANDS, said), 404, "unknown-leg")
    assert problem["title_vi"] == again["title_vi"]
    page = taken(puller.get("processing", MESSAGES, after=cursor))
    (message,) = page["messages"]
    assert (message["type"], message["causationid"]) == ("lienthong.agency.command-refused", said["id"])
    assert taken(puller.get("processing", MESSAGES, after=cursor))["messages"] == [message]
    assert taken(puller.get("processing", MESSAGES, after=page["next"]))["messages"] == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"after": "abc"}, 422, "cursor-invalid"),
        ({"after": "-1"}, 422, "cursor-invalid"),
        ({"after": "999999999"}, 409, "cursor-unknown"),
        ({"limit": "0"}, 422, "invalid"),
        ({"limit": "501"}, 422, "invalid"),
        ({"limit": "many"}, 422, "invalid"),
    ],
)
def test_what_is_no_cursor_and_no_limit_is_refused(
    puller: Caller, query: dict[str, str], status: int, code: str
) -> None:
    refused(puller.get("processing", MESSAGES, **query), status, code)


@pytest.mark.parametrize(("role", "agency"), [("agency-system", BYSTANDER), ("administrator", None)])
def test_only_the_agency_itself_pulls_and_commands(
    system: System, puller: Caller, role: str, agency: str | None
) -> None:
    other = system.caller(role, agency)
    refused(other.get("processing", MESSAGES), 403, "forbidden")
    refused(other.send("POST", "processing", COMMANDS, command()), 403, "forbidden")


def test_an_agency_can_only_speak_for_itself(puller: Caller) -> None:
    said = command(source=f"/agencies/{BYSTANDER}")
    refused(puller.send("POST", "processing", COMMANDS, said), 403, "sender-mismatch")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        {"id": "x"},
        command(dataschema="urn:lienthong:command:accept-leg:99"),
        command(type="lienthong.command.burn-leg"),
        command(id="x" * 201),
    ],
)
def test_what_is_no_command_is_malformed_and_leaves_nothing(
    system: System, puller: Caller, body: Any
) -> None:
    with system.nothing_recorded():
        refused(puller.send("POST", "processing", COMMANDS, body), 400, "malformed")


def test_a_command_that_is_too_large_is_refused(puller: Caller) -> None:
    said = command(data={"leg": str(uuid4()), "officer": "x" * 1_000_001})
    refused(puller.send("POST", "processing", COMMANDS, said), 413, "too-large")


def test_a_time_a_year_off_is_refused(puller: Caller) -> None:
    refused(
        puller.send("POST", "processing", COMMANDS, command(time=at(days=365))), 422, "time-out-of-tolerance"
    )


@pytest.mark.parametrize(
    "changed", [{"way": "fax"}, {"window": 0}, {"rate": 10_001}, {"tries": "many"}, {"reason": ""}]
)
def test_settings_that_make_no_sense_are_refused(administrator: Caller, changed: dict[str, Any]) -> None:
    refused(serve(administrator, **{"way": "pull", **changed}), 422, "invalid")


@pytest.mark.parametrize("role", ["agency", "agency-system", "receiving_officer"])
def test_only_operators_see_and_settle_deliveries(system: System, role: str) -> None:
    stranger = system.caller(role, CONNECTED)
    refused(stranger.get("processing", "/v1/deliveries"), 403, "forbidden")
    refused(stranger.get("processing", "/v1/deliveries/parked"), 403, "forbidden")
    refused(serve(stranger, "queue"), 403, "forbidden")


def test_operators_see_how_agencies_stand(administrator: Caller, puller: Caller) -> None:
    standing = {
        one["agency"]: one for one in taken(administrator.get("processing", "/v1/deliveries"))["agencies"]
    }
    assert standing[CONNECTED]["way"] == "pull"
    assert taken(administrator.get("processing", "/v1/deliveries/parked"))["parked"] == []
    message = f"/v1/deliveries/parked/{uuid4()}/retry"
    refused(administrator.post("processing", message, {"reason": "x"}), 409, "not-parked")
    refused(administrator.post("processing", message, {}), 422, "invalid")


def test_reminders_are_shown_to_the_agency_and_not_to_others(system: System, puller: Caller) -> None:
    path = f"/v1/agencies/{CONNECTED}/reminders"
    assert taken(puller.get("processing", path)) == {"reminders": []}
    refused(system.caller("agency", BYSTANDER).get("processing", path), 403, "forbidden")


def test_legs_are_found_by_reference(puller: Caller, administrator: Caller) -> None:
    assert taken(puller.get("processing", "/v1/legs", reference="VB-không-có")) == {"legs": []}
    refused(puller.get("processing", "/v1/legs"), 422, "invalid")
    assert taken(administrator.get("processing", "/v1/legs", reference="x")) == {"legs": []}
