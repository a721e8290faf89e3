"""No parked message lies there for ever: not after a crash, not when two are at it at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.clock import SetClock
from tests.builders.messaging import NEEDS, Listener, Writer, delivered, dossier, note
from tests.integration.messaging.conftest import OpenListener

pytestmark = pytest.mark.integration

FIRST = dossier(1)
BEFORE_THE_PARKING = 3
"""Units before it: the batch, then alone the event that began the notes, and the one that fails."""


def talk(writer: Writer, listener: Listener) -> None:
    writer.publish()
    while listener.hear():
        writer.publish()


def before_unit(listener: Listener, number: int, action: Callable[[], object]) -> None:
    """Do something between two units of a process: as another process would that was quicker."""
    run, units = listener.unit.run, 0

    def run_and_count(work: Any) -> Any:
        nonlocal units
        units += 1
        if units == number + 1:
            action()
        return run(work)

    listener.unit.run = run_and_count  # type: ignore[method-assign]


def test_a_crash_between_the_reference_s_commit_and_the_release_loses_no_release(
    writer: Writer, listener: Listener, open_listener: OpenListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_references: object) -> None:
        raise KeyboardInterrupt

    writer.write(FIRST, f"{NEEDS}tax")
    talk(writer, listener)
    writer.register("tax")
    writer.publish()
    monkeypatch.setattr(listener.handler, "release", crash)
    with pytest.raises(KeyboardInterrupt):
        listener.handler.handle(listener.take())
    listener.disconnect()
    next_life = open_listener()
    talk(writer, next_life)
    assert (next_life.notes(FIRST), next_life.parked()) == ([f"{NEEDS}tax"], [])


def test_a_crash_after_the_parking_does_not_hide_that_the_reference_has_come(
    writer: Writer, listener: Listener, open_listener: OpenListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_key: object) -> None:
        raise KeyboardInterrupt

    writer.write(FIRST, f"{NEEDS}tax")
    writer.publish()
    before_unit(listener, BEFORE_THE_PARKING, lambda: _register_and_release(open_listener()))
    monkeypatch.setattr(listener.handler, "retry", crash)
    with pytest.raises(KeyboardInterrupt):
        listener.handler.handle(listener.take())
    assert listener.parked() == ["waiting"]
    listener.disconnect()
    next_life = open_listener()
    talk(writer, next_life)
    assert (next_life.notes(FIRST), next_life.parked()) == ([f"{NEEDS}tax"], [])


def test_a_reference_that_comes_between_the_failure_and_the_parking_is_not_missed(
    writer: Writer, listener: Listener, open_listener: OpenListener
) -> None:
    writer.write(FIRST, f"{NEEDS}tax", "b")
    before_unit(listener, BEFORE_THE_PARKING, lambda: _register_and_release(open_listener()))
    talk(writer, listener)
    assert (listener.notes(FIRST), listener.parked()) == ([f"{NEEDS}tax", "b"], [])


def test_a_held_message_that_waits_for_something_itself_goes_on_when_that_comes(
    writer: Writer, listener: Listener
) -> None:
    writer.write(FIRST, f"{NEEDS}tax", f"{NEEDS}land", "c")
    talk(writer, listener)
    writer.register("tax")
    talk(writer, listener)
    assert listener.parked("reason_class, waits_for") == [("waiting", "agency/land"), ("held", None)]
    writer.register("land")
    talk(writer, listener)
    assert (listener.notes(FIRST), listener.parked()) == ([f"{NEEDS}tax", f"{NEEDS}land", "c"], [])


def test_a_message_that_is_held_behind_the_last_one_being_released_goes_on_too(
    listener: Listener, open_listener: OpenListener, clock: SetClock
) -> None:
    waiting = [note(FIRST, f"{NEEDS}tax", 1, 0, clock), note(FIRST, "b", 2, 1, clock)]
    listener.handler.handle([delivered(message) for message in waiting])
    late = delivered(note(FIRST, "c", 3, 2, clock))
    with listener.database.transaction() as tx:
        tx.execute("INSERT INTO known (agency) VALUES ('tax')")
    before_unit(listener, 1, lambda: open_listener().handler.handle([late]))
    listener.handler.release(["agency/tax"])
    assert (listener.notes(FIRST), listener.parked()) == ([f"{NEEDS}tax", "b", "c"], [])


def test_two_that_release_the_same_dossier_handle_each_message_once(
    listener: Listener, open_listener: OpenListener, clock: SetClock
) -> None:
    waiting = [note(FIRST, f"{NEEDS}tax", 1, 0, clock), note(FIRST, "b", 2, 1, clock)]
    listener.handler.handle([delivered(message) for message in waiting])
    before_unit(listener, 0, lambda: _register_and_release(open_listener()))
    listener.handler.retry(str(FIRST))
    assert (listener.notes(FIRST), listener.parked()) == ([f"{NEEDS}tax", "b"], [])


def _register_and_release(process: Listener) -> None:
    with process.database.transaction() as tx:
        tx.execute("INSERT INTO known (agency) VALUES ('tax')")
    process.handler.release(["agency/tax"])
