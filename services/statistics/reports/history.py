"""Everything that happened to one dossier, in order, from the ledger itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.statistics.projection.rows import Document
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import document_of
from services.statistics.reports.descriptions import agencies_of, describe, details
from services.statistics.reports.order import in_order
from shared.clock import to_text
from shared.errors import NOT_FOUND, RefusedError
from shared.persistence.database import Database, Row, Transaction

_ENTRIES = """
    SELECT sequence, happened_at, received_at, recorded_at, entered_at, entry_hash, body FROM ledger
    WHERE root_id = :root ORDER BY happened_at, sequence
"""
_ROOTS = "SELECT root_id FROM dossier_v# WHERE code = :code ORDER BY root_id"
_AGENCIES = "SELECT agency, name_vi, name_en FROM agency_v# WHERE agency IN :agencies"


def history(database: Database, code_or_id: str, as_of: datetime | None = None) -> dict[str, Any]:
    """Return a dossier's history as plain values, by its code or its id.

    In the order in which things happened; of those that happened at once, the cause before its effect.
    With `as_of`, only what had happened by then. Raises RefusedError with `not-found`.
    """
    with database.transaction() as tx:
        version = versions.readable(tx).version
        root = root_of(tx, version, code_or_id)
        rows = tx.execute(_ENTRIES, {"root": root})
        if not rows:
            raise RefusedError(NOT_FOUND, what=code_or_id)
        known = [row for row in rows if as_of is None or row[1] <= as_of]
        told = in_order(((row, document_of(row[6])) for row in known), lambda entry: entry[1])
        documents = [document for _, document in told]
        names = names_of(tx, version, set().union(*map(agencies_of, documents)))
    return {
        "dossier": str(root),
        "code": next((code for code in map(_code, documents) if code), None),
        "as_of": None if as_of is None else to_text(as_of),
        "entries": [_entry(row, document, names) for row, document in told],
    }


def root_of(tx: Transaction, version: int, code_or_id: str) -> UUID:
    """Return a dossier's id by its code or its id. Raises RefusedError with `not-found`."""
    rows = tx.execute(versions.at_version(_ROOTS, version), {"code": code_or_id})
    if rows:
        return UUID(str(rows[0][0]))
    try:
        return UUID(code_or_id)
    except ValueError:
        raise RefusedError(NOT_FOUND, what=code_or_id) from None


def names_of(tx: Transaction, version: int, agencies: set[str]) -> dict[str, tuple[str, str]]:
    """Return the names of agencies, in Vietnamese and English."""
    if not agencies:
        return {}
    rows = tx.execute(versions.at_version(_AGENCIES, version), {"agencies": sorted(agencies)})
    return {agency: (vi or agency, en or agency) for agency, vi, en in rows}


def _code(document: Document) -> str | None:
    code: str | None = document["data"].get("code")
    return code


def _entry(row: Row, document: Document, names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    sequence, happened_at, received_at, recorded_at, entered_at, entry_hash, _body = row
    return {
        "sequence": sequence,
        "source": document["source"],
        "id": document["id"],
        "type": document["type"],
        "happened_at": to_text(happened_at),
        "received_at": to_text(received_at) if received_at else None,
        "recorded_at": to_text(recorded_at) if recorded_at else None,
        "entered_at": to_text(entered_at),
        "historical": document.get("historical") is True,
        "actor": {
            "role": document.get("actorrole"),
            "subject": document.get("actorsubject"),
            "agency": document.get("actoragency"),
        },
        "leg": document.get("legid"),
        "agency": document["data"].get("agency"),
        "causation": document.get("causationid"),
        "description": describe(document, names),
        "details": details(document, names),
        "entry_hash": bytes(entry_hash).hex(),
    }
