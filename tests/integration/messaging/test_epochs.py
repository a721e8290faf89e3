"""After a restore a log goes on in a new epoch: nobody takes a lost history for the one that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.clock import SetClock
from shared.contracts.envelope import Message
from shared.messaging.epochs import Epochs, read_epochs
from shared.messaging.memory import MemoryBroker
from shared.messaging.memory_queues import MemoryServer
from shared.persistence.database import Database
from tests.builders.messaging import Listener, Writer, delivered, dossier, note
from tests.integration.messaging.conftest import OpenDatabase, OpenListener
from tests.integration.messaging.test_hearing import lose_everything, talk

pytestmark = pytest.mark.integration

FIRST = dossier(1)
SECOND = dossier(2)
EPOCH = 29_000_000
"""Epochs are numbered by the minute in which they begin."""
_BEGIN = """
    INSERT INTO log_epoch (service, epoch, after_position, begun_at, backup)
    VALUES ('routing', :epoch, :after, :now, 'b')
"""

Restore = Callable[[], tuple[Writer, Listener]]


@pytest.fixture
def restore(
    open_named: OpenDatabase,
    open_listener: OpenListener,
    broker: MemoryBroker,
    clock: SetClock,
    writer: Writer,
    listener: Listener,
) -> Restore:
    """Begins a new epoch in both databases as they are, and opens the next life of both services."""
    lives = [(writer, listener)]

    def begin() -> tuple[Writer, Listener]:
        lives[-1][0].publisher.close()
        lives[-1][1].disconnect()
        database = open_named("writer")
        with database.transaction() as tx:
            [(head,)] = tx.execute("SELECT position FROM event_head")
        known: dict[str, Epochs] = {}
        for each in (database, open_named("listener")):
            known = _begin(each, head, clock)
        lives.append((Writer(database, clock, broker, known["routing"]), open_listener()))
        return lives[-1]

    return begin


def _begin(database: Database, head: int, clock: SetClock) -> dict[str, Epochs]:
    with database.transaction() as tx:
        [(before,)] = tx.execute("SELECT count(*) FROM log_epoch")
        tx.execute(_BEGIN, {"epoch": EPOCH + before, "after": head, "now": clock.now()})
        return read_epochs(tx)


def lost(clock: SetClock, position: int, previous: int, text: str = "lost") -> Message:
    """Return a message of what was recorded after the backup, as the broker may still hold it."""
    return note(FIRST, text, position, previous, clock)


def test_the_log_goes_on_under_another_source_and_one_chain(
    writer: Writer, listener: Listener, restore: Restore, server: MemoryServer
) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    writer.write(FIRST, "b")  # recorded, and not published when the backup was made
    writer, listener = restore()
    writer.write(FIRST, "c")
    writer.publish()
    lose_everything(server)
    listener.connect()
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a", "b", "c"]
    heard = listener.ask("SELECT source, position FROM heard ORDER BY position")
    assert (f"/lienthong/routing/{EPOCH}", 4) in [tuple(row) for row in heard]
    assert listener.parked() == []


def test_what_was_lost_is_left_aside_and_what_took_its_place_is_heard(
    writer: Writer, listener: Listener, restore: Restore, clock: SetClock
) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    writer, listener = restore()
    assert listener.handler.handle([delivered(lost(clock, 3, 2))]) == [], "nothing is asked for"
    writer.write(FIRST, "in its place")
    talk(writer, listener)
    assert listener.handler.handle([delivered(lost(clock, 3, 2))]) == []
    assert listener.notes(FIRST) == ["a", "in its place"]
    (reason,) = listener.parked("reason")
    assert reason.startswith("other-history: /lienthong/routing/1 3 "), "once, for people to see"


def test_what_is_lost_holds_nothing_of_its_dossier_back(
    writer: Writer, listener: Listener, restore: Restore, clock: SetClock
) -> None:
    writer.write(FIRST, "a")
    writer, listener = restore()
    listener.handler.handle([delivered(lost(clock, 3, 2))])
    writer.write(FIRST, "b")
    writer.write(SECOND, "c")
    talk(writer, listener)
    assert (listener.notes(FIRST), listener.notes(SECOND)) == (["a", "b"], ["c"])


def test_what_the_backup_holds_comes_again_without_effect(
    writer: Writer, listener: Listener, restore: Restore, clock: SetClock
) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    writer, listener = restore()
    assert listener.handler.handle([delivered(lost(clock, 2, 1, "a"))]) == []
    assert (listener.notes(FIRST), listener.parked()) == (["a"], [])


@pytest.mark.parametrize("source", [f"/lienthong/routing/{EPOCH + 5}", "/lienthong/routing/2"])
def test_an_epoch_that_is_not_known_here_is_another_history(
    writer: Writer, listener: Listener, restore: Restore, clock: SetClock, source: str
) -> None:
    writer.write(FIRST, "a")
    writer, listener = restore()
    listener.handler.handle([delivered(replace(lost(clock, 3, 2), source=source))])
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a"]
    assert len(listener.parked("reason")) == 1


def test_a_marker_of_a_lost_history_asks_for_nothing(
    writer: Writer, listener: Listener, restore: Restore
) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    writer.write(FIRST, "lost", "and lost")
    listener.connect()
    writer.publish()
    markers = [one for one in listener.take() if b"log-position" in one.body]
    marker_of_a_longer_log = markers[-1]
    with writer.database.transaction() as tx:  # as in the backup: before anything was lost
        tx.execute("DELETE FROM event WHERE position > 2")
        tx.execute("UPDATE event_head SET position = 2")
        tx.execute("UPDATE published SET position = 2")
    writer, listener = restore()
    assert listener.handler.handle([marker_of_a_longer_log]) == []
    writer.write(FIRST, "b")
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a", "b"]


def test_a_second_restore_begins_a_third_epoch(
    writer: Writer, listener: Listener, restore: Restore, clock: SetClock
) -> None:
    writer.write(FIRST, "a")
    talk(writer, listener)
    writer, listener = restore()
    writer.write(FIRST, "b")
    talk(writer, listener)
    writer, listener = restore()
    between = replace(lost(clock, 4, 3), source=f"/lienthong/routing/{EPOCH}")
    listener.handler.handle([delivered(between)])
    writer.write(FIRST, "c")
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a", "b", "c"]
    sources = [row[0] for row in listener.ask("SELECT source FROM inbox ORDER BY message_id")]
    assert sources[-2:] == [f"/lienthong/routing/{EPOCH}", f"/lienthong/routing/{EPOCH + 1}"]
