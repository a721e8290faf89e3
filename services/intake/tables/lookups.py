"""How doors find a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.persistence.database import Database, Transaction

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
