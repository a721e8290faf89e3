"""What an agency's own system can publish, by mistake or out of malice: nothing of it stops the others.

Everything goes through a real broker, with properties written byte by byte where clients would not.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import amqp
import pytest
from kombu import Connection

from shared.contracts.envelope import from_bytes
from shared.messaging.broker import Broker
from shared.messaging.rabbitmq import RabbitBroker
from shared.persistence.database import Database
from shared.topology import COMMANDS, COMMANDS_QUEUE, agency_topology, services_topology
from tests.builders.processing import LAND, TAX, command_message
from tests.fixtures.rabbitmq import Vhost
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

ACCOUNT = f"agency.{LAND}"
HEADERS, MESSAGE_ID, TIMESTAMP, TYPE, USER_ID, APP_ID = 13, 7, 6, 5, 4, 3
"""Bits of the properties that are written by hand."""


def short(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def table(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


class RawMessage(amqp.Message):  # type: ignore[misc]
    """A message whose properties are what the test says, in the order of their bits."""

    raw: dict[int, bytes]

    def _serialize_properties(self) -> bytes:
        flags = sum(1 << bit for bit in self.raw)
        return struct.pack(">H", flags) + b"".join(self.raw[bit] for bit in sorted(self.raw, reverse=True))


@pytest.fixture
def open_database(open_postgres: Callable[[], Database]) -> Callable[[], Database]:
    return open_postgres


@pytest.fixture
def rabbit(rabbit_vhost: Vhost) -> Iterator[Broker]:
    broker = RabbitBroker(rabbit_vhost.url)
    broker.declare(services_topology() + agency_topology(LAND) + agency_topology(TAX))
    yield broker
    broker.close()


@pytest.fixture
def channel(rabbit: Broker, rabbit_vhost: Vhost) -> Iterator[Any]:
    """A channel of the agency's account, as any AMQP client has it."""
    with Connection(rabbit_vhost.add_account(ACCOUNT, "pw")) as connection:
        channel = connection.channel()
        channel.confirm_select()
        yield channel


def accept(leg: Any, number: int = 1) -> bytes:
    return command_message("accept-leg", {"leg": str(leg)}, id=f"c-{number}").to_bytes()


def publish(channel: Any, body: bytes, raw: dict[int, bytes], routing_key: bytes = b"accept-leg") -> None:
    message = RawMessage(body)
    message.raw = raw
    channel.basic_publish_confirm(message, COMMANDS, routing_key)


def take(office: Office, broker: Broker, count: int) -> None:
    """Carry out what lies on the queue of commands, as the service does."""
    with closing(broker.subscribe([COMMANDS_QUEUE], prefetch=100)) as subscription:
        while count > 0:
            deliveries = subscription.take(100, 20)
            assert deliveries, "no command came"
            office.commands().handle(deliveries)
            subscription.ack(deliveries)
            count -= len(deliveries)


READABLE: list[tuple[str, dict[int, bytes]]] = [
    ("a time in milliseconds", {TIMESTAMP: struct.pack(">Q", 1_751_331_600_000)}),
    ("a time without end", {TIMESTAMP: b"\xff" * 8}),
    ("an id in no UTF-8", {MESSAGE_ID: short(b"\xff\xfe")}),
    ("an id of half a character", {MESSAGE_ID: short(b"\xed\xa0\x80")}),
    ("an id with a zero byte", {MESSAGE_ID: short(b"a\0b")}),
    ("a type in no UTF-8", {TYPE: short(b"\xff")}),
    ("an application in no UTF-8", {APP_ID: short(b"\xff")}),
    ("a header in no UTF-8", {HEADERS: table(short(b"\xff") + b"S" + table(b"\xff"))}),
    ("a header with a time in milliseconds", {HEADERS: table(short(b"t") + b"T" + b"\xff" * 8)}),
    ("a header of a number", {HEADERS: table(short(b"n") + b"I\0\0\0\7")}),
    ("a header of bytes", {HEADERS: table(short(b"x") + b"x" + table(b"\0\xff"))}),
    ("a header of nothing", {HEADERS: table(short(b"v") + b"V")}),
    ("a header of a table", {HEADERS: table(short(b"f") + b"F" + table(short(b"a") + b"t\1"))}),
]


def test_what_does_not_concern_us_keeps_no_command_from_being_carried_out(
    office: Office, rabbit: Broker, channel: Any
) -> None:
    legs = [office.open_leg(number=number) for number in range(1, len(READABLE) + 1)]
    for number, (leg, (_, raw)) in enumerate(zip(legs, READABLE, strict=True)):
        publish(channel, accept(leg, number), {USER_ID: short(ACCOUNT.encode()), **raw})
    take(office, rabbit, len(legs))
    carried_out = [
        what for leg, (what, _) in zip(legs, READABLE, strict=True) if len(office.topics(leg)) == 2
    ]
    assert carried_out == [what for what, _ in READABLE]
    assert office.rows("SELECT reason FROM parked") == []


def changed(leg: Any, **changes: Any) -> bytes:
    return replace(from_bytes(accept(leg)), **changes).to_bytes()


