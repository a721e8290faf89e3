"""Intake's own tables: running numbers of codes, known agencies, and how doors find a dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from services.intake.ports import Desk, DeskDay
from shared.persistence.database import Database, Transaction

# excluded.last_taken and not excluded.last: the latter counts from the desk's start.
_INCREMENT = """
    INSERT INTO desk_counter (desk_code, day, last, last_taken) VALUES #
    ON CONFLICT (desk_code, day) DO UPDATE
        SET last = desk_counter.last + excluded.last_taken, last_taken = excluded.last_taken
    RETURNING desk_code, day, last
"""
_INCREMENT_ROW = """(:desk#, :day#, :taken# - 1 + coalesce(
    (SELECT first FROM desk_counter_start WHERE desk_code = :desk#), 1), :taken#)"""
_START = """
    INSERT INTO desk_counter_start (desk_code, first) VALUES (:desk_code, :first)
    ON CONFLICT (desk_code) DO UPDATE SET first = excluded.first
"""
_PUT_AGENCY = """
    INSERT INTO agency (id, code, name_vi, name_en, level, kind, parent, area)
    VALUES (:id, :code, :name_vi, :name_en, :level, :kind, :parent, :area)
    ON CONFLICT (id) DO UPDATE SET code = excluded.code, name_vi = excluded.name_vi,
        name_en = excluded.name_en, level = excluded.level, kind = excluded.kind,
        parent = excluded.parent, area = excluded.area
"""
_DESKS = "SELECT id, code, name_vi, name_en FROM agency WHERE id IN :ids"
_AREAS = "SELECT DISTINCT area FROM agency WHERE area IN :areas"
_ADD = """
    INSERT INTO dossier_lookup (dossier_id, code, identity_index, foreign_code, desk, procedure, status)
    VALUES (:dossier_id, :code, :identity_index, :foreign_code, :desk, :procedure, :status)
"""
_CHANGE = "UPDATE dossier_lookup SET code = :code, status = :status WHERE dossier_id = :dossier_id"
_FORGET = "UPDATE dossier_lookup SET identity_index = NULL WHERE dossier_id = :dossier_id"
_FOUND = "SELECT dossier_id, code, desk, procedure, status FROM dossier_lookup"
_BY_CODE = f"{_FOUND} WHERE code = :code"
_BY_FOREIGN_CODE = f"{_FOUND} WHERE foreign_code = :foreign_code ORDER BY code"
_BY_IDENTITY = f"{_FOUND} WHERE identity_index = :identity_index ORDER BY code"
_AT_DESK = f"{_FOUND} WHERE desk = :desk AND status = :status ORDER BY code, dossier_id LIMIT :limit"


class DeskCounters:
    """Running numbers without gaps or duplicates, however many processes take them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, wanted: Mapping[DeskDay, int]) -> dict[DeskDay, int]:
        """Take so many numbers for each desk and day, in one round trip; return the first of each.

        Joins the open transaction, so numbers of a unit that fails are given again. The rows are
        locked in one order for all, and no others.
        """
        if not wanted:
            return {}
        keys = sorted(wanted)
        parameters: dict[str, Any] = {}
        for n, (desk_code, day) in enumerate(keys):
            parameters |= {f"desk{n}": desk_code, f"day{n}": day.isoformat(), f"taken{n}": wanted[keys[n]]}
        with self._database.transaction() as tx:
            rows = tx.execute(_increment(len(keys)), parameters)
        return {
            (desk_code, date.fromisoformat(day)): last - wanted[desk_code, date.fromisoformat(day)] + 1
            for desk_code, day, last in rows
        }

    def start_at(self, desk_code: str, first: int) -> None:
        """Let the desk's numbers begin at `first` on every day that has none yet."""
        with self._database.transaction() as tx:
            tx.execute(_START, {"desk_code": desk_code, "first": first})


@cache
def _increment(keys: int) -> str:
    rows = ", ".join(_INCREMENT_ROW.replace("#", str(n)) for n in range(keys))
    return _INCREMENT.replace("#", rows)


class Agencies:
    """The agencies that routing has made known."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told: dict[str, dict[str, Any]] = {}

    def put(self, data: Mapping[str, Any]) -> None:
        """Take the data of an `agency-registered` message."""
        self._told[data["agency"]] = {
            "id": data["agency"],
            "code": data["code"],
            "name_vi": data["name"]["vi"],
            "name_en": data["name"]["en"],
            "level": data["level"],
            "kind": data["kind"],
            "parent": data.get("parent"),
            "area": data.get("area"),
        }

    def desks(self, ids: Collection[str]) -> dict[str, Desk]:
        """Return those of the agencies that are known, in one round trip."""
        with self._database.transaction() as tx:
            rows = tx.execute(_DESKS, {"ids": list(ids)})
        return {row[0]: Desk(*row) for row in rows}

    def areas(self, areas: Collection[str]) -> set[str]:
        """Return those of the areas that some agency is responsible for."""
        if not areas:
            return set()
        with self._database.transaction() as tx:
            return {area for (area,) in tx.execute(_AREAS, {"areas": list(areas)})}

    def flush(self, tx: Transaction) -> None:
        """Write what was told."""
        if self._told:
            tx.execute_many(_PUT_AGENCY, list(self._told.values()))

    def clear(self) -> None:
        """Forget what was told."""
        self._told.clear()


@dataclass(frozen=True, slots=True)
class Found:
    """A dossier that a look-up found."""

    dossier_id: UUID
    code: str | None
    desk: str
    procedure: str
    status: int


class DossierLookups:
    """Finds dossiers by code, foreign code, desk, or identity number."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._added: dict[UUID, dict[str, Any]] = {}
        self._changed: dict[UUID, dict[str, Any]] = {}
        self._forgotten: set[UUID] = set()

    def add(self, dossier_id: UUID, row: Mapping[str, Any]) -> None:
        """Enter a new dossier: identity_index, foreign_code, desk, procedure, code and status."""
        self._added[dossier_id] = {"dossier_id": dossier_id, **row}

    def change(self, dossier_id: UUID, code: str | None, status: int) -> None:
        """Note a dossier's code and status."""
        if dossier_id in self._added:
            self._added[dossier_id] |= {"code": code, "status": status}
        else:
            self._changed[dossier_id] = {"dossier_id": dossier_id, "code": code, "status": status}

    def forget_person(self, dossier_id: UUID) -> None:
        """Let nothing lead from the person to the dossier any more."""
        self._forgotten.add(dossier_id)

    def by_code(self, code: str) -> Found | None:
        """Return the dossier with that code."""
        return next(iter(self._find(_BY_CODE, {"code": code})), None)

    def by_foreign_code(self, foreign_code: str) -> list[Found]:
        """Return the dossiers that another system knows by that code."""
        return self._find(_BY_FOREIGN_CODE, {"foreign_code": foreign_code})

    def by_identity(self, identity_index: bytes) -> list[Found]:
        """Return the dossiers of the person with that blind index."""
        return self._find(_BY_IDENTITY, {"identity_index": identity_index})

    def at_desk(self, desk: str, status: int, limit: int) -> list[Found]:
        """Return up to `limit` dossiers of a desk in a status."""
        return self._find(_AT_DESK, {"desk": desk, "status": status, "limit": limit})

    def _find(self, sql: str, parameters: Mapping[str, Any]) -> list[Found]:
        with self._database.transaction() as tx:
            return [Found(*row) for row in tx.execute(sql, parameters)]

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered; rows are locked in one order for all."""
        for sql, rows in ((_ADD, self._added), (_CHANGE, self._changed)):
            if rows:
                tx.execute_many(sql, [rows[dossier_id] for dossier_id in sorted(rows)])
        if self._forgotten:
            tx.execute_many(_FORGET, [{"dossier_id": each} for each in sorted(self._forgotten)])

    def clear(self) -> None:
        """Forget what was gathered."""
        self._added.clear()
        self._changed.clear()
        self._forgotten.clear()


@dataclass(frozen=True, slots=True)
class IntakeTables:
    """All of them, as one collaborator of the unit of work."""

    counters: DeskCounters
    agencies: Agencies
    lookups: DossierLookups

    @classmethod
    def over(cls, database: Database) -> IntakeTables:
        """Return the tables of that database."""
        return cls(DeskCounters(database), Agencies(database), DossierLookups(database))

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        for table in self._gathering():
            table.flush(tx)

    def clear(self) -> None:
        """Forget what was gathered."""
        for table in self._gathering():
            table.clear()

    def _gathering(self) -> Iterable[Agencies | DossierLookups]:
        return (self.agencies, self.lookups)
