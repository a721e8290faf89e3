"""What only processing has to tell at `/metrics`, agency by agency: the delivery ledger, commands refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, Metric

from services.processing.tables.standing import DeliveryStanding
from shared.clock import from_text
from shared.entrypoints.metrics import by_label


def delivery_measures(standing: DeliveryStanding) -> Callable[[datetime], Iterable[Metric]]:
    """Return what reads how each connected agency stands; agencies are named by their ids."""

    def measure(now: datetime) -> Iterable[Metric]:
        rows = standing.agencies(now)
        for name, text in (
            ("waiting", "Hand-overs that wait to be sent"),
            ("sent", "Hand-overs sent and not answered"),
            ("parked", "Messages parked because the agency leaves them unanswered"),
        ):
            values = {row["agency"]: float(row[name]) for row in rows}
            yield by_label(f"delivery_{name}", text, "agency", values)
        oldest = {
            row["agency"]: (now - from_text(row["oldest_unanswered_at"])).total_seconds()
            for row in rows
            if row["oldest_unanswered_at"]
        }
        yield by_label(
            "delivery_oldest_seconds", "Age of the oldest hand-over not answered", "agency", oldest
        )
        paused = {row["agency"]: float(row["paused_until"] is not None) for row in rows}
        yield by_label("delivery_paused", "Whether deliveries are paused", "agency", paused)

    return measure


class RefusedCommands:
    """Counts the commands of each agency that were refused since the process began, by code."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, agency: str, code: str) -> None:
        """Count one."""
        self._counts[agency, code] += 1

    def measure(self, _now: datetime) -> Iterable[Metric]:
        """Tell the counts."""
        family = CounterMetricFamily(
            "lienthong_commands_refused", "Commands of agencies refused, by code", labels=["agency", "code"]
        )
        for labels, count in sorted(self._counts.items()):
            family.add_metric(labels, count)
        yield family
