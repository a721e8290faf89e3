from __future__ import annotations

import pytest

from shared.messaging.broker import Broker
from shared.messaging.errors import TopologyRefusedError
from shared.topology import Binding, Exchange, Queue, Topology, agency_topology, services_topology
from tests.contract.broker.conftest import Opener
from tests.contract.broker.messages import a_message, arrivals, one_exchange, publish, queues


def test_declaring_again_leaves_messages_and_bindings_as_they_are(broker: Broker) -> None:
    topology = one_exchange("topic", work=["intake.#"])
    broker.declare(topology)
    publish(broker, [a_message("1", to="hub", key="intake.filed")])

    broker.declare(topology)

    publish(broker, [a_message("2", to="hub", key="intake.filed")])
    assert arrivals(broker, ["work"], 2) == {("work", "1"), ("work", "2")}


def test_all_services_and_agencies_can_be_declared_by_each_of_them(open_broker: Opener) -> None:
    everything = services_topology() + agency_topology("H01.24.01") + agency_topology("000.00.01.H01")

    for _ in range(3):
        open_broker().declare(everything)


@pytest.mark.parametrize(
    "differing",
    [
        Topology(queues=(Queue("work", single_active_consumer=True),)),
        Topology(queues=(Queue("work", parking="work.dead"),)),
        Topology(exchanges=(Exchange("hub", "direct"),)),
    ],
)
def test_what_is_there_and_differs_is_refused_and_stays(broker: Broker, differing: Topology) -> None:
    broker.declare(one_exchange("topic", work=["intake.#"]))

    with pytest.raises(TopologyRefusedError, match=r"work|hub"):
        broker.declare(differing)

    publish(broker, [a_message("1", to="hub", key="intake.filed")])
    assert arrivals(broker, ["work"], 1) == {("work", "1")}


@pytest.mark.parametrize(
    "binding",
    [
        Binding("missing", "work"),
        Binding("hub", "missing"),
        Binding("hub", "missing", to_exchange=True),
    ],
)
def test_a_binding_to_what_is_not_there_is_refused(broker: Broker, binding: Binding) -> None:
    with pytest.raises(TopologyRefusedError, match="missing"):
        broker.declare(one_exchange("topic", work=["#"]) + Topology(bindings=(binding,)))


def test_a_refused_topology_leaves_the_broker_usable(broker: Broker) -> None:
    broker.declare(queues("work"))
    with pytest.raises(TopologyRefusedError):
        broker.declare(queues("work", single_active_consumer=True))

    broker.declare(queues("work", "more"))

    publish(broker, [a_message("1", key="more")])
    assert arrivals(broker, ["work", "more"], 1) == {("more", "1")}


def test_a_queue_that_is_not_there_is_told_from_one_that_is(broker: Broker) -> None:
    broker.declare(one_exchange("topic", work=["intake.#"], rest=["routing.#"]), again=False)

    assert broker.missing(["work", "gone", "rest", "lost"]) == {"gone", "lost"}
    assert broker.missing(["work"]) == set()
