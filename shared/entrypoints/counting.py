"""What a service counts of itself while it works: for the scrape at `/metrics`.

Labels have few values each and never name a person, a dossier or a token.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

UNIT_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BATCH_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

NO_DOOR = "none"
"""The label of requests to where there is no door: their paths are whatever somebody made up."""


class Counting:
    """The counters of one service; several services in a process each have their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.unit_seconds = Histogram(
            "lienthong_unit_seconds",
            "How long units of work took, without waiting for their turn",
            buckets=UNIT_SECONDS,
            registry=self.registry,
        )
        self._batches = Histogram(
            "lienthong_batch_messages",
            "Messages taken from queues at once",
            ["loop"],
            buckets=BATCH_SIZES,
            registry=self.registry,
        )
        self._faults = Counter(
            "lienthong_loop_faults_total",
            "How often a thread had to begin again: something was away, or a fault",
            ["loop"],
            registry=self.registry,
        )
        self._requests = Counter(
            "lienthong_http_requests_total",
            "Requests answered, by door",
            ["method", "door", "status"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "lienthong_http_request_seconds",
            "How long answers took once a request was there",
            ["door"],
            buckets=REQUEST_SECONDS,
            registry=self.registry,
        )
        self._refusals = Counter(
            "lienthong_refusals_total",
            "Requests and lines of batches refused, by code",
            ["code"],
            registry=self.registry,
        )

    def batch(self, loop: str, size: int) -> None:
        """Count a batch of messages that was handled."""
        self._batches.labels(loop).observe(size)

    def fault(self, loop: str) -> None:
        """Count a thread that has to begin again."""
        self._faults.labels(loop).inc()

    def request(self, method: str, door: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method, door, str(status)).inc()
        self._request_seconds.labels(door).observe(seconds)

    def stray(self, status: int) -> None:
        """Count a request that no door answers."""
        self._requests.labels(NO_DOOR, NO_DOOR, str(status)).inc()

    def refusal(self, code: str) -> None:
        """Count a refusal."""
        self._refusals.labels(code).inc()
