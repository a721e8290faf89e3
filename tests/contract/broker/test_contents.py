from __future__ import annotations

from shared.messaging.broker import Broker, Outgoing
from shared.topology import Exchange, Topology
from tests.contract.broker.messages import a_message, collect, one_exchange, publish, queues


def test_a_delivery_says_all_that_was_published(broker: Broker) -> None:
    broker.declare(one_exchange("topic", work=["intake.#"]))
    headers = {"partition": "3", "ce-subject": "dossier/Đơn đề nghị cấp giấy phép", "empty": ""}

    publish(broker, [Outgoing("hub", "intake.filed", b'{"a": 1}', "m-1", headers)])

    [delivery] = collect(broker.subscribe(["work"], 1), 1)
    assert delivery.queue == "work"
    assert delivery.exchange == "hub"
    assert delivery.routing_key == "intake.filed"
    assert delivery.body == b'{"a": 1}'
    assert delivery.message_id == "m-1"
    assert delivery.headers == headers
    assert delivery.content_type == "application/cloudevents+json"
    assert delivery.user_id is None
    assert not delivery.redelivered


def test_bodies_come_as_they_went(broker: Broker) -> None:
    broker.declare(queues("work"))
    bodies = [b"", "Tỉnh Thừa Thiên Huế 𠀋".encode(), bytes(range(256)) * 16, b"\xce" * 300_000]

    publish(broker, [a_message(str(number), body=body) for number, body in enumerate(bodies)])

    taken = collect(broker.subscribe(["work"], 10), len(bodies))
    assert [delivery.body for delivery in taken] == bodies
    assert {type(delivery.body) for delivery in taken} == {bytes}


def test_a_body_of_ten_megabytes_comes_whole(broker: Broker) -> None:
    broker.declare(queues("work"))
    body = bytes(range(251)) * 41_777

    publish(broker, [a_message("large", body=body), a_message("small", body=b"after")])

    taken = collect(broker.subscribe(["work"], 10), 2)
    assert len(taken[0].body) > 10_000_000
    assert [delivery.body for delivery in taken] == [body, b"after"]


def test_a_large_body_that_no_queue_wants_harms_nothing(broker: Broker) -> None:
    broker.declare(queues("work") + Topology(exchanges=(Exchange("hub", "topic"),)))
    body = b"x" * 1_000_000

    outcomes = publish(
        broker, [a_message(str(n), to="hub", body=body) for n in range(5)] + [a_message("last")]
    )

    assert [outcome.value for outcome in outcomes] == ["unroutable"] * 5 + ["confirmed"]


def test_headers_changed_after_publishing_do_not_change_the_message(broker: Broker) -> None:
    broker.declare(queues("work"))
    headers = {"partition": "1"}
    publish(broker, [a_message("1", headers=headers)])

    headers["partition"] = "2"

    [delivery] = collect(broker.subscribe(["work"], 1), 1)
    assert delivery.headers == {"partition": "1"}
