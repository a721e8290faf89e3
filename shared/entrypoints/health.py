"""How a service is: for health checks, for `lienthong status`, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

import eventlet
from werkzeug.wrappers import Response

from shared.entrypoints.http import json_response
from shared.messaging.position_age import position_ages
from shared.persistence.database import Database, DatabaseUnavailableError, Transaction

STALLED_SECONDS = 45.0
"""How long a thread may go without doing its work: each works, or looks, every second.

Whoever waits a minute after an outage began sees it here."""

BEHIND_SECONDS = 120.0
"""How old a position may be; it is asked for every ten seconds."""

LOOKED_SECONDS = 3.0
"""How long a look waits for the database: whoever asks how a service is gives up soon after."""


@contextmanager
def looked_into(database: Database) -> Iterator[Transaction]:
    """Open a transaction to look at a service's state. Raises DatabaseUnavailableError, and soon."""
    away = DatabaseUnavailableError("the database did not answer in time")
    with eventlet.Timeout(LOOKED_SECONDS, away), database.transaction() as tx:
        yield tx


def health_of(service: str, database: Database, progress: Mapping[str, float]) -> dict[str, Any]:
    """Return how far the service's log is published, what is parked, and how old what it knows is.

    The status is `ok`; `stalled` when a thread (taking, publishing, delivering ...) has not worked for a
    while, as when the broker is away; or `behind` when its position in another service's log is old,
    whatever its threads do. `progress` has the threads' names and monotonic times.

    Raises DatabaseUnavailableError: a service without its database is not healthy.
    """
    with looked_into(database) as tx:
        head = tx.execute("SELECT position FROM event_head")[0][0]
        published = tx.execute("SELECT position FROM published")[0][0]
        parked = tx.execute(
            "SELECT reason_class, count(*) FROM parked WHERE state = 'parked' GROUP BY reason_class",
        )
        heard = tx.execute("SELECT source, sum(position) FROM heard GROUP BY source ORDER BY source")
        positions = position_ages(tx)
    now = monotonic()
    ages = {name: round(now - at, 1) for name, at in sorted(progress.items())}
    return {
        "service": service,
        "status": _status(ages, positions),
        "seconds_since": ages,
        "events": head,
        "unpublished": head - published,
        "parked": {row[0]: row[1] for row in parked},
        "heard": {row[0]: int(row[1]) for row in heard},
        "position_age": positions,
    }


def _status(ages: Mapping[str, float], positions: Mapping[str, float]) -> str:
    if max(ages.values(), default=0.0) > STALLED_SECONDS:
        return "stalled"
    return "behind" if max(positions.values(), default=0.0) > BEHIND_SECONDS else "ok"


def health_response(health: dict[str, Any]) -> Response:
    """Return a service's health, with a status that health checks understand."""
    return json_response(health, 200 if health["status"] == "ok" else 503)
