"""The agencies that routing has made known, and their ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from services.intake.domain.desk import Desk, Ending, Heir
from shared.persistence.database import Database, Transaction

_PUT_AGENCY = """
    INSERT INTO agency (id, code, name_vi, name_en, level, kind, parent, area, remote, hours)
    VALUES (:id, :code, :name_vi, :name_en, :level, :kind, :parent, :area, :remote, :hours)
    ON CONFLICT (id) DO UPDATE SET code = excluded.code, name_vi = excluded.name_vi,
        name_en = excluded.name_en, level = excluded.level, kind = excluded.kind,
        parent = excluded.parent, area = excluded.area, remote = excluded.remote, hours = excluded.hours
"""
# An end may become known before the agency does: they are different matters in routing.
_PUT_END = """
    INSERT INTO agency_end (agency, ended_at, heirs) VALUES (:agency, :ended_at, :heirs)
    ON CONFLICT (agency) DO UPDATE SET ended_at = excluded.ended_at, heirs = excluded.heirs
"""
_DESKS = """
    SELECT id, code, name_vi, name_en, area,
        EXISTS (SELECT 1 FROM agency AS there WHERE there.area = agency.area AND there.remote),
        hours, ended_at, heirs
    FROM agency LEFT JOIN agency_end ON agency_end.agency = agency.id
    WHERE id IN :ids
"""
_AREAS = "SELECT DISTINCT area, remote FROM agency WHERE area IN :areas"
_END = """
    SELECT ended_at, heirs, area FROM agency_end LEFT JOIN agency ON agency.id = agency_end.agency
    WHERE agency_end.agency = :agency
"""


class Agencies:
    """What intake knows of agencies. Ends are remembered for the length of a unit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told: dict[str, dict[str, Any]] = {}
        self._ended: dict[str, dict[str, Any]] = {}
        self._endings: dict[str, Ending | None] = {}

    def put(self, data: Mapping[str, Any]) -> None:
        """Take the data of an `agency-registered` message."""
        hours = data.get("hours")
        self._told[data["agency"]] = {
            "id": data["agency"],
            "code": data["code"],
            "name_vi": data["name"]["vi"],
            "name_en": data["name"]["en"],
            "level": data["level"],
            "kind": data["kind"],
            "parent": data.get("parent"),
            "area": data.get("area"),
            "remote": bool(data.get("remote")),
            "hours": orjson.dumps(hours).decode() if hours else None,
        }

    def end(self, data: Mapping[str, Any]) -> None:
        """Take the data of an `agency-ended` message."""
        heirs = [{"agency": each["agency"], "areas": each.get("areas")} for each in data["successors"]]
        self._ended[data["agency"]] = {
            "agency": data["agency"],
            "ended_at": data["ended_at"],
            "heirs": orjson.dumps(heirs).decode(),
        }

    def desks(self, ids: Collection[str]) -> dict[str, Desk]:
        """Return those of the agencies that are known, in one round trip."""
        with self._database.transaction() as tx:
            rows = tx.execute(_DESKS, {"ids": list(ids)})
        found = {}
        for agency, code, name_vi, name_en, area, remote, hours, ended_at, heirs in rows:
            ending = self._endings[agency] = _ending(agency, ended_at, heirs, area)
            own = orjson.loads(hours) if hours else None
            found[agency] = Desk(agency, code, name_vi, name_en, area, bool(remote), own, ending)
        return found

    def areas(self, areas: Collection[str]) -> dict[str, bool]:
        """Return those of the areas that some agency is responsible for, and whether each is remote."""
        if not areas:
            return {}
        found: dict[str, bool] = {}
        with self._database.transaction() as tx:
            for area, remote in tx.execute(_AREAS, {"areas": list(areas)}):
                found[area] = found.get(area, False) or bool(remote)
        return found

    def ending(self, agency: str) -> Ending | None:
        """Return the end of an agency, if it ended; asked for once in a unit."""
        if agency not in self._endings:
            with self._database.transaction() as tx:
                rows = tx.execute(_END, {"agency": agency})
            self._endings[agency] = next((_ending(agency, *row) for row in rows), None)
        return self._endings[agency]

    def flush(self, tx: Transaction) -> None:
        """Write what was told."""
        if self._told:
            tx.execute_many(_PUT_AGENCY, list(self._told.values()))
        if self._ended:
            tx.execute_many(_PUT_END, list(self._ended.values()))

    def clear(self) -> None:
        """Forget what was told, and what was read."""
        self._told.clear()
        self._ended.clear()
        self._endings.clear()


def _ending(agency: str, ended_at: str | None, heirs: str | None, area: str | None) -> Ending | None:
    if ended_at is None or heirs is None:
        return None
    listed = orjson.loads(heirs)
    return Ending(
        agency,
        ended_at,
        tuple(Heir(each["agency"], tuple(each["areas"]) if each["areas"] else None) for each in listed),
        area,
    )
