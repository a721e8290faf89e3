"""routing's look-up tables: agencies and processes as they stand, beside the events that say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from services.routing.rules.structure import Registry
from shared.persistence.database import Database, Transaction


class DirectoryTables:
    """Agencies and processes, read into memory and read again when their revision changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revision = -1
        self._agencies: dict[str, Mapping[str, Any]] = {}
        self._versions: dict[str, list[Mapping[str, Any]]] = {}
        self._checked = False
        self._put: dict[tuple[str, str, int], bytes] = {}

    def registry(self) -> Registry:
        """Return the register of agencies."""
        self._refresh()
        return Registry.of(self._agencies.values())

    def versions(self, procedure: str) -> Sequence[Mapping[str, Any]]:
        """Return every version of the procedure's process."""
        self._refresh()
        return self._versions.get(procedure, [])

    def put_agency(self, facts: Mapping[str, Any]) -> None:
        """Keep an agency's facts at the end of the unit."""
        self._put["agency", facts["agency"], 0] = orjson.dumps(facts)

    def put_process(self, definition: Mapping[str, Any]) -> None:
        """Keep a version of a process at the end of the unit."""
        self._put["process", definition["process"], definition["version"]] = orjson.dumps(definition)

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
        self._put.clear()
        self._checked = False

    def _refresh(self) -> None:
        if self._checked:
            return
        with self._database.transaction() as tx:
            revision = tx.execute("SELECT revision FROM directory_revision")[0][0]
            if revision != self._revision:
                self._read(tx)
                self._revision = revision
        self._checked = True

    def _read(self, tx: Transaction) -> None:
        self._agencies, self._versions = {}, {}
        for kind, name, body in tx.execute("SELECT kind, name, body FROM directory ORDER BY name, version"):
            facts = orjson.loads(bytes(body))
            if kind == "agency":
                self._agencies[name] = facts
            else:
                self._versions.setdefault(facts["procedure"], []).append(facts)
