"""statistics' doors on what happened to a dossier, and on the whole ledger; who reads there is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.statistics.api.wired import READERS, WiredDoors
from services.statistics.ledger.recorded import page
from services.statistics.reports.asking import Reports
from services.statistics.reports.history import history
from services.statistics.reports.seeing import concerns
from services.statistics.schemas import HistoryQuery, RecordedQuery
from shared.access import require
from shared.acts import Actor
from shared.clock import from_text
from shared.contracts.parsing import check
from shared.entrypoints.http import LINES, caller, door, json_response
from shared.errors import FORBIDDEN, RefusedError
from shared.persistence.database import Database
from shared.persistence.grouping import Answer
from shared.persistence.grouping import Request as Grouped
from shared.readings import EVERYTHING, record_reading

CONCERNED = ("agency", "agency-system", "desk_head", "receiving_officer")
"""Who may read what happened to the dossiers that came to their agency's unit, or to one under it."""

_IN_VAIN = "lienthong.processing.act-refused"
"""Whoever tried an act on another's leg has no part in the dossier for it."""
_HISTORY = HistoryQuery()
_RECORDED = RecordedQuery()


class DossierDoors(WiredDoors):
    """The doors on dossiers' histories."""

    @door("GET", "/v1/dossiers/<dossier>/history")
    def history(self, request: Request, dossier: str) -> Response:
        """Show everything that happened to a dossier, in order."""
        actor = caller(request, self.tokens)
        require(actor, *READERS, *CONCERNED)
        found = history_of(self.database, dossier, request.args)
        came_to = {entry["agency"] for entry in found["entries"] if entry["type"] != _IN_VAIN}
        self._require_concern(actor, found, came_to - {None})
        self._was_read(actor, UUID(found["dossier"]), "history")
        return json_response(found)

    @door("GET", "/v1/dossiers/<dossier>/lateness")
    def lateness(self, request: Request, dossier: str) -> Response:
        """Show in whose hands a dossier was, and whose part it is that it is late."""
        actor = caller(request, self.tokens)
        require(actor, *READERS, *CONCERNED)
        found = lateness_of(self.reports, dossier, request.args)
        self._require_concern(actor, found)
        self._was_read(actor, UUID(found["dossier"]), "lateness")
        return json_response(found)

    @door("GET", "/v1/recorded")
    def recorded(self, request: Request) -> Response:
        """Give a page of the ledger's documents, one a line."""
        actor = caller(request, self.tokens)
        require(actor, *READERS)
        asked = check(dict(request.args), _RECORDED)
        if self.spells.begins(actor):
            self._was_read(actor, EVERYTHING, "ledger")
        return Response(page(self.database, asked["after"], asked["limit"]), content_type=LINES)

    def _require_concern(self, actor: Actor, found: Mapping[str, Any], named: Iterable[str] = ()) -> None:
        """Raise RefusedError with `forbidden` unless the actor may read what was found of a dossier."""
        if actor.role in READERS:
            return
        root, now = UUID(found["dossier"]), self.clock.now()
        if actor.agency is None or not concerns(self.database, root, actor.agency, now, named):
            raise RefusedError(FORBIDDEN, role=actor.role)

    def _was_read(self, actor: Actor, dossier: UUID, door: str) -> None:
        """Record a reading durably, before there is an answer; whoever reads at once shares the commit."""

        def record() -> Answer:
            record_reading(self.application, self.clock, actor, dossier, door)
            return {}

        self.group.run_one(Grouped(record))


def history_of(database: Database, code_or_id: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a dossier's history for the words of a query: as_of.

    Raises RefusedError with `invalid` or `not-found`.
    """
    as_of = check(dict(query), _HISTORY).get("as_of")
    return history(database, code_or_id, from_text(as_of) if as_of else None)


def lateness_of(reports: Reports, code_or_id: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a dossier's shares and lateness for the words of a query: as_of.

    Raises RefusedError with `invalid` or `not-found`.
    """
    as_of = check(dict(query), _HISTORY).get("as_of")
    return reports.lateness(code_or_id, from_text(as_of) if as_of else None)
