"""The reference data that routing decides by, in memory: register, competences, processes, names of procedures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.routing.rules.structure import Registry

Facts = Mapping[str, Any]


class Catalogue:
    """Gives the register and the versions of processes; the register is built anew when it changed."""

    def __init__(self) -> None:
        self._agencies: dict[str, Sequence[Facts]] = {}
        self._ends: dict[str, Facts] = {}
        self._competences: dict[str, Sequence[Facts]] = {}
        self._processes: dict[str, dict[int, Facts]] = {}
        self._by_procedure: dict[str, set[str]] = {}
        self._procedures: dict[str, Facts] = {}
        self._registry: Registry | None = None

    def registry(self) -> Registry:
        """Return the register of agencies, with who is competent for what."""
        if self._registry is None:
            rows = [row for of_procedure in self._competences.values() for row in of_procedure]
            self._registry = Registry(self._agencies, self._ends, rows)
        return self._registry

    def versions(self, procedure: str) -> Sequence[Facts]:
        """Return every version of the procedure's processes: definitions with the `changes` of their states."""
        return [
            version
            for process in sorted(self._by_procedure.get(procedure, ()))
            for _, version in sorted(self._processes[process].items())
        ]

    def version(self, process: str, version: int) -> Facts | None:
        """Return a version of a process, or None when there is none."""
        return self._processes.get(process, {}).get(version)

    def processes(self) -> Iterable[tuple[str, Sequence[Facts]]]:
        """Give every process with its versions, by name."""
        for process, versions in sorted(self._processes.items()):
            yield process, [version for _, version in sorted(versions.items())]

    def procedures(self) -> Mapping[str, Facts]:
        """Return what intake says of each procedure: name, limit and its exceptions."""
        return self._procedures

    def put_agency(self, versions: Sequence[Facts], end: Facts | None) -> None:
        """Keep an agency: every version of its facts, and how it ended."""
        agency = versions[0]["agency"]
        self._agencies[agency] = versions
        if end is not None:
            self._ends[agency] = end
        self._registry = None

    def put_competences(self, procedure: str, rows: Sequence[Facts]) -> None:
        """Keep who is competent for a procedure."""
        self._competences[procedure] = rows
        self._registry = None

    def put_process(self, definition: Facts, changes: Sequence[Facts] | None = None) -> None:
        """Keep a version of a process, with the states it went through; None: in force all the time."""
        process, procedure = definition["process"], definition["procedure"]
        version = dict(definition) if changes is None else {**definition, "changes": list(changes)}
        self._processes.setdefault(process, {})[definition["version"]] = version
        self._by_procedure.setdefault(procedure, set()).add(process)

    def put_procedure(self, facts: Facts) -> None:
        """Keep what intake says of a procedure."""
        self._procedures[facts["procedure"]] = facts
