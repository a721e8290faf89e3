"""What routing's use cases look up besides aggregates, and where they keep what is to be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from services.routing.rules.structure import Registry

Facts = Mapping[str, Any]


class Directory(Protocol):
    """Agencies, competences and processes as they stand."""

    def registry(self) -> Registry:
        """Return the register of agencies."""
        ...

    def versions(self, procedure: str) -> Sequence[Facts]:
        """Return every version of the procedure's processes: definitions with their `changes` of state."""
        ...

    def version(self, process: str, version: int) -> Facts | None:
        """Return a version of a process, or None when there is none."""
        ...

    def processes(self) -> Iterable[tuple[str, Sequence[Facts]]]:
        """Give every process with its versions, by name."""
        ...

    def procedures(self) -> Mapping[str, Facts]:
        """Return what intake says of each procedure: name, limit and its exceptions."""
        ...

    def put_agency(self, versions: Sequence[Facts], end: Facts | None) -> None:
        """Keep an agency: every version of its facts, and how it ended."""
        ...

    def put_competences(self, procedure: str, rows: Sequence[Facts]) -> None:
        """Keep who is competent for a procedure."""
        ...

    def put_process(self, definition: Facts, changes: Sequence[Facts] | None = None) -> None:
        """Keep a version of a process, with the states it went through; None: in force all the time."""
        ...

    def put_procedure(self, facts: Facts) -> None:
        """Keep what intake says of a procedure."""
        ...
