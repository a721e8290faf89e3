"""Peer: plain nameko event handlers over RabbitMQ, each saving an event with eventsourcing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from kombu import pools
from nameko.standalone.events import event_dispatcher
from psycopg.conninfo import conninfo_to_dict

from deploy.bench.journey import STEPS, WORKERS
from deploy.bench.peers.celery_chain import consumers
from deploy.bench.peers.nameko_steps import FILED, QUEUES, SERVICE, Journeys
from deploy.bench.peers.servers import Place
from deploy.bench.peers.workers import workers
from deploy.bench.throughput import Progress, Running

NAME = "plain_nameko"


@contextmanager
def running(place: Place, directory: Path) -> Iterator[Running]:
    """Start the workers and give what is needed to put load on them."""
    settings = _settings(place.database)
    Journeys(env=settings).close()  # creates the tables, which four processes at once would quarrel over
    environment = {
        **settings,
        "CREATE_TABLE": "no",
        "BENCH_BROKER": place.broker,
        "PSYCOPG_WAIT_FUNC": "wait_select",  # or one worker's wait would stop all of its process
    }
    with (
        psycopg.connect(place.database, autocommit=True) as connection,
        workers(
            WORKERS, lambda _: ["-m", "deploy.bench.peers.nameko_worker"], environment, directory
        ) as processes,
    ):
        processes.wait_until(lambda: all(consumers(place.broker, queue) == WORKERS for queue in QUEUES))
        try:
            yield Running(_sender(place.broker), lambda: _progress(connection), processes.check)
        finally:
            pools.reset()  # nameko publishes through kombu's global pools


def _settings(dsn: str) -> Mapping[str, str]:
    parts = conninfo_to_dict(dsn)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts["port"]),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": str(parts["password"]),
        "POSTGRES_POOL_SIZE": "10",
        "POSTGRES_MAX_OVERFLOW": "0",
    }


def _sender(broker: str) -> Callable[[UUID], None]:
    dispatch = event_dispatcher({"AMQP_URI": broker})
    return lambda dossier: dispatch(SERVICE, FILED, str(dossier))


def _progress(connection: psycopg.Connection[tuple[int, int]]) -> Progress:
    query = "SELECT count(*), count(*) FILTER (WHERE originator_version = %s) FROM journeys_events"
    row = connection.execute(query, (STEPS,)).fetchone()
    return Progress(*row) if row else Progress(0, 0)
