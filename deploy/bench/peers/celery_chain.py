"""Peer: a Celery chain of five tasks a dossier over RabbitMQ, each committing to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from celery import Celery, chain
from kombu import Connection

from deploy.bench.journey import ACTIONS, STEPS, WORKERS
from deploy.bench.peers.celery_steps import QUEUE, TABLES, celery, task_name
from deploy.bench.peers.servers import Place
from deploy.bench.peers.workers import workers
from deploy.bench.throughput import Progress, Running

NAME = "celery_chain"


@contextmanager
def running(place: Place, directory: Path) -> Iterator[Running]:
    """Start the workers and give what is needed to put load on them."""
    with psycopg.connect(place.database, autocommit=True) as connection:
        connection.execute(TABLES)
        environment = {"BENCH_BROKER": place.broker, "BENCH_DATABASE": place.database}
        with workers(WORKERS, _arguments, environment, directory) as processes:
            processes.wait_until(lambda: consumers(place.broker, QUEUE) == WORKERS)
            application = celery(place.broker)
            try:
                yield Running(_sender(application), lambda: _progress(connection), processes.check)
            finally:
                application.pool.force_close_all()


def consumers(broker: str, queue: str) -> int:
    """Return how many consumers a queue has; 0 while there is no such queue."""
    with Connection(broker) as connection:
        try:
            return int(connection.default_channel.queue_declare(queue, passive=True).consumer_count)
        except connection.channel_errors:
            return 0


def _arguments(number: int) -> list[str]:
    # Four workers of one process each: nothing stands between the queue and the task, whereas a pool's
    # parent would read for its children and hand on through pipes.
    name = f"bench{number}@localhost"
    options = ["--pool", "solo", "--concurrency", "1", "--loglevel", "ERROR", "--hostname", name]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return ["-m", "celery", "-A", "deploy.bench.peers.celery_app", "worker", *options, *quiet]


def _sender(application: Celery) -> Callable[[UUID], None]:
    names = [task_name(action) for action in ACTIONS]

    def send(dossier: UUID) -> None:
        steps = [application.signature(name, args=(str(dossier),), immutable=True) for name in names]
        chain(*steps, app=application).apply_async()

    return send


def _progress(connection: psycopg.Connection[tuple[int, int]]) -> Progress:
    query = "SELECT count(*), count(*) FILTER (WHERE step = %s) FROM history"
    row = connection.execute(query, (STEPS,)).fetchone()
    return Progress(*row) if row else Progress(0, 0)
