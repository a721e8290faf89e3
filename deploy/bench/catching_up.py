"""How fast an agency that was away catches up, with the published connector acknowledging each message.

Hand-overs pile up in the delivery ledger while nobody reads the agency's queue. Then its connector comes
back: it stores each message in its own file, acknowledges it to the broker, and answers it with a command
that it publishes with a confirm, one after the other. The clock stops when the ledger has the last answer.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
import psycopg

from deploy.bench.end_to_end import RunningStack
from deploy.bench.load.desk import Door, Job, send_batch
from deploy.bench.load.journal import Journal
from deploy.bench.load.province import Province
from deploy.bench.throughput import StalledError
from deploy.connector.client import Connector
from deploy.connector.memory import Memory
from deploy.connector.messages import Incoming, answer
from deploy.connector.settings import Settings
from deploy.instances.waiting import until

BATCH = 500
RATE = 10_000
"""Messages a second that the ledger would send: more than anybody takes, so that it does not hold back."""
WINDOW = 1_000
_LOOK_SECONDS = 0.02
_ENTERED = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND state IN ('waiting', 'sent')"


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What was measured."""

    messages: int
    seconds: float

    @property
    def messages_per_second(self) -> float:
        """The rate."""
        return self.messages / self.seconds


def measure(stack: RunningStack, messages: int) -> CaughtUp:
    """Let so many messages pile up and be caught up with. Raises StalledError when any is not answered.

    The stack must know the bench's province: `end_to_end.measure` tells it.
    """
    province = Province.of(1, 1)
    (agency,) = province.departments
    _serve(stack, agency)
    with psycopg.connect(stack.dsn("processing"), autocommit=True) as connection:

        def unanswered() -> int:
            row = connection.execute(_ENTERED, [agency]).fetchone()
            return int(row[0]) if row else 0

        _pile_up(stack, province, messages)
        _await(lambda: unanswered() == messages, f"{messages} hand-overs in the ledger")
        settings = Settings(agency, stack.enrol(agency))
        with tempfile.TemporaryDirectory(prefix="lienthong-bench-") as folder:
            return CaughtUp(messages, _catch_up(settings, Path(folder), unanswered))


def _catch_up(settings: Settings, folder: Path, unanswered: Callable[[], int]) -> float:
    """Return the seconds until nothing is left unanswered."""
    stopped = threading.Event()

    def handler(incoming: Incoming) -> Sequence[Mapping[str, Any]]:
        return [answer(settings.agency, incoming, "acknowledge-message")] if incoming.is_hand_over else []

    def work() -> None:
        with closing(Memory(folder / "connector.sqlite")) as memory:
            Connector(settings, memory, handler).run(stopped)

    thread = threading.Thread(target=work, name="connector")
    begun = perf_counter()
    thread.start()
    try:
        _await(lambda: unanswered() == 0, "every message is answered")
        return perf_counter() - begun
    finally:
        stopped.set()
        thread.join()


def _await(condition: Callable[[], bool], what: str) -> None:
    if not until(condition, 600):
        raise StalledError(f"not within ten minutes: {what}")


def _serve(stack: RunningStack, agency: str) -> None:
    """Let the ledger send to the agency as fast as it can."""
    way = {"way": "queue", "window": WINDOW, "rate": RATE, "reason": "bench"}
    with closing(Door(stack.urls()["processing"], stack.token("administrator"))) as door:
        door.ask("PUT", f"/v1/agencies/{agency}/delivery", orjson.dumps(way), "bench-catching-up")


def _pile_up(stack: RunningStack, province: Province, messages: int) -> None:
    jobs = [Job("submit", province.submission(number)) for number in range(messages)]
    with closing(Door(stack.urls()["intake"], stack.token("desk_head"))) as door:
        for start in range(0, messages, BATCH):
            send_batch(door, jobs[start : start + BATCH], Journal())
