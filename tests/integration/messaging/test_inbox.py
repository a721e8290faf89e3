"""A message has its effect once, however often and to how many processes it is delivered."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Barrier, Thread

import pytest

from shared.clock import SetClock
from shared.messaging.broker import Delivery
from tests.builders.messaging import Listener, Writer, delivered, dossier, note
from tests.integration.messaging.conftest import OpenListener

pytestmark = pytest.mark.integration

FIRST = dossier(1)


def test_a_message_twice_in_one_batch_has_its_effect_once(listener: Listener, clock: SetClock) -> None:
    one = delivered(note(FIRST, "a", 1, 0, clock))
    listener.handler.handle([one, one])
    assert listener.notes(FIRST) == ["a"]


def test_a_message_in_two_batches_has_its_effect_once(listener: Listener, clock: SetClock) -> None:
    one = delivered(note(FIRST, "a", 1, 0, clock))
    listener.handler.handle([one])
    listener.handler.handle([one, delivered(note(FIRST, "b", 2, 1, clock))])
    assert listener.notes(FIRST) == ["a", "b"]


def test_a_batch_that_comes_again_after_a_crash_before_the_acknowledgement_has_its_effect_once(
    writer: Writer, listener: Listener, open_listener: OpenListener
) -> None:
    writer.write(FIRST, "a", "b", "c")
    writer.publish()
    listener.connect()
    listener.handler.handle(listener.take())
    listener.disconnect()
    next_life = open_listener()
    writer.publish()
    again = next_life.take()
    assert any(delivery.redelivered for delivery in again)
    next_life.settle(again)
    assert next_life.notes(FIRST) == ["a", "b", "c"]


def test_two_processes_that_get_the_same_messages_at_the_same_time_do_them_once(
    open_listener: OpenListener, clock: SetClock
) -> None:
    processes = [open_listener(), open_listener()]
    batches = [
        [delivered(note(FIRST, f"{n}", n, n - 1, clock)) for n in range(first, first + 5)]
        for first in range(1, 101, 5)
    ]
    together = Barrier(len(processes))
    failures: list[BaseException] = []

    def handle_all(process: Listener, all_batches: Sequence[Sequence[Delivery]]) -> None:
        try:
            for batch in all_batches:
                together.wait(30)
                process.handler.handle(batch)
        except BaseException as failure:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(failure)
            together.abort()

    threads = [Thread(target=handle_all, args=(process, batches)) for process in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert processes[0].notes(FIRST) == [str(n) for n in range(1, 101)]
    assert processes[0].parked() == []
    assert processes[0].ask("SELECT count(*) FROM inbox") == [(100,)]


def test_nothing_is_kept_of_a_batch_when_the_transaction_fails(
    listener: Listener, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise MemoryError

    batch = [delivered(note(FIRST, "a", 1, 0, clock))]
    with monkeypatch.context() as patched:
        patched.setattr(listener.application, "flush", fail)
        with pytest.raises(MemoryError):
            listener.handler.handle(batch)
    for table in ("event", "inbox", "heard"):
        assert listener.ask(f"SELECT count(*) FROM {table}") == [(0,)], table
    listener.handler.handle(batch)
    assert listener.notes(FIRST) == ["a"]
