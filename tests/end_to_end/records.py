"""What the stack's databases hold after a test, asked as the superuser."""

from __future__ import annotations

from typing import Any

import psycopg

from deploy.play.client import Client
from deploy.provision import DATABASE, VHOST
from deploy.stack import Stack
from services.statistics.ledger.verification import verify
from shared.persistence.postgres import PostgresDatabase
from tests.end_to_end.waiting import eventually

SOURCES = ("intake", "routing", "processing")
SETTLE_SECONDS = 60.0

_OUT_OF_ORDER = """
    SELECT count(*) FROM (
        SELECT message_id::bigint AS position,
            lag(message_id::bigint) OVER (
                PARTITION BY split_part(source, '/', 3), root_id ORDER BY sequence
            ) AS before
        FROM statistics.ledger
    ) AS neighbours WHERE position <= before
"""
_MORE_THAN_ONCE = """
    SELECT type, leg_id, count(*) FROM statistics.ledger
    WHERE leg_id IS NOT NULL AND type NOT LIKE '%%.internal-event'
        AND type NOT LIKE '%%.work-recorded' AND type NOT LIKE '%%.act-refused'
    GROUP BY type, leg_id HAVING count(*) > 1
"""


def rows(stack: Stack, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with psycopg.connect(stack.postgres.admin_dsn(DATABASE)) as connection:
        return connection.execute(sql, params).fetchall()


def number(stack: Stack, sql: str, *params: Any) -> int:
    """Return the one number that a query finds."""
    ((found,),) = rows(stack, sql, *params)
    return int(found)


def settled(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return how every service is, once all is published and in the ledger."""

    def health() -> dict[str, dict[str, Any]] | None:
        status = stack.status()
        parts = [status[name] for name in (*SOURCES, "statistics")]
        if any(part["status"] != "ok" for part in status.values()):
            return None
        waiting = sum(part["unpublished"] for part in parts)
        events = sum(part["events"] for part in parts)
        return status if not waiting and status["statistics"]["ledger"] == events else None

    found = eventually(health, "every event is published and in the ledger", SETTLE_SECONDS)
    assert found is not None
    return found


def assert_ledger_is_whole(stack: Stack) -> None:
    """See that the ledger has every event of every service once, in order, and that its chain holds."""
    head, count = rows(stack, "SELECT max(sequence), count(*) FROM statistics.ledger")[0]
    assert head == count == number(stack, "SELECT sequence FROM statistics.ledger_head")
    for service in SOURCES:
        events = number(stack, f"SELECT position FROM {service}.event_head")
        entered = rows(
            stack,
            "SELECT count(*), count(DISTINCT message_id), max(message_id::bigint) FROM statistics.ledger"
            " WHERE split_part(source, '/', 3) = %s",
            service,
        )
        assert entered == [(events, events, events)], service
    assert number(stack, _OUT_OF_ORDER) == 0
    assert rows(stack, _MORE_THAN_ONCE) == []
    database = PostgresDatabase(stack.dsn("statistics"), "statistics", 1)
    try:
        verification = verify(database)
    finally:
        database.close()
    assert (verification.entries, verification.broken) == (count, None), verification


def parked(stack: Stack) -> dict[str, int]:
    """Return how many messages each service could not handle, and how many copies lie in which queue."""
    found = {
        service: number(stack, f"SELECT count(*) FROM {service}.parked WHERE state = 'parked'")
        for service in (*SOURCES, "statistics")
    }
    listed = stack.rabbit.control("list_queues", "--vhost", VHOST, "name", "messages").splitlines()
    lengths = dict(line.split("\t") for line in listed if line.count("\t") == 1)
    copies = {name: int(length) for name, length in lengths.items() if name.endswith(".dead")}
    assert "statistics.in.0.dead" in copies
    return found | copies


def statuses(client: Client, ids: dict[str, str]) -> dict[str, tuple[int, str | None]]:
    """Return status and verdict of dossiers, by the names that `ids` gives them."""
    found = {}
    for name, dossier in ids.items():
        answer = client.get(f"/v1/dossiers/{dossier}")
        found[name] = (answer["status"], answer["verdict"])
    return found