def test_whatever_is_no_command_is_parked_with_its_reason_and_what_comes_behind_it_is_carried_out(
    office: Office, rabbit: Broker, channel: Any
) -> None:
    leg, behind = office.open_leg(), office.open_leg(number=2)
    us = {USER_ID: short(ACCOUNT.encode())}
    copied = {HEADERS: table(short(b"cloudEvents:id") + b"S" + table(b"another"))}
    parked: list[tuple[str, bytes, dict[int, bytes], bytes]] = [
        ("not-json", b"", us, b"accept-leg"),
        ("not-json", b"accept, please", us, b"accept-leg"),
        ("not-json", b"\xff\xfe" + accept(leg), us, b"accept-leg"),
        ("not-json", b"[" * 200_000, us, b"accept-leg"),
        ("not-cloudevents", b"[]", us, b"accept-leg"),
        ("not-cloudevents", b'{"leg": "7"}', us, b"accept-leg"),
        ("not-cloudevents", changed(leg, time=""), us, b"accept-leg"),
        ("not-cloudevents", changed(leg, dataschema="urn:lienthong:command:accept-leg"), us, b"accept-leg"),
        ("too-large", b" " * 1_000_001, us, b"accept-leg"),
        ("unknown-type", changed(leg, type="lienthong.command.burn-leg"), us, b"accept-leg"),
        ("unknown-type", changed(leg, type="lienthong.routing.leg-opened"), us, b"accept-leg"),
        ("unknown-version", changed(leg, dataschema="urn:lienthong:command:accept-leg:9"), us, b"accept-leg"),
        ("unverified-sender", accept(leg, 1), {}, b"accept-leg"),
        ("header-mismatch", accept(leg, 2), {**us, **copied}, b"accept-leg"),
        ("header-mismatch", accept(leg, 3), us, b"complete-leg"),
        ("header-mismatch", accept(leg, 4), us, b"\xff\xfe"),
    ]
    for _, body, raw, routing_key in parked:
        publish(channel, body, raw, routing_key)
    publish(channel, accept(behind, 99), us)
    take(office, rabbit, len(parked) + 1)
    reasons = [row[0].partition(":")[0] for row in office.rows("SELECT reason FROM parked ORDER BY id")]
    assert reasons == [code for code, *_ in parked]
    bodies = [bytes(row[0]) for row in office.rows("SELECT body FROM parked ORDER BY id")]
    assert bodies == [body for _, body, *_ in parked]
    assert (office.topics(leg), office.topics(behind)) == (["handed-over"], ["handed-over", "accepted"])
    assert office.rows("SELECT message_id FROM inbox") == [("c-99",)]


def test_fifty_megabytes_are_refused_by_the_broker_or_parked_and_keep_nobody_waiting(
    office: Office, rabbit: Broker, rabbit_vhost: Vhost
) -> None:
    us = {USER_ID: short(ACCOUNT.encode())}
    sent = 1
    with Connection(rabbit_vhost.add_account(ACCOUNT, "pw")) as connection:
        channel = connection.channel()
        channel.confirm_select()
        try:
            publish(channel, b" " * 50_000_000, us)
            sent += 1
        except (amqp.exceptions.PreconditionFailed, OSError):
            pass  # brokers since 4.0 take 16 MiB unless they are told otherwise
    leg = office.open_leg()
    with Connection(rabbit_vhost.add_account(ACCOUNT, "pw")) as connection:
        channel = connection.channel()
        channel.confirm_select()
        publish(channel, accept(leg), us)
    take(office, rabbit, sent)
    assert office.topics(leg) == ["handed-over", "accepted"]
    reasons = [row[0].partition(":")[0] for row in office.rows("SELECT reason FROM parked")]
    assert reasons == ["too-large"] * (sent - 1)


def test_what_is_refused_is_answered_once_and_a_command_sent_often_counts_once(
    office: Office, rabbit: Broker, channel: Any
) -> None:
    leg = office.open_leg()
    us = {USER_ID: short(ACCOUNT.encode())}
    wrong_source = changed(leg, id="other", source=f"/agencies/{TAX}")
    unknown_field = changed(leg, id="field", data={"leg": str(leg), "colour": "red"})
    sent = [wrong_source, unknown_field, accept(leg)] * 3
    for body in sent:
        publish(channel, body, us)
    take(office, rabbit, len(sent))
    answers = [
        from_bytes(bytes(row[0])).data
        for row in office.rows("SELECT body FROM delivery WHERE kind = 'refusal' ORDER BY sequence")
    ]
    assert [(it["command"], it["code"]) for it in answers] == [
        ("other", "sender-mismatch"),
        ("field", "invalid-data"),
    ]
    assert office.topics(leg) == ["handed-over", "accepted"]
    assert office.rows("SELECT reason FROM parked") == []


def test_nobody_can_write_another_accounts_name_on_a_command(
    office: Office, rabbit: Broker, channel: Any
) -> None:
    leg = office.open_leg(agency=TAX)
    stolen = command_message("accept-leg", {"leg": str(leg)}, agency=TAX).to_bytes()
    with pytest.raises(amqp.exceptions.PreconditionFailed):
        publish(channel, stolen, {USER_ID: short(f"agency.{TAX}".encode())})
    assert office.topics(leg) == ["handed-over"]
