"""Transient faults keep nothing, conflicts run again, and a message that fails stops only its dossier."""

from __future__ import annotations

import pytest
from eventsourcing.persistence import RecordConflictError

from shared.clock import SetClock
from shared.messaging.broker import BrokerUnavailableError
from shared.persistence.database import DatabaseUnavailableError, UniqueViolationError
from tests.builders.messaging import (
    NEEDS,
    POISON,
    Listener,
    Notes,
    Writer,
    delivered,
    dossier,
    neighbour,
    note,
)
from tests.integration.messaging.conftest import OpenListener

pytestmark = pytest.mark.integration

FIRST, SECOND = dossier(1), neighbour(1, same_partition=True)


def talk(writer: Writer, listener: Listener) -> None:
    writer.publish()
    while listener.hear():
        writer.publish()


def raise_at(listener: Listener, text: str, error: Exception, times: int) -> None:
    left = times

    def trouble(at: str) -> None:
        nonlocal left
        if at == text and left:
            left -= 1
            raise error

    listener.before = trouble


@pytest.mark.parametrize("error", [DatabaseUnavailableError("away"), BrokerUnavailableError("away")])
def test_a_transient_fault_keeps_nothing_and_parks_nothing(
    writer: Writer, listener: Listener, error: Exception
) -> None:
    writer.write(FIRST, "a", "b")
    writer.write(SECOND, "x")
    writer.publish()
    raise_at(listener, "b", error, times=1)
    deliveries = listener.take()
    with pytest.raises(type(error)):
        listener.handler.handle(deliveries)
    assert (listener.notes(FIRST), listener.notes(SECOND), listener.parked()) == ([], [], [])
    assert listener.ask("SELECT count(*) FROM inbox") == [(0,)]
    listener.settle(deliveries)
    assert (listener.notes(FIRST), listener.notes(SECOND)) == (["a", "b"], ["x"])


@pytest.mark.parametrize("error", [RecordConflictError(), UniqueViolationError()])
def test_a_conflict_runs_again_from_fresh_state(writer: Writer, listener: Listener, error: Exception) -> None:
    writer.write(FIRST, "a", "b")
    raise_at(listener, "b", error, times=3)
    talk(writer, listener)
    assert (listener.notes(FIRST), listener.parked()) == (["a", "b"], [])


def test_another_process_s_changes_are_seen_although_the_aggregate_was_kept(
    open_listener: OpenListener, clock: SetClock
) -> None:
    one, other = open_listener(), open_listener()
    one.handler.handle([delivered(note(FIRST, "a", 1, 0, clock))])
    other.handler.handle([delivered(note(FIRST, "b", 2, 1, clock))])
    one.handler.handle([delivered(note(FIRST, "c", 3, 2, clock))])
    assert one.notes(FIRST) == ["a", "b", "c"]
    kept = one.application.find(FIRST)
    assert isinstance(kept, Notes)
    assert kept.texts == ("a", "b", "c")


def test_poison_in_the_middle_of_a_batch_is_parked_alone_and_its_dossier_waits_behind_it(
    writer: Writer, listener: Listener
) -> None:
    writer.write(FIRST, "a", f"{POISON} 1", "b", "c")
    writer.write(SECOND, "x", "y")
    talk(writer, listener)
    assert listener.notes(FIRST) == ["a"], "not even half of the poisoned one may be kept"
    assert listener.notes(SECOND) == ["x", "y"]
    assert listener.parked() == ["poison", "held", "held"]
    writer.write(FIRST, "d")
    writer.write(SECOND, "z")
    talk(writer, listener)
    assert (listener.notes(FIRST), listener.notes(SECOND)) == (["a"], ["x", "y", "z"])
    assert listener.parked() == ["poison", "held", "held", "held"]


def test_a_parked_message_says_why(writer: Writer, listener: Listener) -> None:
    writer.write(FIRST, f"{POISON} 1")
    talk(writer, listener)
    assert listener.parked("reason") == [f"poisoned: {POISON} 1 cannot be handled"]


def test_a_poisoned_message_that_comes_again_is_not_parked_again(
    writer: Writer, listener: Listener, open_listener: OpenListener
) -> None:
    writer.write(FIRST, f"{POISON} 1", "b")
    writer.publish()
    listener.handler.handle(listener.take())
    listener.disconnect()
    next_life = open_listener()
    talk(writer, next_life)
    assert next_life.parked() == ["poison", "held"]


def test_what_waits_goes_on_in_order_when_its_reference_comes(writer: Writer, listener: Listener) -> None:
    writer.write(FIRST, "a", f"{NEEDS}tax", "b")
    writer.write(SECOND, "x")
    talk(writer, listener)
    assert listener.parked() == ["waiting", "held"]
    assert listener.notes(SECOND) == ["x"]
    writer.write(FIRST, "c")
    talk(writer, listener)
    writer.register("tax")
    talk(writer, listener)
    assert listener.parked() == []
    assert listener.notes(FIRST) == ["a", f"{NEEDS}tax", "b", "c"]
    writer.write(FIRST, "d")
    talk(writer, listener)
    assert listener.notes(FIRST)[-1] == "d"


def test_a_retry_handles_what_can_be_handled_by_now(writer: Writer, listener: Listener) -> None:
    raise_at(listener, "b", ValueError("a fault of ours"), times=2)
    writer.write(FIRST, "a", "b", "c")
    talk(writer, listener)
    assert listener.parked("reason_class, reason") == [
        ("poison", "unexpected-ValueError: a fault of ours"),
        ("held", "an earlier message of this dossier is parked"),
    ]
    assert listener.handler.retry(str(FIRST)) == 2
    assert (listener.notes(FIRST), listener.parked()) == (["a", "b", "c"], [])


def test_a_retry_stops_at_the_first_that_still_fails_and_writes_the_new_reason_down(
    writer: Writer, listener: Listener
) -> None:
    writer.write(FIRST, f"{POISON} 1", "b")
    talk(writer, listener)
    raise_at(listener, f"{POISON} 1", ValueError("something else"), times=1)
    assert listener.handler.retry(str(FIRST)) == 0
    assert listener.parked("reason") == [
        "unexpected-ValueError: something else",
        "an earlier message of this dossier is parked",
    ]


def test_a_retry_in_a_transient_fault_changes_nothing(writer: Writer, listener: Listener) -> None:
    raise_at(listener, "a", ValueError("a fault of ours"), times=2)
    writer.write(FIRST, "a")
    talk(writer, listener)
    raise_at(listener, "a", DatabaseUnavailableError("away"), times=1)
    with pytest.raises(DatabaseUnavailableError):
        listener.handler.retry(str(FIRST))
    assert listener.parked("reason") == ["unexpected-ValueError: a fault of ours"]
    assert listener.handler.retry(str(FIRST)) == 1
