"""An agency's broker account reads its own queue, gives its own commands, and can do nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from amqp import Message
from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed

from deploy.stack import Stack
from shared.messaging.amqp_transport import connect
from tests.end_to_end.own_system import OwnSystem, command, own_system
from tests.end_to_end.province import DESK, LAND, POLICE, at, put_reference, submit
from tests.end_to_end.records import number, rows
from tests.end_to_end.waiting import eventually

pytestmark = pytest.mark.end_to_end

OWN, OTHERS = f"agency.{LAND}", f"agency.{POLICE}"

FORBIDDEN: dict[str, Callable[[Any], None]] = {
    "read another agency's queue": lambda it: it.basic_consume(OTHERS),
    "take one message from another agency's queue": lambda it: it.basic_get(OTHERS),
    "read the commands": lambda it: it.basic_consume("processing.commands"),
    "read a service's input": lambda it: it.basic_consume("statistics.in.0"),
    "read what was parked of its own": lambda it: it.basic_consume(f"{OWN}.dead"),
    "empty another agency's queue": lambda it: it.queue_purge(OTHERS),
    "publish an event": lambda it: publish(it, "lienthong.events", "intake.dossier-resolved"),
    "publish a hand-over": lambda it: publish(it, "lienthong.agencies", POLICE),
    "ask to send again": lambda it: publish(it, "lienthong.resends", "intake"),
    "publish to a queue, past all exchanges": lambda it: publish(it, "", "routing.in.0"),
    "publish to what every broker has": lambda it: publish(it, "amq.topic", "x"),
    "declare a queue": lambda it: it.queue_declare("mine", durable=True, auto_delete=False),
    "declare a queue without a name": lambda it: it.queue_declare("", exclusive=True),
    "declare an exchange": lambda it: it.exchange_declare("mine", "fanout", auto_delete=False),
    "bind its queue to the events": lambda it: it.queue_bind(OWN, "lienthong.events", "#"),
    "bind its queue to the commands": lambda it: it.queue_bind(OWN, "lienthong.commands", "#"),
    "bind its queue to others' hand-overs": lambda it: it.queue_bind(OWN, "lienthong.agencies", POLICE),
    "unbind another agency's queue": lambda it: it.queue_unbind(OTHERS, "lienthong.agencies", POLICE),
    "delete its queue": lambda it: it.queue_delete(OWN),
    "delete another agency's queue": lambda it: it.queue_delete(OTHERS),
    "delete the exchange of commands": lambda it: it.exchange_delete("lienthong.commands"),
}


def publish(channel: Any, exchange: str, key: str, **properties: Any) -> None:
    """Publish and wait for the broker's word."""
    channel.confirm_select()
    channel.events["basic_ack"].add(lambda *_: answered.append("taken"))
    answered: list[str] = []
    channel.basic_publish(Message("{}", **properties), exchange, key)
    while not answered:
        channel.connection.drain_events(timeout=20)


@pytest.fixture(scope="module")
def url(started_stack: Stack) -> str:
    """The broker address of an agency that has its own system; another has its queue too."""
    put_reference(started_stack)
    started_stack.enrol(POLICE)
    address = started_stack.enrol(LAND)
    eventually(lambda: queues(started_stack) >= {OWN, OTHERS}, "both agencies have their queues")
    return address


def queues(stack: Stack) -> set[str]:
    return set(stack.rabbit.control("list_queues", "--vhost", "/lienthong", "name").split())


@pytest.fixture(scope="module")
def connection(url: str) -> Iterator[Any]:
    connection = connect(url, timeout_seconds=20, heartbeat_seconds=60)
    yield connection
    connection.close()


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_an_agency_cannot(stack: Stack, connection: Any, deed: str) -> None:
    channel = connection.channel()
    with pytest.raises(AccessRefused):
        FORBIDDEN[deed](channel)


def test_what_an_agency_may_do_it_can(stack: Stack, connection: Any) -> None:
    channel = connection.channel()
    channel.basic_get(OWN)
    channel.queue_purge(OWN)  # its own loss: the ledger of deliveries sends again
    channel.close()


