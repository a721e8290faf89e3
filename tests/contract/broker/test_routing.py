from __future__ import annotations

import pytest

from shared.messaging.broker import Broker, BrokerUnavailableError, Outcome
from shared.partitions import PARTITIONS
from shared.topology import (
    EVENTS,
    SOURCES,
    Binding,
    Exchange,
    Queue,
    Topology,
    input_queue,
    input_queues,
    services_topology,
)
from tests.contract.broker.messages import (
    a_message,
    arrivals,
    one_exchange,
    publish,
    queues,
)


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ("intake.#", "intake.dossier-filed", "intakes.dossier-filed"),
        ("intake.#", "intake", "routing.intake"),
        ("intake.#", "intake.a.b.c", "a.intake"),
        ("intake.dossier-filed", "intake.dossier-filed", "intake.dossier-filed.late"),
        ("*.dossier-filed", "intake.dossier-filed", "dossier-filed"),
        ("*.dossier-filed", "intake.dossier-filed", "a.intake.dossier-filed"),
        ("#.filed.*", "intake.dossier.filed.late", "intake.dossier.filed"),
        ("*", "intake", "intake.filed"),
    ],
)
def test_a_topic_pattern_lets_through_what_fits(
    broker: Broker, pattern: str, fitting: str, other: str
) -> None:
    broker.declare(one_exchange("topic", work=[pattern]))

    outcomes = publish(
        broker, [a_message("fits", to="hub", key=fitting), a_message("other", to="hub", key=other)]
    )

    assert outcomes == [Outcome.CONFIRMED, Outcome.UNROUTABLE]
    assert arrivals(broker, ["work"], 1) == {("work", "fits")}


def test_a_direct_exchange_asks_for_the_very_key(broker: Broker) -> None:
    broker.declare(one_exchange("direct", health=["H01"], police=["P02"]))

    outcomes = publish(
        broker,
        [
            a_message("1", to="hub", key="P02"),
            a_message("2", to="hub", key="P0"),
            a_message("3", to="hub", key="#"),
        ],
    )

    assert outcomes == [Outcome.CONFIRMED, Outcome.UNROUTABLE, Outcome.UNROUTABLE]
    assert arrivals(broker, ["health", "police"], 1) == {("police", "1")}


def test_a_fanout_exchange_lets_everything_through_to_all(broker: Broker) -> None:
    broker.declare(one_exchange("fanout", health=["H01"], police=["P02"]))

    publish(broker, [a_message("1", to="hub", key="anything")])

    assert arrivals(broker, ["health", "police"], 2) == {("health", "1"), ("police", "1")}


def test_a_message_that_fits_twice_comes_once(broker: Broker) -> None:
    broker.declare(one_exchange("topic", work=["intake.#", "#.filed"]))

    publish(broker, [a_message("1", to="hub", key="intake.filed")])

    assert arrivals(broker, ["work"], 1) == {("work", "1")}


def test_all_headers_of_a_binding_must_be_equal(broker: Broker) -> None:
    broker.declare(
        queues("work")
        + Topology(
            exchanges=(Exchange("hub", "headers"),),
            bindings=(Binding("hub", "work", headers={"partition": "1", "kind": "dossier"}),),
        )
    )

    outcomes = publish(
        broker,
        [
            a_message("1", to="hub", headers={"partition": "1", "kind": "dossier", "more": "x"}),
            a_message("2", to="hub", headers={"partition": "1"}),
            a_message("3", to="hub", headers={"partition": "2", "kind": "dossier"}),
            a_message("4", to="hub"),
        ],
    )

    assert outcomes == [Outcome.CONFIRMED] + [Outcome.UNROUTABLE] * 3
    assert arrivals(broker, ["work"], 1) == {("work", "1")}


