"""routing's look-up tables: reference data as they stand, beside the events that say why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from services.routing.rules.catalogue import Catalogue
from services.routing.rules.structure import Registry
from shared.persistence.database import Database, Transaction

Facts = Mapping[str, Any]

AGENCY, END, COMPETENCE, PROCESS, PROCEDURE = "agency", "end", "competence", "process", "procedure"
"""What a row of the directory holds. Durable."""


class DirectoryTables:
    """The catalogue, read into memory and read again when its revision changes; puts are seen at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = -1
        self._catalogue = Catalogue()
        self._checked = False
        self._put: dict[tuple[str, str, int], bytes] = {}

    def registry(self) -> Registry:
        """Return the register of agencies."""
        return self._current().registry()

    def versions(self, procedure: str) -> Sequence[Facts]:
        """Return every version of the procedure's processes."""
        return self._current().versions(procedure)

    def version(self, process: str, version: int) -> Facts | None:
        """Return a version of a process, or None when there is none."""
        return self._current().version(process, version)

    def processes(self) -> Iterable[tuple[str, Sequence[Facts]]]:
        """Give every process with its versions, by name."""
        return self._current().processes()

    def procedures(self) -> Mapping[str, Facts]:
        """Return what intake says of each procedure."""
        return self._current().procedures()

    def put_agency(self, versions: Sequence[Facts], end: Facts | None) -> None:
        """Keep an agency at the end of the unit."""
        agency = versions[0]["agency"]
        self._current().put_agency(versions, end)
        for number, facts in enumerate(versions):
            self._keep(AGENCY, agency, number, facts)
        if end is not None:
            self._keep(END, agency, 0, end)

    def put_competences(self, procedure: str, rows: Sequence[Facts]) -> None:
        """Keep who is competent for a procedure at the end of the unit."""
        self._current().put_competences(procedure, rows)
        self._keep(COMPETENCE, procedure, 0, rows)

    def put_process(self, definition: Facts, changes: Sequence[Facts] | None = None) -> None:
        """Keep a version of a process at the end of the unit."""
        self._current().put_process(definition, changes)
        body = {**definition, "changes": changes}
        self._keep(PROCESS, definition["process"], definition["version"], body)

    def put_procedure(self, facts: Facts) -> None:
        """Keep what intake says of a procedure at the end of the unit."""
        self._current().put_procedure(facts)
        self._keep(PROCEDURE, facts["procedure"], 0, facts)

    def flush(self, tx: Transaction) -> None:
        """Write what was put, and a new revision."""
        if not self._put:
            return
        tx.execute_many(
            "INSERT INTO directory (kind, name, version, body) VALUES (:kind, :name, :version, :body)"
            " ON CONFLICT (kind, name, version) DO UPDATE SET body = excluded.body",
            [{"kind": k, "name": n, "version": v, "body": b} for (k, n, v), b in self._put.items()],
        )
        tx.execute("UPDATE directory_revision SET revision = revision + 1")

    def clear(self) -> None:
        """Forget what was put; look again in the next unit."""
        if self._put:
            self._revision = -1
        self._put.clear()
        self._checked = False

    def _keep(self, kind: str, name: str, version: int, body: object) -> None:
        self._put[kind, name, version] = orjson.dumps(body)

    def _current(self) -> Catalogue:
        if not self._checked:
            with self._database.transaction() as tx:
                revision = tx.execute("SELECT revision FROM directory_revision")[0][0]
                if revision != self._revision:
                    self._catalogue = _read(tx)
                    self._revision = revision
            self._checked = True
        return self._catalogue


def _read(tx: Transaction) -> Catalogue:
    catalogue = Catalogue()
    agencies: dict[str, list[Facts]] = {}
    ends: dict[str, Facts] = {}
    for kind, name, body in tx.execute("SELECT kind, name, body FROM directory ORDER BY name, version"):
        value = orjson.loads(bytes(body))
        if kind == AGENCY:
            agencies.setdefault(name, []).append(value)
        elif kind == END:
            ends[name] = value
        else:
            _put(catalogue, kind, name, value)
    for agency, versions in agencies.items():
        catalogue.put_agency(versions, ends.get(agency))
    return catalogue


def _put(catalogue: Catalogue, kind: str, name: str, value: Any) -> None:
    if kind == COMPETENCE:
        catalogue.put_competences(name, value)
    elif kind == PROCEDURE:
        catalogue.put_procedure(value)
    else:
        # Rows of earlier releases say nothing of states: in force all the time.
        definition = {key: part for key, part in value.items() if key != "changes"}
        catalogue.put_process(definition, value.get("changes"))
