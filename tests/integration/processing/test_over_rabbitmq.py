"""What only RabbitMQ can do to us: refuse for a full queue, and vouch for a sender."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import uuid5

import pytest

from deploy.composition.processing import AgencyQueues
from services.processing.application import hand_over_id
from shared.contracts.envelope import Message, from_bytes
from shared.messaging.broker import Broker, BrokerUnavailableError, Outcome, Outgoing
from shared.messaging.rabbitmq import RabbitBroker
from shared.persistence.database import Database
from shared.topology import COMMANDS, COMMANDS_QUEUE, agency_topology, services_topology
from tests.builders.processing import DOSSIER, LAND, TAX, command_message
from tests.fixtures.rabbitmq import Vhost
from tests.integration.processing.conftest import Office, deliverer, received

pytestmark = pytest.mark.integration


@pytest.fixture
def open_database(open_postgres: Callable[[], Database]) -> Callable[[], Database]:
    return open_postgres


@pytest.fixture
def rabbit(rabbit_vhost: Vhost) -> Iterator[Broker]:
    broker = RabbitBroker(rabbit_vhost.url)
    broker.declare(services_topology() + agency_topology(LAND) + agency_topology(TAX))
    yield broker
    broker.close()


def test_hand_overs_reach_an_agency(office: Office, rabbit: Broker) -> None:
    leg = office.open_leg()
    with closing(deliverer(office, rabbit.publisher)) as ours:
        ours.deliver()
    (delivery,) = received(rabbit, LAND, 1)
    assert from_bytes(delivery.body).id == hand_over_id(leg)
    assert delivery.exchange == "lienthong.agencies"


def test_a_full_queue_pauses_its_agency_alone(office: Office, rabbit: Broker, rabbit_vhost: Vhost) -> None:
    full = {"max-length": 1, "overflow": "reject-publish"}
    rabbit_vhost.set_policy("full", f"^agency\\.{LAND}$", full)
    with closing(deliverer(office, rabbit.publisher)) as ours:
        for number in range(50):  # A quorum queue notices its length a little late.
            office.open_leg(dossier=uuid5(DOSSIER, str(number)))
            ours.deliver()
            if office.rows("SELECT 1 FROM delivery WHERE last_outcome = :r", r=Outcome.REFUSED.value):
                break
        assert office.rows("SELECT agency FROM agency_pause") == [(LAND,)]
        elsewhere = office.open_leg(agency=TAX)
        ours.deliver()
    assert [one.message_id for one in received(rabbit, TAX, 1)] == [hand_over_id(elsewhere)]


@pytest.fixture
def send(rabbit: Broker, rabbit_vhost: Vhost) -> Iterator[Callable[..., None]]:
    """Sends a command from an account of RabbitMQ's, with or without its user-id."""
    ends: list[RabbitBroker] = []

    def send_one(message: Message, account: str, *, stamp: bool = True) -> None:
        sender = RabbitBroker(rabbit_vhost.add_account(account, "pw"), stamp_user_id=stamp)
        ends.append(sender)
        name = message.type.rpartition(".")[2]
        with closing(sender.publisher()) as publisher:
            outgoing = Outgoing(COMMANDS, name, message.to_bytes(), message.id)
            assert publisher.publish([outgoing]) == [Outcome.CONFIRMED]

    yield send_one
    for end in ends:
        end.close()


def take_commands(office: Office, broker: Broker) -> None:
    with closing(broker.subscribe([COMMANDS_QUEUE], prefetch=10)) as subscription:
        deliveries = subscription.take(10, 10)
        assert deliveries, "no command came"
        office.commands().handle(deliveries)
        subscription.ack(deliveries)


def test_an_agency_acts_through_its_own_account(
    office: Office, rabbit: Broker, send: Callable[..., None]
) -> None:
    leg = office.open_leg()
    send(command_message("accept-leg", {"leg": str(leg)}), f"agency.{LAND}")
    take_commands(office, rabbit)
    assert office.topics(leg) == ["handed-over", "accepted"]


def test_a_command_without_a_validated_sender_has_no_effect(
    office: Office, rabbit: Broker, send: Callable[..., None]
) -> None:
    leg = office.open_leg()
    send(command_message("accept-leg", {"leg": str(leg)}), f"agency.{LAND}", stamp=False)
    take_commands(office, rabbit)
    assert office.topics(leg) == ["handed-over"]
    assert "unverified-sender" in office.one("SELECT reason FROM parked")[0]


def test_an_agency_cannot_act_for_another_and_is_told_so_itself(
    office: Office, rabbit: Broker, send: Callable[..., None]
) -> None:
    leg = office.open_leg()
    send(command_message("accept-leg", {"leg": str(leg)}), f"agency.{TAX}")
    take_commands(office, rabbit)
    assert office.topics(leg) == ["handed-over"]
    with closing(deliverer(office, rabbit.publisher)) as ours:
        ours.deliver()
    (answer,) = received(rabbit, TAX, 1)
    assert from_bytes(answer.body).data["code"] == "sender-mismatch"
    assert from_bytes(answer.body).type == "lienthong.agency.command-refused"


def test_a_wiped_broker_is_filled_again_at_once(office: Office, rabbit: Broker, rabbit_vhost: Vhost) -> None:
    queues = AgencyQueues(
        office.agencies, rabbit, lambda agency: office.ledger.redrive(agency, office.clock.now())
    )
    queues.declare_new()
    legs = [office.open_leg(dossier=uuid5(DOSSIER, str(number))) for number in range(5)]
    with closing(deliverer(office, rabbit.publisher)) as ours:
        while ours.deliver():
            pass
        rabbit_vhost.delete()
        rabbit_vhost.create()
        office.open_leg(agency=TAX)
        with contextlib.suppress(BrokerUnavailableError):
            ours.deliver()
        rabbit.declare(services_topology())
        queues.declare_new()
        while ours.deliver():
            pass
    assert {one.message_id for one in received(rabbit, LAND, 5)} == {hand_over_id(leg) for leg in legs}
    assert office.one("SELECT count(*) FROM agency_pause") == (0,)
