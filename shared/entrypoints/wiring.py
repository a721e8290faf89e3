"""Hands what the composition root built to a nameko service."""

from __future__ import annotations

from typing import Any

from nameko.extensions import DependencyProvider


class Wired(DependencyProvider):  # type: ignore[misc]
    """Gives a service the object that the composition root put into its container's config."""

    def __init__(self, name: str) -> None:
        self._name = name
        super().__init__()

    def get_dependency(self, worker_ctx: Any) -> Any:  # noqa: ARG002
        """Return the object."""
        return self.container.config[self._name]