def test_exchanges_pass_messages_on_to_exchanges_even_in_a_circle(broker: Broker) -> None:
    broker.declare(
        queues("work")
        + Topology(
            exchanges=(Exchange("outer", "topic"), Exchange("inner", "headers")),
            bindings=(
                Binding("outer", "inner", routing_key="intake.#", to_exchange=True),
                Binding("inner", "outer", headers={"again": "yes"}, to_exchange=True),
                Binding("inner", "work", headers={"partition": "1"}),
            ),
        )
    )

    outcomes = publish(
        broker,
        [
            a_message("1", to="outer", key="intake.filed", headers={"partition": "1", "again": "yes"}),
            a_message("2", to="outer", key="intake.filed", headers={"partition": "2", "again": "yes"}),
            a_message("3", to="outer", key="routing.planned", headers={"partition": "1"}),
        ],
    )

    assert outcomes == [Outcome.CONFIRMED, Outcome.UNROUTABLE, Outcome.UNROUTABLE]
    assert arrivals(broker, ["work"], 1) == {("work", "1")}


def test_without_an_exchange_the_key_names_the_queue(broker: Broker) -> None:
    broker.declare(queues("work"))

    outcomes = publish(broker, [a_message("1", key="work"), a_message("2", key="nowhere")])

    assert outcomes == [Outcome.CONFIRMED, Outcome.UNROUTABLE]


def test_outcomes_come_in_the_order_of_the_batch(broker: Broker) -> None:
    broker.declare(queues("work"))
    keys = ["work" if number % 3 else "nowhere" for number in range(700)]

    outcomes = publish(broker, [a_message(f"m-{number}", key=key) for number, key in enumerate(keys)])

    assert [outcome is Outcome.CONFIRMED for outcome in outcomes] == [key == "work" for key in keys]


def test_outcomes_are_told_apart_where_messages_differ_in_nothing_but_headers(broker: Broker) -> None:
    broker.declare(
        queues("work")
        + Topology(
            exchanges=(Exchange("hub", "headers"),),
            bindings=(Binding("hub", "work", headers={"partition": "1"}),),
        )
    )
    batch = [a_message("same", to="hub", headers={"partition": partition}) for partition in "0110101"]

    outcomes = publish(broker, batch)

    assert "".join("1" if outcome is Outcome.CONFIRMED else "0" for outcome in outcomes) == "0110101"


def test_a_publisher_goes_on_after_an_unroutable_message(broker: Broker) -> None:
    broker.declare(queues("work"))
    publisher = broker.publisher()

    assert publisher.publish([a_message("1", key="nowhere")]) == [Outcome.UNROUTABLE]
    assert publisher.publish([a_message("2"), a_message("3")]) == [Outcome.CONFIRMED] * 2
    assert publisher.publish([]) == []


def test_publishing_to_an_exchange_that_is_not_there_is_a_fault(broker: Broker) -> None:
    publisher = broker.publisher()

    with pytest.raises(BrokerUnavailableError):
        publisher.publish([a_message(to="no-such-exchange")])


def test_every_event_lands_in_its_partition_of_every_service_that_takes_it_in(broker: Broker) -> None:
    broker.declare(services_topology())
    expected = {
        (input_queue(service, partition), f"{source}-{partition}")
        for service, sources in SOURCES.items()
        for source in sources
        for partition in range(PARTITIONS)
    }
    events = [
        a_message(
            f"{source}-{partition}",
            to=EVENTS,
            key=f"{source}.leg-opened",
            headers={"partition": str(partition)},
        )
        for source in ("intake", "routing", "processing")
        for partition in range(PARTITIONS)
    ]

    outcomes = publish(broker, events)

    assert set(outcomes) == {Outcome.CONFIRMED}
    inputs = [queue for service in SOURCES for queue in input_queues(service)]
    assert arrivals(broker, inputs, len(expected)) == expected


def test_a_queue_named_in_two_topologies_is_one_queue(broker: Broker) -> None:
    twice = Topology(queues=(Queue("work"), Queue("work")))
    broker.declare(twice)
    broker.declare(twice)

    publish(broker, [a_message("1")])

    assert arrivals(broker, ["work"], 1) == {("work", "1")}
