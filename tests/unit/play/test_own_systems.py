"""Agencies' own systems: what they read from their queue and what they put on the exchange of commands."""

from dataclasses import replace

import pytest

from deploy.play.doors import Doors, Patience, PlayError
from deploy.play.own_systems import HandOver, OwnSystems
from deploy.play.wave import Command, Found, Task
from shared.contracts import registry
from shared.contracts.envelope import Message, from_bytes
from shared.messaging.broker import Outgoing
from shared.messaging.memory import MemoryBroker
from shared.topology import AGENCIES, COMMANDS_QUEUE, agency_queue, agency_topology, services_topology

AGENCY = "H47.61"
LEG = "7a8d2fb5-5d7c-5b2b-9b6f-0d6f3a1e0c11"
DOSSIER = "0b0c2c7e-3a52-4f6c-8a43-0d3f5d1f7d10"
OPENED = "2019-03-04T02:00:00.000000Z"
COMMANDS = (
    Command("acknowledge-message", "play/7/1/acknowledge-message", OPENED, AGENCY),
    Command("accept-leg", "play/7/1/accept-leg", "2019-03-04T03:00:00.000000Z", AGENCY),
)


def hand_over(**data: object) -> Message:
    contract = registry.HAND_OVERS["lienthong.agency.leg-hand-over"]
    return Message(
        id="m1",
        source="/lienthong/processing/1",
        type=contract.type,
        subject=f"dossier/{DOSSIER}",
        time=OPENED,
        dataschema=contract.dataschema,
        data={"leg": LEG, "dossier": DOSSIER, "number": 1, "attempt": 2, "agency": AGENCY, **data},
    )


def refusal(command: str, code: str) -> Message:
    contract = registry.HAND_OVERS["lienthong.agency.command-refused"]
    data = {"command": command, "code": code, "status": 409, "title": "no", "title_vi": "không"}
    return replace(hand_over(), id="m2", type=contract.type, dataschema=contract.dataschema, data=data)


@pytest.fixture
def broker() -> MemoryBroker:
    broker = MemoryBroker()
    broker.declare(services_topology() + agency_topology(AGENCY))
    return broker


@pytest.fixture
def systems(broker: MemoryBroker) -> OwnSystems:
    systems = OwnSystems("play")
    systems.connect(Doors("", "", "", "", "", "", broker), [AGENCY], Patience(5))
    return systems


def send(broker: MemoryBroker, *messages: Message) -> None:
    batch = [Outgoing(AGENCIES, AGENCY, message.to_bytes(), message.id) for message in messages]
    broker.publisher().publish(batch)


def read_one(systems: OwnSystems) -> HandOver:
    (found,) = systems.read()
    return found


def test_a_hand_over_names_the_leg(broker: MemoryBroker, systems: OwnSystems) -> None:
    send(broker, hand_over())

    found = read_one(systems).found

    assert found == Found(DOSSIER, LEG, 1, AGENCY, attempt=2)


def test_commands_are_valid_messages_of_the_agency_caused_by_the_hand_over(
    broker: MemoryBroker, systems: OwnSystems
) -> None:
    send(broker, hand_over())
    read = read_one(systems)

    systems.command([(Task(read.found, COMMANDS), read)])

    taken = broker.subscribe([COMMANDS_QUEUE], 10).take(10, 1)
    messages = [from_bytes(delivery.body) for delivery in taken]
    assert [delivery.routing_key for delivery in taken] == ["acknowledge-message", "accept-leg"]
    assert [message.type.rpartition(".")[2] for message in messages] == ["acknowledge-message", "accept-leg"]
    assert [message.id for message in messages] == ["play/7/1/acknowledge-message", "play/7/1/accept-leg"]
    assert [message.time for message in messages] == [OPENED, "2019-03-04T03:00:00.000000Z"]
    for message in messages:
        assert str(registry.load(message)["leg"]) == LEG
        assert message.source == f"/agencies/{AGENCY}"
        assert message.causationid == "m1"


def test_a_hand_over_comes_again_until_it_is_settled(broker: MemoryBroker, systems: OwnSystems) -> None:
    send(broker, hand_over())
    read_one(systems)
    systems.close()

    again = OwnSystems("play")
    again.connect(Doors("", "", "", "", "", "", broker), [AGENCY], Patience(5))
    read = read_one(again)
    read.settle()
    read.settle()  # once is enough
    again.close()

    assert broker.subscribe([agency_queue(AGENCY)], 10).take(10, 0) == []


def test_a_refused_command_ends_the_play_and_does_not_come_again(
    broker: MemoryBroker, systems: OwnSystems
) -> None:
    send(broker, refusal("play/7/1/accept-leg", "time-out-of-order"))

    with pytest.raises(PlayError, match="play/7/1/accept-leg was refused: time-out-of-order"):
        systems.read()
    assert systems.read() == []


@pytest.mark.parametrize(
    ("command", "code"),
    [("play/7/1/accept-leg", "leg-already-accepted"), ("other-play/7/1/accept-leg", "time-out-of-order")],
)
def test_what_was_done_before_or_by_another_play_is_passed_over(
    broker: MemoryBroker, systems: OwnSystems, command: str, code: str
) -> None:
    send(broker, refusal(command, code))

    assert systems.read() == []


def test_each_agency_speaks_through_its_own_account_where_there_are_such(broker: MemoryBroker) -> None:
    asked: list[str] = []

    def broker_of(agency: str) -> MemoryBroker:
        asked.append(agency)
        return broker

    broker.declare(agency_topology("H47.62"))
    systems = OwnSystems("play")
    systems.connect(Doors("", "", "", "", "", "", broker, broker_of), [AGENCY, "H47.62"], Patience(5))

    assert asked == [AGENCY, "H47.62"]
    assert systems.ends[AGENCY] is not systems.ends["H47.62"]


def test_queues_that_never_come_end_the_wait_with_their_agencies_named(broker: MemoryBroker) -> None:
    with pytest.raises(PlayError, match=r"the queues of H47\.99"):
        OwnSystems("play").connect(Doors("", "", "", "", "", "", broker), ["H47.99"], Patience(0.1))
