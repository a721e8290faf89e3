"""Publishing from the log loses nothing, whatever happens on the way, and is one process's job."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.clock import SetClock
from shared.contracts.envelope import Message, from_bytes
from shared.messaging.broker import BrokerUnavailableError, Outcome
from shared.messaging.memory import MemoryBroker
from shared.messaging.publishing import BATCH
from shared.persistence.database import DatabaseUnavailableError
from shared.topology import input_queues
from tests.builders.brokers import TroubledBroker, cut_off, last_one
from tests.builders.messaging import SOURCE, Listener, Writer, dossier
from tests.integration.messaging.conftest import OpenDatabase, OpenWriter

pytestmark = pytest.mark.integration

FIRST = dossier(1)


@pytest.fixture
def troubled(broker: MemoryBroker) -> TroubledBroker:
    return TroubledBroker(broker)


@pytest.fixture
def open_writer(open_named: OpenDatabase, clock: SetClock, troubled: TroubledBroker) -> OpenWriter:
    return lambda: Writer(open_named("writer"), clock, troubled)


def arrived(broker: MemoryBroker) -> list[Message]:
    """Take everything that lies before processing, in order of position."""
    subscription = broker.subscribe(input_queues("processing"), prefetch=10_000)
    messages = [from_bytes(delivery.body) for delivery in subscription.take(10_000, 0)]
    subscription.close()
    return sorted(messages, key=lambda message: message.sourceposition or 0)


def test_a_message_says_where_it_stands_in_the_log(writer: Writer, broker: MemoryBroker) -> None:
    writer.write(FIRST, "a", "b")
    writer.publish()
    began, first, second = arrived(broker)
    assert [began.sourceposition, first.sourceposition, second.sourceposition] == [1, 2, 3]
    assert [began.previousposition, first.previousposition, second.previousposition] == [0, 1, 2]
    assert (second.source, second.id, second.data) == (SOURCE, "3", {"code": "b"})
    assert (began.type, began.data) == ("lienthong.routing.internal-event", {})


def test_a_crash_after_publishing_publishes_the_same_messages_again(
    writer: Writer, open_writer: OpenWriter, broker: MemoryBroker, troubled: TroubledBroker
) -> None:
    writer.write(FIRST, "a", "b")
    troubled.trouble = cut_off
    with pytest.raises(BrokerUnavailableError):
        writer.publish()
    assert writer.position() == 0
    writer.publisher.close()
    troubled.trouble = lambda _batch: None
    next_life = open_writer()
    next_life.publish()
    assert next_life.position() == 3
    bodies = [outgoing.body for outgoing in troubled.published]
    assert bodies[:3] == bodies[3:], "the same ids, positions and data"
    assert [message.id for message in arrived(broker)] == ["1", "1", "2", "2", "3", "3"]


@pytest.mark.parametrize("outcome", [Outcome.UNROUTABLE, Outcome.REFUSED])
def test_what_the_broker_would_not_take_is_published_again(
    writer: Writer, listener: Listener, troubled: TroubledBroker, outcome: Outcome
) -> None:
    writer.write(FIRST, "a", "b")
    troubled.trouble = last_one(outcome)
    for _ in range(2):
        with pytest.raises(BrokerUnavailableError, match=outcome.value):
            writer.publish()
    assert writer.position() == 0
    troubled.trouble = lambda _batch: None
    writer.publish()
    listener.hear()
    assert listener.notes(FIRST) == ["a", "b"]


def test_a_long_log_is_published_in_batches_in_order(writer: Writer, broker: MemoryBroker) -> None:
    writer.write(FIRST, *(f"{n}" for n in range(2 * BATCH)))
    assert writer.publisher.run_once(), "there is more at once"
    assert writer.position() == BATCH
    writer.publish()
    assert [message.sourceposition for message in arrived(broker)] == list(range(1, 2 * BATCH + 2))


def test_only_one_process_publishes_and_the_next_takes_over(
    open_writer: OpenWriter, broker: MemoryBroker
) -> None:
    leader, follower = open_writer(), open_writer()
    leader.write(FIRST, "a")
    leader.publish()
    leader.write(FIRST, "b")
    follower.publish()
    assert follower.position() == 2, "somebody else leads"
    leader.publisher.close()
    follower.publish()
    assert follower.position() == 3
    assert [message.id for message in arrived(broker)] == ["1", "2", "3"]


def test_who_loses_the_race_for_the_position_stops_and_can_lead_again(
    writer: Writer, troubled: TroubledBroker
) -> None:
    def another_was_quicker(_batch: object) -> None:
        with writer.database.transaction() as tx:
            tx.execute("UPDATE published SET position = 2")

    writer.write(FIRST, "a")
    troubled.trouble = another_was_quicker
    writer.publisher.run_once()
    assert writer.publisher._leadership is None
    assert writer.position() == 2
    troubled.trouble = lambda _batch: None
    writer.write(FIRST, "b")
    writer.publish()
    assert writer.position() == 3


def test_who_loses_the_race_for_the_position_lets_another_process_lead(
    open_writer: OpenWriter, troubled: TroubledBroker
) -> None:
    loser, other = open_writer(), open_writer()

    def another_was_quicker(_batch: object) -> None:
        with loser.database.transaction() as tx:
            tx.execute("UPDATE published SET position = 2")

    loser.write(FIRST, "a")
    troubled.trouble = another_was_quicker
    loser.publisher.run_once()
    troubled.trouble = lambda _batch: None
    other.write(FIRST, "b")
    other.publish()
    assert other.position() == 3


def test_a_leader_that_lost_its_lock_publishes_nothing_while_another_leads(open_writer: OpenWriter) -> None:
    leader, follower = open_writer(), open_writer()
    leader.write(FIRST, "a")
    leader.publish()
    assert leader.publisher._leadership
    leader.publisher._leadership.release()  # as when the connection that holds it breaks
    leader.write(FIRST, "b")
    follower.publish()
    leader.write(FIRST, "c")
    leader.publish()
    assert leader.position() == 3


def failing_once(call: Callable[[], int]) -> Callable[[], int]:
    failures = 1

    def run() -> int:
        nonlocal failures
        if failures:
            failures -= 1
            raise DatabaseUnavailableError("away")
        return call()

    return run


def test_a_resend_request_is_answered_although_the_database_was_away_when_it_came(
    writer: Writer, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener.connect()
    monkeypatch.setattr(writer.publisher, "_position", failing_once(writer.publisher._position))
    with pytest.raises(DatabaseUnavailableError):
        writer.publish()
    writer.publish()
    assert len(listener.take()) == 4, "the markers that were asked for"
