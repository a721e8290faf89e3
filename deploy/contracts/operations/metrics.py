"""The door that Prometheus asks, in every service."""

from __future__ import annotations

from deploy.contracts.operations.model import Content, Operation


def metrics_operation(service: str) -> Operation:
    """Return the operation at a service's `/metrics`."""
    return Operation(
        f"{service}Metrics",
        "GET",
        "/metrics",
        "Say how the service is, in numbers: Prometheus' text format.",
        Content(lambda _schemas: {"type": "string"}, "text/plain; version=1.0.0; charset=utf-8"),
        open=True,
    )
