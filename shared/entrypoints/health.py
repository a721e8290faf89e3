"""How a service is: for health checks, for `lienthong status`, for people."""

from __future__ import annotations

from typing import Any

from shared.persistence.database import Database


def health_of(service: str, database: Database) -> dict[str, Any]:
    """Return how far the service's log is published, and what is parked.

    Raises DatabaseUnavailableError: a service without its database is not healthy.
    """
    with database.transaction() as tx:
        head = tx.execute("SELECT position FROM event_head")[0][0]
        published = tx.execute("SELECT position FROM published")[0][0]
        parked = tx.execute(
            "SELECT reason_class, count(*) FROM parked WHERE state = 'parked' GROUP BY reason_class",
        )
        heard = tx.execute("SELECT source, sum(position) FROM heard GROUP BY source ORDER BY source")
    return {
        "service": service,
        "status": "ok",
        "events": head,
        "unpublished": head - published,
        "parked": {row[0]: row[1] for row in parked},
        "heard": {row[0]: int(row[1]) for row in heard},
    }