def test_an_agency_enters_no_other_virtual_host(stack: Stack, url: str) -> None:
    with pytest.raises(NotAllowed):
        connect(url.replace("%2Flienthong", "%2F"), timeout_seconds=20, heartbeat_seconds=60)


def test_the_broker_closes_on_a_false_user_id(stack: Stack, connection: Any) -> None:
    before = number(stack, "SELECT count(*) FROM processing.parked")
    channel = connection.channel()
    with pytest.raises(PreconditionFailed, match="user_id"):
        publish(channel, "lienthong.commands", "accept-leg", user_id=OTHERS)
    assert number(stack, "SELECT count(*) FROM processing.parked") == before


def test_nobody_acts_in_another_agencys_name(stack: Stack, url: str) -> None:
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        (dossier,) = submit(desk, 1, "in another's name")
    with own_system(POLICE, stack.enrol(POLICE)) as police, own_system(LAND, url) as land:
        hand_over = police.hand_over_of(dossier)
        leg = hand_over.data["leg"]

        named = command(POLICE, "accept-leg", leg, cause=hand_over.id)
        assert refusal(land, named) == "sender-mismatch"
        assert refusal(land, command(LAND, "accept-leg", leg)) == "not-your-leg"
        ancient = replace(
            command(LAND, "accept-leg", leg), time="2019-01-01T00:00:00.000000Z", actorrole="historian"
        )
        assert refusal(land, ancient) == "time-out-of-tolerance"
        parked_without_user_id(stack, url, named)

        assert rows(stack, "SELECT state FROM processing.work WHERE leg_id = %s", leg) == [("handed-over",)]
        assert deliveries_of(stack, leg) == [("sent",)]
        for name in ("acknowledge-message", "accept-leg", "complete-leg"):
            police.say(name, leg, cause=hand_over.id)
    eventually(lambda: deliveries_of(stack, leg) == [("answered",)], "the agency itself is heard")
    assert steps_of(stack, leg) == [
        *[("act-refused", OWN)] * 3,  # under the name that the broker knows
        ("leg-acknowledged", OTHERS),
        ("leg-accepted", OTHERS),
        ("leg-completed", OTHERS),
    ]


def refusal(system: OwnSystem, message: Any) -> str:
    """Publish a command and return the code with which it is refused, on the sender's own queue."""
    code: str = system.answer_to(system.publish(message)).data["code"]
    return code


def parked_without_user_id(stack: Stack, url: str, message: Any) -> None:
    """See that a command that does not say who sends it is laid aside, and answered to nobody."""
    reasons = "SELECT reason FROM processing.parked WHERE starts_with(message_id, %s)"
    anonymous = replace(message, id=f"{message.id}/anonymous")
    with own_system(LAND, url, stamp=False) as system:
        system.publish(anonymous)
    found = eventually(lambda: rows(stack, reasons, anonymous.id), "the command is parked")
    assert found == [("unverified-sender: user-id None",)]


def deliveries_of(stack: Stack, leg: str) -> list[tuple[Any, ...]]:
    return rows(stack, "SELECT state FROM processing.delivery WHERE leg_id = %s AND kind = 'hand-over'", leg)


def steps_of(stack: Stack, leg: str) -> list[tuple[str, str]]:
    """Return who did what on a leg, once all is in the ledger."""
    sql = (
        "SELECT type, convert_from(body, 'UTF8')::json->>'actorsubject' FROM statistics.ledger"
        " WHERE leg_id = %s AND type LIKE 'lienthong.processing.%%' ORDER BY sequence"
    )

    def found() -> list[tuple[str, str]]:
        steps = [(kind.rpartition(".")[2], subject) for kind, subject in rows(stack, sql, leg)]
        return [step for step in steps if step[0] != "leg-handed-over"] if len(steps) >= 7 else []

    return eventually(found, "the leg's steps are in the ledger")
