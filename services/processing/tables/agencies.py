"""The agencies that routing has registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.processing.application import Agency
from shared.clock import from_text
from shared.persistence.database import Database, Transaction

_ALL = "SELECT id, connected FROM agency"
_KEEP = """
    INSERT INTO agency (id, connected, name_vi, name_en, level, kind, parent, area, vertical, code, valid_from)
    VALUES (:id, :connected, :name_vi, :name_en, :level, :kind, :parent, :area, :vertical, :code, :valid_from)
    ON CONFLICT (id) DO UPDATE SET connected = excluded.connected, name_vi = excluded.name_vi,
        name_en = excluded.name_en, level = excluded.level, kind = excluded.kind, parent = excluded.parent,
        area = excluded.area, vertical = excluded.vertical, code = excluded.code,
        valid_from = excluded.valid_from
"""


class AgencyTable:
    """Agencies by id. Read in whole once a unit: there are hundreds, and a batch names many of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, Agency] | None = None
        self._registered: dict[str, dict[str, Any]] = {}

    def register(self, registered: Mapping[str, Any]) -> None:
        """Keep what `agency-registered` says; later word of the same agency replaces earlier."""
        agency_id, name = registered["agency"], registered["name"]
        self._registered[agency_id] = {
            "id": agency_id,
            "connected": registered["connected"],
            "name_vi": name["vi"],
            "name_en": name["en"],
            "level": registered["level"],
            "kind": registered["kind"],
            "parent": registered.get("parent"),
            "area": registered.get("area"),
            "vertical": registered["vertical"],
            "code": registered["code"],
            "valid_from": from_text(registered["valid_from"]),
        }

    def get(self, agency_id: str) -> Agency | None:
        """Return the agency, or None when no word of it has come."""
        registered = self._registered.get(agency_id)
        if registered is not None:
            return Agency(agency_id, registered["connected"])
        if self._read is None:
            with self._database.transaction() as tx:
                self._read = {row[0]: Agency(row[0], row[1]) for row in tx.execute(_ALL)}
        return self._read.get(agency_id)

    def connected(self) -> list[str]:
        """Return the agencies whose own system reads a queue, in order."""
        with self._database.transaction() as tx:
            rows = tx.execute("SELECT id FROM agency WHERE connected = true ORDER BY id")
        return [row[0] for row in rows]

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        if self._registered:
            tx.execute_many(_KEEP, list(self._registered.values()))

    def clear(self) -> None:
        """Forget what was gathered and read: another process may change it before the next unit."""
        self._registered.clear()
        self._read = None
