"""Replays as they stand, and what of the delivery ledger each of them takes in.

A replay takes in hand-overs and notices that the broker once had, in the order in which they were entered.
Answers to refused commands are left out: such a command changed nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.processing.domain.replay import RUNNING, Counted, Replay, Selection
from shared.clock import from_text, to_text
from shared.persistence.database import Database, Transaction

_TAKEN_IN = """
    FROM delivery LEFT JOIN work ON work.leg_id = delivery.leg_id
    WHERE delivery.agency = :agency AND delivery.sequence > :behind
        AND (:upto::bigint IS NULL OR delivery.sequence <= :upto::bigint)
        AND (delivery.kind = 'hand-over' OR notice IS NOT NULL)
        AND (:begin::timestamptz IS NULL OR delivery.created_at >= :begin::timestamptz)
        AND (:until::timestamptz IS NULL OR delivery.created_at < :until::timestamptz)
        AND (:dossier::uuid IS NULL OR delivery.dossier_id = :dossier::uuid)
        AND (:procedure::text IS NULL OR work.procedure = :procedure::text)
        AND CASE WHEN :parked::boolean THEN delivery.state = 'parked'
            ELSE delivery.first_sent_at <= :sent_by::timestamptz END
"""
_SUPERSEDED = "(delivery.kind = 'hand-over' AND (work.closed = true OR work.agency <> delivery.agency))"
_COUNT = f"""
    SELECT count(*), CAST(coalesce(sum(CASE WHEN {_SUPERSEDED} THEN 1 ELSE 0 END), 0) AS bigint),
        CAST(coalesce(sum(CASE WHEN delivery.kind = 'hand-over' AND delivery.state IN ('waiting', 'sent', 'parked') THEN 1
            ELSE 0 END), 0) AS bigint),
        count(DISTINCT delivery.dossier_id), min(delivery.created_at) AS "first [timestamptz]",
        max(delivery.created_at) AS "last [timestamptz]", max(delivery.sequence)
    {_TAKEN_IN}
"""
_PAGE = f"""
    SELECT delivery.sequence, message_id, delivery.dossier_id, body, CASE WHEN {_SUPERSEDED} THEN 1 ELSE 0 END
    {_TAKEN_IN}
    ORDER BY delivery.sequence LIMIT :limit
"""
_COLUMNS = (
    'id, agency, state, selection, reason, begun_by, begun_at, ended_at, rate, "cursor", upto, messages,'
    " superseded, sent, sent_superseded, waits_for"
)
_SHOW = """
    INSERT INTO replay (id, agency, state, selection, reason, begun_by, begun_at, ended_at, rate, "cursor", upto,
        messages, superseded, sent, sent_superseded, next_at)
    VALUES (:id, :agency, :state, :selection, :reason, :begun_by, :begun_at, :ended_at, :rate, :cursor, :upto,
        :messages, :superseded, :sent, :sent_superseded, :next_at)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at,
        "cursor" = excluded."cursor", sent = excluded.sent, sent_superseded = excluded.sent_superseded
"""
_CLAIM = """
    SELECT id, agency, selection, rate, "cursor", upto, begun_at FROM replay AS candidate
    WHERE state = 'running' AND next_at <= :now
        AND NOT EXISTS (
            SELECT 1 FROM agency_pause WHERE agency_pause.agency = candidate.agency AND agency_pause.until > :now
        )
    ORDER BY next_at LIMIT 1
    FOR UPDATE SKIP LOCKED
"""
_ABOUT = f"SELECT {_COLUMNS} FROM replay"  # noqa: S608 - constants
_PAUSE_OF = "SELECT until, reason FROM agency_pause WHERE agency = :agency AND until > :now"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A replay whose next page is to be sent now."""

    id: UUID
    agency: str
    selection: dict[str, Any]
    rate: int
    cursor: int
    upto: int
    begun_at: datetime

    @property
    def parked(self) -> bool:
        """Whether it takes what lies parked out of there."""
        return bool(self.selection.get("parked"))


@dataclass(frozen=True, slots=True)
class Sendable:
    """One message of a page."""

    sequence: int
    message_id: str
    dossier: UUID | None
    body: bytes
    superseded: bool


