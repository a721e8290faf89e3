"""What the stack's databases hold after a test, asked as the superuser."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from deploy.instances.waiting import until
from deploy.play.client import Client
from deploy.provision import DATABASE, VHOST
from deploy.stack import Stack
from services.statistics.ledger.verification import verify
from shared.persistence.postgres import PostgresDatabase

SOURCES = ("intake", "routing", "processing")
SETTLE_SECONDS = 60.0
_IN_QUEUE = re.compile(r"(intake|routing|processing|statistics)\.in\.\d+")

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
    """Return how every service is, once all is published and in the ledger and nothing is on its way."""
    status: dict[str, dict[str, Any]] = {}
    waits_for = [""]

    def everything() -> bool:
        status.update(stack.status())
        waits_for[:] = _on_its_way(stack, status)
        return not waits_for

    assert until(everything, SETTLE_SECONDS), f"not within {SETTLE_SECONDS:.0f} s: {waits_for}"
    return status


def _on_its_way(stack: Stack, status: dict[str, dict[str, Any]]) -> list[str]:
    parts = {name: status[name] for name in (*SOURCES, "statistics")}
    waits_for = [f"{name} is not well" for name, part in status.items() if part["status"] != "ok"]
    waits_for += [f"{name} has unpublished events" for name, part in parts.items() if part["unpublished"]]
    # What a service has not acknowledged can still become an event.
    lengths = _queue_lengths(stack).items()
    waits_for += [
        f"{name} holds {length}" for name, length in lengths if length and _IN_QUEUE.fullmatch(name)
    ]
    events = sum(number(stack, f"SELECT position FROM {service}.event_head") for service in parts)
    entered = status["statistics"]["ledger"]
    return waits_for if entered == events else [*waits_for, f"the ledger has {entered} of {events}"]


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
    copies = {name: length for name, length in _queue_lengths(stack).items() if name.endswith(".dead")}
    assert "statistics.in.0.dead" in copies
    return found | copies


def _queue_lengths(stack: Stack) -> dict[str, int]:
    """Return how many messages each queue holds, with those that were handed out and not acknowledged."""
    columns = ("--no-table-headers", "name", "messages")
    listed = stack.rabbit.control("list_queues", "--vhost", VHOST, *columns).splitlines()
    return {name: int(length) for name, length in (line.split("\t") for line in listed)}


def statuses(client: Client, ids: dict[str, str]) -> dict[str, tuple[int, str | None]]:
    """Return status and verdict of dossiers, by the names that `ids` gives them."""
    found = {}
    for name, dossier in ids.items():
        answer = client.get(f"/v1/dossiers/{dossier}")
        found[name] = (answer["status"], answer["verdict"])
    return found
