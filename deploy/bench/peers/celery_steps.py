"""The five steps as Celery tasks, and a worker's settings. Run by `celery -A` in each worker.

Settings chosen in Celery's favour among those that lose nothing:

* acknowledged late, messages persistent, publishes confirmed, a durable classic queue (its default);
* no result backend, no events, no gossip, no rate limits, no remote control;
* one connection to PostgreSQL kept by each process; business row and history row in one statement,
  so that a step is one round trip and one commit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from celery import Celery

from deploy.bench.journey import ACTIONS

QUEUE = "bench.steps"
PREFETCH = 64
"""Together the workers then fetch all that is in flight: none waits for a message."""

TABLES = """
CREATE TABLE dossier (
    id uuid PRIMARY KEY, step integer NOT NULL, state text NOT NULL, changed_at timestamptz NOT NULL
);
CREATE TABLE history (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, dossier uuid NOT NULL,
    step integer NOT NULL, action text NOT NULL, happened_at timestamptz NOT NULL, body text NOT NULL,
    UNIQUE (dossier, step)
);
"""

_FIRST = """
WITH changed AS (
    INSERT INTO dossier (id, step, state, changed_at) VALUES (%(id)s, %(step)s, %(action)s, now())
    ON CONFLICT (id) DO NOTHING RETURNING id
)
INSERT INTO history (dossier, step, action, happened_at, body)
SELECT id, %(step)s, %(action)s, now(), %(body)s FROM changed
"""
_NEXT = """
WITH changed AS (
    UPDATE dossier SET step = %(step)s, state = %(action)s, changed_at = now()
    WHERE id = %(id)s AND step = %(step)s - 1 RETURNING id
)
INSERT INTO history (dossier, step, action, happened_at, body)
SELECT id, %(step)s, %(action)s, now(), %(body)s FROM changed
"""

SETTINGS: dict[str, Any] = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_ignore_result": True,
    "task_default_queue": QUEUE,
    "task_default_delivery_mode": "persistent",
    "task_serializer": "json",
    "accept_content": ["json"],
    "broker_transport_options": {"confirm_publish": True},
    "broker_connection_retry_on_startup": True,
    "worker_prefetch_multiplier": PREFETCH,
    "worker_disable_rate_limits": True,
    "worker_send_task_events": False,
    "worker_enable_remote_control": False,
    "task_send_sent_event": False,
}


def task_name(action: str) -> str:
    """Return the durable name of an action's task."""
    return f"bench.{action}"


def celery(broker: str) -> Celery:
    """Return a Celery application on a broker, with the settings that all sides share."""
    application = Celery("bench", broker=broker, set_as_current=False)
    application.conf.update(SETTINGS)
    return application


class Store:
    """A process's connection, opened with its first step."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[Any] | None = None

    def write(self, step: int, action: str, dossier: str) -> None:
        """Commit a step; a second delivery of it changes nothing."""
        if self._connection is None:
            self._connection = psycopg.connect(self._dsn, autocommit=True)
        body = f'{{"dossier": "{dossier}", "action": "{action}", "actor": "H47.01"}}'
        values = {"id": dossier, "step": step, "action": action, "body": body}
        self._connection.execute(_FIRST if step == 1 else _NEXT, values)


def _task(store: Store, step: int, action: str) -> Callable[[str], None]:
    def run(dossier: str) -> None:
        store.write(step, action, dossier)

    return run


def build(broker: str, dsn: str) -> Celery:
    """Return the application with its five tasks, for a worker."""
    application, store = celery(broker), Store(dsn)
    for step, action in enumerate(ACTIONS, start=1):
        application.task(_task(store, step, action), name=task_name(action))
    return application
