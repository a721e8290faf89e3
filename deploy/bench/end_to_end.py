"""Durable dossier actions a second through the full stack, with the latency of each.

Closed loop: a bounded number of dossiers is on its way, and a dossier's next action is sent only when
the ledger shows the one before. Submissions and hand-backs go through intake's single and batch doors,
commands over RabbitMQ from connected agencies, each with an account of its own. Validation,
encryption of personal data, chain of digests and projections are on, as always. The load runs on the
same machine and takes its part of the processors, as do the two servers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from deploy.bench.load.agency import AgencySystem
from deploy.bench.load.desk import SINGLE, Door, Jobs, batch_client, put_reference, single_client
from deploy.bench.load.drive import Drive
from deploy.bench.load.journal import Journal, percentile
from deploy.bench.load.ledger import LedgerWatch
from deploy.bench.load.province import Province
from deploy.bench.throughput import Load


class RunningStack(Protocol):
    """What is asked of a full stack that runs."""

    def urls(self) -> dict[str, str]:
        """Return where each service listens."""
        ...

    def token(self, role: str) -> str:
        """Return a token for a role."""
        ...

    def dsn(self, schema: str) -> str:
        """Return the database address of a schema's own role."""
        ...

    def enrol(self, agency: str) -> str:
        """Make an agency's broker account and return its broker address."""
        ...


@dataclass(frozen=True, slots=True)
class Shape:
    """How the load is made up."""

    load: Load
    desks: int = 4
    agencies: int = 4
    single_clients: int = 4
    batch_clients: int = 4
    batch: int = 50
    """Most lines of a batch."""


@dataclass(frozen=True, slots=True)
class EndToEnd:
    """What was measured."""

    actions_per_second: float
    p50_ms: float
    p99_ms: float
    actions: int
    """Counted in the window."""
    single_share: float
    """Part of submissions and hand-backs that came through single doors."""


def measure(stack: RunningStack, shape: Shape) -> EndToEnd:
    """Put the load on and return what the ledger showed.

    Raises StalledError, LostError when a dossier did not make exactly its five actions, and whatever
    a client raised.
    """
    province = Province.of(shape.desks, shape.agencies)
    addresses = {agency: stack.enrol(agency) for agency in province.departments}
    administrator = stack.token("administrator")
    put_reference(stack.urls()["routing"], administrator, province.for_routing())
    put_reference(stack.urls()["intake"], administrator, province.for_intake())
    journal = Journal()
    with closing(LedgerWatch(stack.dsn("statistics"))) as watch:
        holders: dict[str, AgencySystem] = {}
        drive = Drive(province, shape.load, journal, watch, holders)
        agencies = [AgencySystem(*each, journal, holders) for each in addresses.items()]
        intake, token = stack.urls()["intake"], stack.token("desk_head")
        with closing(Door(intake, token)) as door:
            drive.file_first(door)
        with _working(drive.jobs, agencies, _desks(shape, intake, token, drive.jobs, journal)) as check:
            begin, end = drive.run(check)
    journal.check(drive.filed)
    latencies = journal.latencies(begin, end)
    doors = sum(journal.by_door.values())
    return EndToEnd(
        actions_per_second=journal.rate(begin, end),
        p50_ms=percentile(latencies, 0.50) * 1000,
        p99_ms=percentile(latencies, 0.99) * 1000,
        actions=len(latencies),
        single_share=journal.by_door.get(SINGLE, 0) / doors,
    )


def _desks(shape: Shape, url: str, token: str, jobs: Jobs, journal: Journal) -> list[Callable[[], None]]:
    """Return the desks' clients, each with a connection of its own."""
    single = [partial(single_client, Door(url, token), jobs, journal) for _ in range(shape.single_clients)]
    batch = [
        partial(batch_client, Door(url, token), jobs, journal, shape.batch)
        for _ in range(shape.batch_clients)
    ]
    return [*single, *batch]


@contextmanager
def _working(
    jobs: Jobs,
    agencies: Sequence[AgencySystem],
    desks: Sequence[Callable[[], None]],
) -> Iterator[Callable[[], None]]:
    """Run every client in a thread; give a function that raises what one of them raised."""
    stopped = threading.Event()
    with ThreadPoolExecutor(len(agencies) + len(desks)) as threads:
        running: list[Future[None]] = [threads.submit(agency.run, stopped) for agency in agencies]
        running += [threads.submit(desk) for desk in desks]

        def check() -> None:
            for client in running:
                if client.done():
                    client.result()

        try:
            yield check
        finally:
            stopped.set()
            for _ in desks:
                jobs.put(None)
    check()
