"""Where each work stands, for people and for agencies without a system of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.processing.domain import Work
from shared.clock import from_text
from shared.persistence.database import Database, Transaction

NEVER = datetime(9999, 12, 31, tzinfo=UTC)

_COLUMNS = (
    "leg_id, dossier_id, agency, code, procedure, name_vi, name_en, number, legs, attempt, from_agency,"
    " handed_by, state, officer, overdue, opened_at, due_at, kind, at_term, suspended, reference"
)
_SHOW = f"""
    INSERT INTO work ({_COLUMNS}, sorts_at, closed)
    VALUES (:leg_id, :dossier_id, :agency, :code, :procedure, :name_vi, :name_en, :number, :legs, :attempt,
        :from_agency, :handed_by, :state, :officer, :overdue, :opened_at, :due_at, :kind, :at_term,
        :suspended, :reference, :sorts_at, :closed)
    ON CONFLICT (leg_id) DO UPDATE SET agency = excluded.agency, handed_by = excluded.handed_by,
        state = excluded.state, officer = excluded.officer, overdue = excluded.overdue,
        due_at = excluded.due_at, suspended = excluded.suspended, reference = excluded.reference, sorts_at = excluded.sorts_at,
        closed = excluded.closed
"""  # noqa: S608
_FIRST = f"""
    SELECT {_COLUMNS} FROM work WHERE agency = :agency AND closed = false
    ORDER BY sorts_at, leg_id LIMIT :limit
"""  # noqa: S608
_AFTER = f"""
    SELECT {_COLUMNS} FROM work WHERE agency = :agency AND closed = false
        AND (sorts_at, leg_id) > (SELECT sorts_at, leg_id FROM work WHERE leg_id = :after)
    ORDER BY sorts_at, leg_id LIMIT :limit
"""  # noqa: S608
_BY_REFERENCE = f"""
    SELECT {_COLUMNS}, closed FROM work
    WHERE reference = :reference AND (:agency::text IS NULL OR agency = :agency)
    ORDER BY opened_at DESC, leg_id LIMIT :limit
"""  # noqa: S608


class WorklistTable:
    """The table `work`: one row a leg, as it stands after the last unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: dict[UUID, Work] = {}

    def show(self, work: Work) -> None:
        """Show the work as it will stand at the end of the unit."""
        self._shown[work.id] = work

    def of_agency(self, agency: str, limit: int, after: UUID | None = None) -> list[dict[str, Any]]:
        """Return an agency's open works, the one due first at the top; `after` continues behind that leg."""
        params: dict[str, Any] = {"agency": agency, "limit": limit}
        with self._database.transaction() as tx:
            if after is None:
                rows = tx.execute(_FIRST, params)
            else:
                rows = tx.execute(_AFTER, {**params, "after": after})
        names = _COLUMNS.split(", ")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def by_reference(self, reference: str, agency: str | None, limit: int) -> list[dict[str, Any]]:
        """Return the works, open and ended, that an agency gave this reference, the newest first."""
        with self._database.transaction() as tx:
            params = {"reference": reference, "agency": agency, "limit": limit}
            rows = tx.execute(_BY_REFERENCE, params)
        names = [*_COLUMNS.split(", "), "closed"]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered, every process in the same order."""
        if self._shown:
            tx.execute_many(_SHOW, [_row(self._shown[leg]) for leg in sorted(self._shown)])

    def clear(self) -> None:
        """Forget what was gathered."""
        self._shown.clear()


def _row(work: Work) -> Mapping[str, Any]:
    details = work.details
    due_at = from_text(work.due_at) if work.due_at else None
    return {
        "leg_id": work.id,
        "dossier_id": UUID(work.root),
        "agency": work.agency,
        "code": details["code"],
        "procedure": details["procedure"],
        "name_vi": details["name"]["vi"],
        "name_en": details["name"]["en"],
        "number": details["number"],
        "legs": details["of"],
        "attempt": details["attempt"],
        "from_agency": details["from_agency"],
        "handed_by": work.by,
        "state": work.state,
        # PostgreSQL's texts cannot hold a zero byte.
        "officer": work.officer.replace("\0", "") if work.officer else None,
        "overdue": work.overdue,
        "opened_at": from_text(work.opened_at),
        "due_at": due_at,
        "kind": work.kind,
        "at_term": work.at_term,
        "suspended": work.suspended,
        "reference": work.reference.replace("\0", "") if work.reference else None,
        "sorts_at": due_at or NEVER,
        "closed": work.outcome is not None,
    }
