from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NoReturn
from uuid import UUID, uuid5

import pytest

from services.processing.application import hand_over_id
from services.processing.deliverer import Deliverer
from services.processing.tables.ledger import LEASE, PAUSE
from shared.contracts import registry
from shared.contracts.envelope import from_bytes
from shared.messaging.broker import Broker, BrokerUnavailableError, Outgoing, Publisher
from shared.messaging.memory import MemoryBroker
from shared.topology import agency_topology, services_topology
from tests.builders.processing import DOSSIER, LAND, TAX
from tests.integration.processing.conftest import Office, deliverer, received

pytestmark = pytest.mark.integration


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = MemoryBroker()
    broker.declare(services_topology() + agency_topology(LAND) + agency_topology(TAX))
    yield broker
    broker.close()


def test_a_hand_over_reaches_the_agencys_own_queue(office: Office, broker: Broker) -> None:
    leg = office.open_leg()
    with closing(deliverer(office, broker.publisher)) as ours:
        ours.deliver()
        assert ours.deliver() is False
    (delivery,) = received(broker, LAND, 1)
    message = from_bytes(delivery.body)
    assert delivery.message_id == message.id == str(uuid5(leg, "hand-over"))
    assert delivery.headers["cloudEvents:id"] == message.id
    assert message.source == "/lienthong/processing/1"
    assert message.subject == f"dossier/{DOSSIER}"
    assert registry.load(message)["leg"] == str(leg)
    assert received(broker, TAX, 0) == []


def test_a_queue_that_is_missing_is_reported_so_that_it_can_be_declared_again(office: Office) -> None:
    bare = MemoryBroker()
    bare.declare(services_topology() + agency_topology(TAX))
    office.open_leg(agency=LAND)
    office.open_leg(agency=TAX, dossier=uuid5(DOSSIER, "tax"))
    missing: list[str] = []
    with closing(Deliverer(office.ledger, bare.publisher, office.clock, missing.append)) as ours:
        ours.deliver()
    assert missing == [LAND]


class Faulty:
    """A broker's publisher that sends, and then fails as it is told."""

    def __init__(self, publisher: Publisher, fault: BaseException) -> None:
        self.publisher, self.fault = publisher, fault

    def publish(self, batch: Sequence[Outgoing]) -> NoReturn:
        self.publisher.publish(batch)
        raise self.fault

    def close(self) -> None:
        self.publisher.close()


def test_a_crash_after_sending_and_before_recording_sends_again_under_the_same_id(
    office: Office, broker: Broker
) -> None:
    leg = office.open_leg()
    crashing = deliverer(office, lambda: Faulty(broker.publisher(), MemoryError()))
    with pytest.raises(MemoryError):
        crashing.deliver()
    with closing(deliverer(office, broker.publisher)) as restarted:
        restarted.deliver()
        assert len(received(broker, LAND, 1)) == 1  # Still leased to the process that crashed.
        office.clock.advance(LEASE)
        restarted.deliver()
    (again,) = received(broker, LAND, 1)
    assert again.message_id == hand_over_id(leg)
    assert office.one("SELECT state, attempts FROM delivery") == ("sent", 1)


def test_when_the_broker_goes_away_the_batch_is_due_again_at_once(office: Office, broker: Broker) -> None:
    office.open_leg()
    faults = iter([BrokerUnavailableError("cut off")])

    def publisher() -> Publisher:
        fault = next(faults, None)
        return Faulty(broker.publisher(), fault) if fault else broker.publisher()

    with closing(deliverer(office, publisher)) as ours:
        with pytest.raises(BrokerUnavailableError):
            ours.deliver()
        assert office.one("SELECT state, attempts FROM delivery") == ("waiting", 0)
        ours.deliver()
    assert len(received(broker, LAND, 2)) == 2
    assert office.one("SELECT state, attempts FROM delivery") == ("sent", 1)


def test_when_the_broker_cannot_be_reached_nothing_is_lost(office: Office) -> None:
    office.open_leg()

    def unreachable() -> NoReturn:
        raise BrokerUnavailableError("refused")

    with pytest.raises(BrokerUnavailableError):
        deliverer(office, unreachable).deliver()
    assert len(office.ledger.claim(office.clock.now(), 10)) == 1


def test_an_agency_without_a_queue_waits_and_the_others_are_served(office: Office) -> None:
    broker = MemoryBroker()
    broker.declare(services_topology() + agency_topology(TAX))
    office.open_leg()
    office.open_leg(agency=TAX, number=2)
    with closing(deliverer(office, broker.publisher)) as ours:
        ours.deliver()
        assert len(received(broker, TAX, 1)) == 1
        office.execute("acknowledge-message", leg_of(office, TAX), TAX)
        broker.declare(agency_topology(LAND))
        office.clock.advance(PAUSE)
        ours.deliver()
    assert len(received(broker, LAND, 1)) == 1
    broker.close()


def leg_of(office: Office, agency: str) -> UUID:
    leg: UUID = office.one("SELECT leg_id FROM work WHERE agency = :agency", agency=agency)[0]
    return leg
