"""What routing's use cases look up besides aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from services.routing.rules.structure import Registry


class Directory(Protocol):
    """Agencies, competences and processes as they stand."""

    def registry(self) -> Registry:
        """Return the register of agencies."""
        ...

    def versions(self, procedure: str) -> Sequence[Mapping[str, Any]]:
        """Return every version of the procedure's processes."""
        ...

    def version(self, process: str, version: int) -> Mapping[str, Any] | None:
        """Return a version of a process, or None when there is none."""
        ...

    def put_agency(self, facts: Mapping[str, Any]) -> None:
        """Keep an agency's facts for looking up."""
        ...

    def put_process(self, definition: Mapping[str, Any]) -> None:
        """Keep a version of a process for looking up."""
        ...
