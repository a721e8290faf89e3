"""A listener notices what it missed, asks for it, and does everything once and in order."""

from __future__ import annotations

import pytest

from shared.clock import SetClock
from shared.messaging.broker import BrokerUnavailableError
from shared.messaging.consuming import ASK_AGAIN_SECONDS
from shared.messaging.hearing import Hearing, Place
from shared.messaging.memory import MemoryBroker
from shared.messaging.memory_queues import MemoryServer
from tests.builders.messaging import Listener, Writer, delivered, dossier, neighbour, note
from tests.integration.messaging.conftest import OpenListener

pytestmark = pytest.mark.integration

FIRST = dossier(1)


def lose_everything(server: MemoryServer) -> None:
    """Let the broker forget all messages, as if its disks were lost; its queues are declared anew."""
    with server.lock:
        for queue in server.queues.values():
            queue.messages.clear()


def talk(writer: Writer, listener: Listener) -> None:
    """Let both go on until neither has anything to do."""
    writer.publish()
    while listener.hear():
        writer.publish()


def test_everything_that_is_noted_arrives_once_and_in_order(writer: Writer, listener: Listener) -> None:
    writer.write(FIRST, "a", "b")
    talk(writer, listener)
    writer.write(FIRST, "c")
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a", "b", "c"]
    assert listener.parked() == []


def test_a_message_after_a_gap_is_left_aside_until_what_is_missing_has_come(
    writer: Writer, listener: Listener, server: MemoryServer
) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    writer.write(FIRST, "lost")
    writer.publish()
    lose_everything(server)
    writer.write(FIRST, "c")
    writer.publish()
    listener.hear()
    assert listener.notes(FIRST) == ["a"], "what follows a gap must wait"
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a", "lost", "c"]


def test_a_gap_in_one_partition_stops_no_other(
    writer: Writer, listener: Listener, server: MemoryServer
) -> None:
    elsewhere = neighbour(1, same_partition=False)
    talk(writer, listener)
    writer.write(FIRST, "lost")
    writer.publish()
    lose_everything(server)
    writer.write(FIRST, "b")
    writer.write(elsewhere, "x")
    writer.publish()
    listener.hear()
    assert (listener.notes(FIRST), listener.notes(elsewhere)) == ([], ["x"])


def test_a_gap_is_asked_for_once_however_many_messages_show_it(
    writer: Writer, listener: Listener, clock: SetClock
) -> None:
    listener.connect()
    listener.hear()
    first = listener.handler.handle([delivered(note(FIRST, "c", 30, 20, clock))])
    again = listener.handler.handle([delivered(note(FIRST, "d", 40, 30, clock))])
    assert ([request.after for request in first], again) == ([0], [])


def test_a_gap_that_stays_is_asked_for_again_after_a_while(
    listener: Listener, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("shared.messaging.consuming.monotonic", lambda: now)
    shows_gap = [delivered(note(FIRST, "c", 30, 20, clock))]
    assert len(listener.handler.handle(shows_gap)) == 1
    now += ASK_AGAIN_SECONDS - 0.1
    assert listener.handler.handle(shows_gap) == []
    now += 0.2
    assert len(listener.handler.handle(shows_gap)) == 1


def test_a_lost_last_message_is_found_by_the_marker_at_the_next_start(
    writer: Writer, listener: Listener, open_listener: OpenListener, server: MemoryServer
) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    writer.write(FIRST, "lost")
    writer.publish()
    lose_everything(server)
    assert listener.hear() == 0
    listener.disconnect()
    started_again = open_listener()
    talk(writer, started_again)
    assert started_again.hear() == 0
    started_again.connect()
    talk(writer, started_again)
    assert started_again.notes(FIRST) == ["a", "lost"]


def test_a_request_that_was_lost_with_the_connection_is_made_again_at_once(
    writer: Writer, listener: Listener, server: MemoryServer
) -> None:
    talk(writer, listener)
    writer.write(FIRST, "a")
    writer.publish()
    lose_everything(server)
    writer.write(FIRST, "b")
    writer.publish()
    listener.hear()
    lose_everything(server)  # the request among it
    listener.connect()
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a", "b"]


def test_a_broker_that_lost_everything_is_filled_again_from_the_log(
    writer: Writer, listener: Listener, server: MemoryServer, broker: MemoryBroker
) -> None:
    for number in range(20):
        writer.write(dossier(number), "a", "b")
    writer.publish()
    listener.connect()
    listener.settle(listener.take(7))
    broker.close()
    lose_everything(server)
    with pytest.raises(BrokerUnavailableError):
        writer.publish()
    listener.connect()
    talk(writer, listener)
    listener.connect()
    talk(writer, listener)
    assert [listener.notes(dossier(number)) for number in range(20)] == [["a", "b"]] * 20


def test_a_new_listener_is_sent_the_whole_log(
    writer: Writer, listener: Listener, server: MemoryServer
) -> None:
    for number in range(5):
        writer.write(dossier(number), *(f"note {n}" for n in range(300)))
    writer.publish()
    lose_everything(server)
    listener.connect()
    talk(writer, listener)
    assert all(len(listener.notes(dossier(number))) == 300 for number in range(5))


@pytest.mark.parametrize("open_named", ["postgres"], indirect=True)  # SQLite lets nobody in between
def test_a_slow_process_does_not_set_back_how_far_a_quick_one_has_heard(
    open_listener: OpenListener, clock: SetClock
) -> None:
    slow, quick = open_listener(), open_listener()
    unwanted = {"type": "lienthong.routing.internal-event", "data": {}}
    first, second = (note(FIRST, "", n, n - 1, clock, **unwanted) for n in (1, 2))
    with slow.database.transaction() as tx:
        hearing = Hearing(tx, {})
        quick.handler.handle([delivered(first), delivered(second)])
        assert hearing.place(first) is Place.NEXT
        hearing.save()
    assert slow.ask("SELECT position FROM heard") == [(2,)]


def test_a_marker_that_says_nothing_new_asks_for_nothing(writer: Writer, listener: Listener) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    listener.connect()
    writer.publish()
    markers = listener.take()
    assert len(markers) == 4, "one for each partition"
    assert listener.handler.handle(markers) == []
