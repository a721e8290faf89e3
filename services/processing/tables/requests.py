"""Reminders and requests for a report, as issuers, consolidating agencies and addressees see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.processing.domain.request import Request
from shared.clock import from_text, to_text
from shared.persistence.database import Database, Transaction

_REQUEST = """
    INSERT INTO request (id, kind, reference, issuer, subject, basis, due_on, consolidator, issued_at, state)
    VALUES (:id, :kind, :reference, :issuer, :subject, :basis, :due_on, :consolidator, :issued_at, :state)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state
"""
_PART = """
    INSERT INTO request_part (request_id, agency, figure, target, received_at, answered_at, proposed, decision,
        unanswered, due_on, passed_to)
    VALUES (:request_id, :agency, :figure, :target, :received_at, :answered_at, :proposed, :decision,
        :unanswered, :due_on, :passed_to)
    ON CONFLICT (request_id, agency) DO UPDATE SET received_at = excluded.received_at,
        answered_at = excluded.answered_at, proposed = excluded.proposed, decision = excluded.decision,
        unanswered = excluded.unanswered, passed_to = excluded.passed_to
"""
_LISTED = "id, kind, reference, issuer, subject, basis, due_on, consolidator, issued_at, state"
_LIST = f"""
    SELECT {_LISTED}, (SELECT count(*) FROM request_part WHERE request_id = id AND passed_to IS NULL),
        (SELECT count(*) FROM request_part WHERE request_id = id AND answered_at IS NOT NULL)
    FROM request
    WHERE (:state::text IS NULL OR state = :state) AND (:agency::text IS NULL OR issuer = :agency
        OR consolidator = :agency OR EXISTS (
            SELECT 1 FROM request_part WHERE request_id = id AND agency = :agency
        ))
    ORDER BY issued_at DESC, id LIMIT :limit
"""  # noqa: S608 - constants
_OPEN = f"""
    SELECT {_LISTED}, figure, target, received_at FROM request JOIN (
        SELECT request_id, figure, target, received_at FROM request_part
        WHERE agency = :agency AND unanswered = true ORDER BY due_on, request_id LIMIT :limit
    ) AS part ON id = request_id
    ORDER BY due_on, id
"""  # noqa: S608 - constants
_LEFT_BY_ENDED = """
    SELECT request_id, part.agency FROM request_part AS part JOIN agency ON agency.id = part.agency
    WHERE unanswered = true AND ended_at <= :now AND successors IS NOT NULL AND successors <> '[]'
    ORDER BY request_id, part.agency LIMIT :limit
"""
_NAMES = _LISTED.replace("id,", "request,", 1).split(", ")


class RequestTable:
    """The tables `request` and `request_part`, a collaborator of `UnitOfWork`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: dict[UUID, Request] = {}

    def show(self, request: Request) -> None:
        """Show the request as it will stand at the end of the unit."""
        self._shown[request.id] = request

    def all(self, agency: str | None, state: str | None, limit: int) -> list[dict[str, Any]]:
        """Return requests, the newest first: those that the agency issues, consolidates or is asked by, or all."""
        with self._database.transaction() as tx:
            rows = tx.execute(_LIST, {"agency": agency, "state": state, "limit": limit})
        return [
            {
                **_plain(dict(zip(_NAMES, row, strict=False))),
                "addressees": int(row[-2]),
                "answered": int(row[-1]),
            }
            for row in rows
        ]

    def open_of(self, agency: str, limit: int) -> list[dict[str, Any]]:
        """Return what an agency has yet to answer, what is due first at the top."""
        with self._database.transaction() as tx:
            rows = tx.execute(_OPEN, {"agency": agency, "limit": limit})
        names = [*_NAMES, "figure", "target", "received_at"]
        return [_plain(dict(zip(names, row, strict=True))) for row in rows]

    def left_by_ended(self, tx: Transaction, now: datetime, limit: int) -> list[tuple[UUID, str]]:
        """Return requests that agencies left unanswered which have ended by now and have successors."""
        return [
            (request, agency) for request, agency in tx.execute(_LEFT_BY_ENDED, {"now": now, "limit": limit})
        ]

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered, every process in the same order."""
        requests = [self._shown[key] for key in sorted(self._shown)]
        if requests:
            tx.execute_many(_REQUEST, [_row(request) for request in requests])
            tx.execute_many(_PART, [row for request in requests for row in _parts(request)])

    def clear(self) -> None:
        """Forget what was gathered."""
        self._shown.clear()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    row["request"] = str(row["request"])
    return {name: to_text(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _row(request: Request) -> dict[str, Any]:
    terms = request.terms._asdict()
    told = {name: terms[name] for name in ("kind", "reference", "issuer", "subject", "basis", "due_on")}
    return {
        **told,
        "id": request.id,
        "consolidator": terms["consolidator"],
        "issued_at": from_text(request.issued_at),
        "state": request.state,
    }


def _parts(request: Request) -> list[dict[str, Any]]:
    return [
        {
            "request_id": request.id,
            "agency": agency,
            "figure": part.get("figure"),
            "target": part.get("target"),
            "received_at": _moment(part.get("received_at")),
            "answered_at": _moment(part.get("answered_at")),
            "proposed": (part.get("proposal") or {}).get("percent"),
            "decision": part.get("decision"),
            "unanswered": agency in request.unanswered and request.withdrawn is None,
            "due_on": request.terms.due_on,
            "passed_to": part.get("passed_to"),
        }
        for agency, part in sorted(request.parts.items())
    ]


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
