"""How old what a consumer knows is: it grows by whatever keeps word from it, and shrinks when it has heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

import orjson
import pytest

from shared.entrypoints import health
from shared.messaging import position_age
from shared.messaging.hearing import ResendRequest, read_request
from shared.messaging.memory_queues import MemoryServer
from shared.messaging.position_age import position_ages
from tests.builders.messaging import Listener, Writer, dossier

pytestmark = pytest.mark.integration

FIRST = dossier(1)


class Machine:
    """The machine's time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(position_age, "machine_now", lambda: machine.now)
    return machine


def ages(listener: Listener) -> dict[str, float]:
    with listener.database.transaction() as tx:
        return position_ages(tx)


def ask(listener: Listener) -> None:
    """Do as the entrypoint does every few seconds."""
    listener.take(0)
    assert listener.publisher
    listener.publisher.publish(listener.handler.positions_asked())


def talk(writer: Writer, listener: Listener) -> None:
    writer.publish()
    while listener.hear():
        writer.publish()


def test_nobody_knows_the_age_of_what_was_never_answered(listener: Listener, machine: Machine) -> None:
    ask(listener)
    machine.passes(30)
    assert ages(listener) == {}


def test_it_grows_until_the_source_answers_and_counts_from_the_moment_of_asking(
    writer: Writer, listener: Listener, machine: Machine
) -> None:
    ask(listener)
    talk(writer, listener)
    assert ages(listener) == {"routing": 0.0}
    machine.passes(100)
    ask(listener)
    machine.passes(20)
    assert ages(listener) == {"routing": 120.0}, "the source is away"
    talk(writer, listener)
    assert ages(listener) == {"routing": 20.0}


def test_an_answer_counts_only_behind_what_was_sent_before_it(
    writer: Writer, listener: Listener, machine: Machine
) -> None:
    ask(listener)
    talk(writer, listener)
    machine.passes(60)
    writer.write(FIRST, *"abcde")
    writer.publish()
    ask(listener)
    writer.publish()
    listener.settle(listener.take(3))
    assert ages(listener) == {"routing": 60.0}, "five notes lie before the answer"
    listener.hear()
    assert ages(listener) == {"routing": 0.0}


def test_whoever_misses_a_message_is_as_old_as_before_until_it_has_come(
    writer: Writer, listener: Listener, server: MemoryServer, machine: Machine
) -> None:
    ask(listener)
    talk(writer, listener)
    machine.passes(60)
    writer.write(FIRST, "lost")
    writer.publish()
    with server.lock:
        for queue in server.queues.values():
            queue.messages.clear()
    ask(listener)
    writer.publish()
    listener.hear()
    assert ages(listener) == {"routing": 60.0}, "the thread lives, and something is missing"
    writer.publish()
    listener.hear()
    ask(listener)
    talk(writer, listener)
    assert (listener.notes(FIRST), ages(listener)) == (["lost"], {"routing": 0.0})


def test_an_answer_that_comes_late_or_twice_makes_nothing_older(
    writer: Writer, listener: Listener, machine: Machine
) -> None:
    ask(listener)
    writer.publish()
    old = listener.take()
    machine.passes(50)
    ask(listener)
    writer.publish()
    listener.settle([*listener.take(), *old])
    listener.handler.handle(old)
    assert ages(listener) == {"routing": 0.0}


@pytest.mark.parametrize("asked", [7, "yesterday", "x" * 500, "9999-99-99T00:00:00Z", ["a"], None])
def test_what_is_no_moment_is_passed_over(asked: object) -> None:
    body = {"consumer": "processing", "partition": 0, "after": None, "asked": asked}
    assert read_request("routing", orjson.dumps(body)) == ResendRequest("routing", "processing", 0, None)


def test_health_is_the_age_of_the_position_and_not_a_living_thread(
    writer: Writer, listener: Listener, machine: Machine
) -> None:
    ask(listener)
    talk(writer, listener)

    def status() -> tuple[str, int]:
        found = health.health_of("processing", listener.database, {"take": monotonic()})
        return found["status"], health.health_response(found).status_code

    assert status() == ("ok", 200)
    machine.passes(health.BEHIND_SECONDS + 1)
    assert status() == ("behind", 503)
    ask(listener)
    talk(writer, listener)
    assert status() == ("ok", 200)
