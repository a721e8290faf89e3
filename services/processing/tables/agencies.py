"""The agencies that routing has registered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.processing.ports import Agency
from shared.clock import from_text
from shared.persistence.database import Database, Transaction

_ALL = "SELECT id, connected, ended_at, successors, valid_from, parent, hours FROM agency"
_KEEP = """
    INSERT INTO agency (id, connected, name_vi, name_en, level, kind, parent, area, vertical, code, valid_from,
        hours, contact)
    VALUES (:id, :connected, :name_vi, :name_en, :level, :kind, :parent, :area, :vertical, :code, :valid_from,
        :hours, :contact)
    ON CONFLICT (id) DO UPDATE SET connected = excluded.connected, name_vi = excluded.name_vi,
        name_en = excluded.name_en, level = excluded.level, kind = excluded.kind, parent = excluded.parent,
        area = excluded.area, vertical = excluded.vertical, code = excluded.code, hours = excluded.hours,
        contact = excluded.contact,
        valid_from = CASE WHEN excluded.valid_from < agency.valid_from THEN excluded.valid_from
            ELSE agency.valid_from END
"""
# Later facts hold from a later day on; the agency has been there since its first.
_END = "UPDATE agency SET ended_at = :ended_at, successors = :successors WHERE id = :id"


class AgencyTable:
    """Agencies by id. Read in whole once a unit: there are hundreds, and a batch names many of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, Agency] | None = None
        self._registered: dict[str, dict[str, Any]] = {}
        self._ended: dict[str, dict[str, Any]] = {}

    def register(self, registered: Mapping[str, Any]) -> None:
        """Keep what `agency-registered` says; later word of the same agency replaces earlier."""
        agency_id, name = registered["agency"], registered["name"]
        valid_from = from_text(registered["valid_from"])
        if earlier := self._registered.get(agency_id):
            valid_from = min(valid_from, earlier["valid_from"])
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
            "valid_from": valid_from,
            "hours": json.dumps(registered["hours"]) if registered.get("hours") else None,
            "contact": registered.get("contact"),
        }

    def end(self, ended: Mapping[str, Any]) -> None:
        """Keep what `agency-ended` says of an agency that was registered."""
        self._ended[ended["agency"]] = {
            "id": ended["agency"],
            "ended_at": from_text(ended["ended_at"]),
            "successors": json.dumps([one["agency"] for one in sorted(ended["successors"], key=_for_areas)]),
        }

    def get(self, agency_id: str) -> Agency | None:
        """Return the agency, or None when no word of it has come."""
        agency = self._stored().get(agency_id)
        registered = self._registered.get(agency_id)
        if registered is not None:
            stored = agency or Agency(agency_id, registered["connected"], begins_at=registered["valid_from"])
            begins = min(stored.begins_at or registered["valid_from"], registered["valid_from"])
            agency = replace(
                stored,
                connected=registered["connected"],
                begins_at=begins,
                parent=registered["parent"],
                hours=_hours(registered["hours"]),
            )
        ended = self._ended.get(agency_id)
        if agency is not None and ended is not None:
            successors = tuple(json.loads(ended["successors"]))
            agency = replace(agency, ended_at=ended["ended_at"], successors=successors)
        return agency

    def _stored(self) -> Mapping[str, Agency]:
        if self._read is None:
            with self._database.transaction() as tx:
                self._read = {row[0]: _agency(*row) for row in tx.execute(_ALL)}
        return self._read

    def ids(self) -> list[str]:
        """Return the ids of all agencies that were ever registered, in order."""
        return sorted({*self._stored(), *self._registered})

    def connected(self) -> list[str]:
        """Return the agencies whose own system reads a queue, in order."""
        with self._database.transaction() as tx:
            rows = tx.execute("SELECT id FROM agency WHERE connected = true ORDER BY id")
        return [row[0] for row in rows]

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        if self._registered:
            tx.execute_many(_KEEP, list(self._registered.values()))
        if self._ended:
            tx.execute_many(_END, list(self._ended.values()))

    def clear(self) -> None:
        """Forget what was gathered and read: another process may change it before the next unit."""
        self._registered.clear()
        self._ended.clear()
        self._read = None


def _agency(
    agency_id: str,
    connected: bool,  # noqa: FBT001 - a row
    ended_at: datetime | None,
    successors: str | None,
    begins_at: datetime,
    parent: str | None,
    hours: str | None,
) -> Agency:
    following = tuple(json.loads(successors)) if successors else ()
    return Agency(agency_id, connected, ended_at, following, begins_at, parent, _hours(hours))


def _for_areas(successor: Mapping[str, Any]) -> bool:
    return bool(successor.get("areas"))


def _hours(text: str | None) -> tuple[tuple[str, ...], ...] | None:
    return tuple(tuple(period) for period in json.loads(text)) if text else None
