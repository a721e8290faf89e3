"""What only processing has to tell at `/metrics`: the delivery ledger, agency by agency."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client.core import Metric

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
