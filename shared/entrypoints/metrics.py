"""`/metrics`: how a service is, in Prometheus' text format, read from its tables when somebody scrapes.

It needs no token and holds nothing personal: numbers, and names of threads, sources, agencies and codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from werkzeug.wrappers import Request, Response

from shared.clock import Clock
from shared.entrypoints.counting import Counting
from shared.entrypoints.health import looked_into
from shared.entrypoints.http import door
from shared.entrypoints.wiring import Wired
from shared.messaging.failures import TRANSIENT
from shared.messaging.position_age import position_ages
from shared.persistence.database import Database, Transaction

Measure = Callable[[datetime], Iterable[Metric]]
"""Reads more of a service's state at a moment."""

_DUE = "FROM deadline WHERE state = 'pending' AND fires_at <= :now"


class MetricsDoor:
    """The door that Prometheus asks."""

    counting: Counting = Wired("counting")

    @door("GET", "/metrics")
    def metrics(self, _request: Request) -> Response:
        """Say how the service is, in numbers."""
        return Response(generate_latest(self.counting.registry), content_type=CONTENT_TYPE_LATEST)


class StateCollector(Collector):
    """Reads a service's tables and the ages of its threads; the rest still answers without the database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        progress: Mapping[str, float],
        oldest_unpublished: Callable[[int], datetime | None] | None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._progress = progress
        self._oldest_unpublished = oldest_unpublished
        self._measures: list[Measure] = []

    def also(self, measure: Measure) -> None:
        """Let a service add what only it has."""
        self._measures.append(measure)

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: the registry would otherwise ask the database when it is made."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Return everything, or what can be said without the database."""
        yield self._ages()
        try:
            stored = list(self._stored())
        except TRANSIENT:
            yield _gauge("database_up", "Whether the service reached its database at this scrape", 0)
            return
        yield _gauge("database_up", "Whether the service reached its database at this scrape", 1)
        yield from stored

    def _ages(self) -> Metric:
        now = monotonic()
        family = GaugeMetricFamily(
            "lienthong_loop_seconds_since_work",
            "Seconds since each thread of the service last did its work",
            labels=["loop"],
        )
        for name, at in sorted(self._progress.items()):
            family.add_metric([name], max(0.0, now - at))
        return family

    def _stored(self) -> Iterable[Metric]:
        now = self._clock.now()
        with looked_into(self._database) as tx:
            head = int(tx.execute("SELECT position FROM event_head")[0][0])
            published = int(tx.execute("SELECT position FROM published")[0][0])
            yield from _taken_in(tx)
            yield from _deadlines(tx, now)
            yield by_label(
                "heard_age_seconds",
                "Age of the position in each other service's log: all that was published before was heard",
                "producer",
                position_ages(tx),
            )
        yield _gauge("events_recorded", "Events in the service's log", head)
        if self._oldest_unpublished:
            oldest = self._oldest_unpublished(published) if head > published else None
            yield _gauge("published_position", "Up to where the broker has confirmed the log", published)
            yield _gauge("unpublished_events", "Events that the broker has not confirmed", head - published)
            yield _gauge(
                "oldest_unpublished_seconds",
                "Age of the oldest event that the broker has not confirmed",
                _age(now, oldest),
            )
        for measure in self._measures:
            yield from measure(now)


def by_label(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a gauge with a value for each value of one label."""
    family = GaugeMetricFamily(f"lienthong_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"lienthong_{name}", text, value=value)


def _taken_in(tx: Transaction) -> Iterable[Metric]:
    heard = tx.execute("SELECT source, max(position) FROM heard GROUP BY source ORDER BY source")
    yield by_label(
        "heard_position", "Furthest position heard of each source's log", "source", _numbers(heard)
    )
    parked = tx.execute(
        "SELECT reason_class, count(*) FROM parked WHERE state = 'parked' GROUP BY reason_class"
        " ORDER BY reason_class"
    )
    yield by_label(
        "parked_messages",
        "Messages that could not be handled, or wait behind one",
        "reason",
        _numbers(parked),
    )


def _deadlines(tx: Transaction, now: datetime) -> Iterable[Metric]:
    due = tx.execute(f"SELECT name, count(*) {_DUE} GROUP BY name ORDER BY name", {"now": now})
    late: dict[str, float] = {}
    for name, _count in due:
        rows = tx.execute(
            f"SELECT fires_at {_DUE} AND name = :name ORDER BY fires_at LIMIT 1",
            {"now": now, "name": name},
        )
        late[name] = _age(now, rows[0][0] if rows else None)
    yield by_label(
        "deadlines_due", "Deadlines whose moment has come, not yet rung", "deadline", _numbers(due)
    )
    yield by_label("deadline_late_seconds", "How late the oldest such deadline is", "deadline", late)


def _numbers(rows: Iterable[Any]) -> dict[str, float]:
    return {str(row[0]): float(row[1]) for row in rows}


def _age(now: datetime, at: datetime | None) -> float:
    return max(0.0, (now - at).total_seconds()) if at is not None else 0.0