class ReplayTable:
    """The table `replay`, a collaborator of `UnitOfWork`, and what replays read of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: dict[UUID, Replay] = {}

    def count(self, selection: Selection, sent_by: datetime) -> Counted:
        """Return what a selection comes to of what was sent by then: one query over one index."""
        params = _params(selection.agency, selection.state(), sent_by)
        with self._database.transaction() as tx:
            row = tx.execute(_COUNT, {**params, "behind": 0, "upto": None})[0]
        return Counted(row[0], row[1], row[2], row[3], row[4], row[5], row[6] or 0)

    def page(self, replay: Claimed, limit: int) -> list[Sendable]:
        """Return the messages that come next, in the order of the ledger."""
        params = _params(replay.agency, replay.selection, replay.begun_at)
        with self._database.transaction() as tx:
            rows = tx.execute(_PAGE, {**params, "behind": replay.cursor, "upto": replay.upto, "limit": limit})
        return [Sendable(row[0], row[1], row[2], bytes(row[3]), bool(row[4])) for row in rows]

    def dossier_of(self, code: str) -> UUID | None:
        """Return the dossier of which an agency was handed a leg under this code."""
        with self._database.transaction() as tx:
            rows = tx.execute("SELECT dossier_id FROM work WHERE code = :code LIMIT 1", {"code": code})
        return rows[0][0] if rows else None

    def claim(self, now: datetime, lease_until: datetime) -> Claimed | None:
        """Return a replay whose next page is due; nobody else gets it before the lease is over."""
        with self._database.transaction() as tx:
            rows = tx.execute(_CLAIM, {"now": now})
            if not rows:
                return None
            tx.execute(
                "UPDATE replay SET next_at = :until WHERE id = :id", {"until": lease_until, "id": rows[0][0]}
            )
        row = rows[0]
        return Claimed(row[0], row[1], json.loads(row[2]), *row[3:])

    def go_on_at(self, replay: UUID, at: datetime, waits_for: str | None = None) -> None:
        """Let the next page be due then; `waits_for` says why the last one did not go through."""
        with self._database.transaction() as tx:
            tx.execute(
                "UPDATE replay SET next_at = :at, waits_for = :waits_for WHERE id = :id",
                {"at": at, "waits_for": waits_for, "id": replay},
            )

    def pause_agency(self, agency: str, until: datetime, reason: str) -> None:
        """Leave an agency alone for a while whose queue would not take a message, as the deliverer does."""
        with self._database.transaction() as tx:
            tx.execute(
                "INSERT INTO agency_pause (agency, until, reason) VALUES (:agency, :until, :reason)"
                " ON CONFLICT (agency) DO UPDATE SET until = excluded.until, reason = excluded.reason",
                {"agency": agency, "until": until, "reason": reason},
            )

    def show(self, replay: Replay) -> None:
        """Show a replay as it will stand at the end of the unit."""
        self._shown[replay.id] = replay

    def under_way(self, agency: str) -> UUID | None:
        """Return the replay to an agency that is not over, if there is one."""
        for replay in self._shown.values():
            if replay.agency == agency and not replay.is_over:
                return replay.id
        with self._database.transaction() as tx:
            rows = tx.execute(
                "SELECT id FROM replay WHERE agency = :agency AND state IN ('running', 'paused')",
                {"agency": agency},
            )
        return rows[0][0] if rows else None

    def all(self, now: datetime, agency: str | None, limit: int) -> list[dict[str, Any]]:
        """Return replays, the newest first."""
        sql = f"{_ABOUT} WHERE (:agency::text IS NULL OR agency = :agency::text) ORDER BY begun_at DESC, id LIMIT :limit"
        with self._database.transaction() as tx:
            rows = tx.execute(sql, {"agency": agency, "limit": limit})
            return [_with_wait(tx, _said(row), now) for row in rows]

    def one(self, replay: UUID, now: datetime) -> dict[str, Any] | None:
        """Return how one replay stands."""
        with self._database.transaction() as tx:
            rows = tx.execute(f"{_ABOUT} WHERE id = :id", {"id": replay})
            return _with_wait(tx, _said(rows[0]), now) if rows else None

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered, every process in the same order."""
        if self._shown:
            tx.execute_many(_SHOW, [_row(self._shown[key]) for key in sorted(self._shown)])

    def clear(self) -> None:
        """Forget what was gathered."""
        self._shown.clear()


def _params(agency: str, selection: Mapping[str, Any], sent_by: datetime) -> dict[str, Any]:
    dossier = selection.get("dossier")
    return {
        "agency": agency,
        "begin": from_text(selection["begin"]) if selection.get("begin") else None,
        "until": from_text(selection["until"]) if selection.get("until") else None,
        "dossier": UUID(dossier) if dossier else None,
        "procedure": selection.get("procedure"),
        "parked": bool(selection.get("parked")),
        "sent_by": sent_by,
    }


def _row(replay: Replay) -> dict[str, Any]:
    return {
        "id": replay.id,
        "agency": replay.agency,
        "state": replay.state,
        "selection": json.dumps(replay.selection, ensure_ascii=False),
        "reason": replay.reason,
        "begun_by": replay.begun_by,
        "begun_at": from_text(replay.begun_at),
        "ended_at": from_text(replay.ended_at) if replay.ended_at else None,
        "rate": replay.rate,
        "cursor": replay.cursor,
        "upto": replay.upto,
        "messages": replay.messages,
        "superseded": replay.superseded,
        "sent": replay.sent,
        "sent_superseded": replay.sent_superseded,
        "next_at": from_text(replay.begun_at),
    }


def _said(row: tuple[Any, ...]) -> dict[str, Any]:
    said = dict(zip((name.strip(' "') for name in _COLUMNS.split(",")), row, strict=True))
    said["id"] = str(said["id"])
    said["selection"] = json.loads(said["selection"])
    for moment in ("begun_at", "ended_at"):
        said[moment] = to_text(said[moment]) if said[moment] else None
    del said["cursor"], said["upto"]
    return said


def _with_wait(tx: Transaction, said: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Add for how long the agency is left alone, if it is."""
    said["waits_until"] = None
    if said["state"] == RUNNING:
        pause = tx.execute(_PAUSE_OF, {"agency": said["agency"], "now": now})
        if pause:
            said["waits_until"], said["waits_for"] = to_text(pause[0][0]), pause[0][1]
    else:
        said["waits_for"] = None
    return said
