"""statistics' HTTP doors: reports, histories, and the building of read models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import eventlet
from werkzeug.wrappers import Request, Response

from services.statistics.application import Statistics
from services.statistics.ledger.entries import last_sequence
from services.statistics.ledger.recorded import page
from services.statistics.papers.formats import file_name, format_named
from services.statistics.papers.paper import Imprint
from services.statistics.read_model.builds import Builder, Outcome
from services.statistics.read_model.scratches import Scratches
from services.statistics.reports.answers import Question
from services.statistics.reports.asking import Reports
from services.statistics.reports.history import history
from services.statistics.reports.lateness import agencies_on_the_way
from services.statistics.schemas import (
    HistoryQuery,
    PaperQuery,
    RecordedQuery,
    ReportQuery,
    ScratchDropSchema,
    ScratchSchema,
)
from shared.access import TokenFile, require
from shared.acts import HISTORIAN, Actor
from shared.clock import VIETNAM, Clock, from_text
from shared.contracts.parsing import check, parse
from shared.entrypoints.health import health_of, health_response
from shared.entrypoints.http import LINES, body_of, caller, door, json_response
from shared.entrypoints.metrics import MetricsDoor
from shared.entrypoints.parked import ParkedDoors
from shared.entrypoints.wiring import Wired
from shared.errors import FORBIDDEN, RefusedError
from shared.persistence.database import Database
from shared.persistence.grouping import Answer, GroupCommit
from shared.persistence.grouping import Request as Grouped
from shared.readings import EVERYTHING, Spells, record_reading

_REPORT = ReportQuery()
_PAPER = PaperQuery()
_HISTORY = HistoryQuery()
_RECORDED = RecordedQuery()
_SCRATCH = ScratchSchema()
_DROP = ScratchDropSchema()

AUDITORS = ("administrator", "auditor", HISTORIAN, "desk_head", "receiving_officer")
"""Who may read what happened to any dossier; nothing personal stands there."""
READERS = ("administrator", "auditor", HISTORIAN)
"""Who may read the whole ledger."""
AGENCIES = ("agency", "agency-system")
"""Who may read what happened to the dossiers on their way."""


class StatisticsApi(ParkedDoors, MetricsDoor):
    """The doors of statistics."""

    database: Database = Wired("database")
    reports: Reports = Wired("reports")
    builder: Builder = Wired("builder")
    scratches: Scratches = Wired("scratches")
    tokens: TokenFile = Wired("tokens")
    progress: dict[str, float] = Wired("progress")
    application: Statistics = Wired("application")
    clock: Clock = Wired("clock")
    group: GroupCommit = Wired("group")
    spells: Spells = Wired("spells")

    @door("GET", "/health")
    def health(self, _request: Request) -> Response:
        """Say how statistics is."""
        health = health_of("statistics", self.database, self.progress) | ledger_of(self.database)
        return health_response(health)

    @door("GET", "/v1/reports/<name>")
    def report(self, request: Request, name: str) -> Response:
        """Answer a report, as of any moment, as JSON or as a file."""
        caller(request, self.tokens)
        return report_file(self.reports, self.clock, name, request.args)

    @door("GET", "/v1/dossiers/<dossier>/history")
    def history(self, request: Request, dossier: str) -> Response:
        """Show everything that happened to a dossier, in order."""
        actor = caller(request, self.tokens)
        require(actor, *AUDITORS, *AGENCIES)
        found = history_of(self.database, dossier, request.args)
        if actor.role in AGENCIES and actor.agency not in {entry["agency"] for entry in found["entries"]}:
            raise RefusedError(FORBIDDEN, role=actor.role)
        self._was_read(actor, UUID(found["dossier"]), "history")
        return json_response(found)

    @door("GET", "/v1/dossiers/<dossier>/lateness")
    def lateness(self, request: Request, dossier: str) -> Response:
        """Show in whose hands a dossier was, and whose part it is that it is late."""
        actor = caller(request, self.tokens)
        require(actor, *AUDITORS, *AGENCIES)
        found = lateness_of(self.reports, dossier, request.args)
        if actor.role in AGENCIES and actor.agency not in agencies_on_the_way(
            self.database, found["dossier"]
        ):
            raise RefusedError(FORBIDDEN, role=actor.role)
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

    @door("POST", "/v1/rebuilds")
    def rebuild(self, request: Request) -> Response:
        """Build the read model again from the ledger, compare, and make the new one live."""
        actor = caller(request, self.tokens)
        require(actor, "administrator")
        accept = request.args.get("accept_differences") == "yes"
        outcome = self.builder.rebuild(actor, accept_differences=accept)
        return json_response(rebuild_of(outcome), 200 if outcome.swapped else 409)

    @door("GET", "/v1/scratches")
    def list_scratches(self, request: Request) -> Response:
        """List the scratch states there are."""
        caller(request, self.tokens)
        return json_response({"scratches": self.scratches.all()})

    @door("POST", "/v1/scratches")
    def build_scratch(self, request: Request) -> Response:
        """Build the read model as of a moment, beside the live one."""
        actor = caller(request, self.tokens)
        require(actor, *READERS)
        asked = parse(body_of(request), _SCRATCH)
        as_of = from_text(asked["as_of"])
        return json_response(self.scratches.build(asked["name"], as_of, asked["reason"], actor))

    @door("POST", "/v1/scratches/<scratch>/drop")
    def drop_scratch(self, request: Request, scratch: str) -> Response:
        """Drop a scratch state."""
        actor = caller(request, self.tokens)
        require(actor, *READERS)
        reason = parse(body_of(request), _DROP)["reason"]
        return json_response(self.scratches.drop(scratch, reason, actor))

    def _was_read(self, actor: Actor, dossier: UUID, door: str) -> None:
        """Record a reading durably, before there is an answer; whoever reads at once shares the commit."""

        def record() -> Answer:
            record_reading(self.application, self.clock, actor, dossier, door)
            return {}

        self.group.run_one(Grouped(record))


def ledger_of(database: Database) -> dict[str, Any]:
    """Return how far the ledger is."""
    with database.transaction() as tx:
        return {"ledger": last_sequence(tx)}


def rebuild_of(outcome: Outcome) -> dict[str, Any]:
    """Return what a rebuild came to."""
    return {
        "version": outcome.version,
        "ledger_sequence": outcome.ledger_sequence,
        "rows": outcome.digest.rows,
        "sha256": outcome.digest.sha256,
        "previous_sha256": outcome.previous.sha256 if outcome.previous else None,
        "swapped": outcome.swapped,
        "differences": [asdict(difference) for difference in outcome.differences[:100]],
    }


def report_of(reports: Reports, name: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Return a report for the words of a query: from, to, as_of, published_at, by.

    Raises RefusedError with `invalid`, or the codes of `Reports.report`.
    """
    asked = check(dict(query), _REPORT)
    for moment in ("as_of", "published_at"):
        if moment in asked:
            asked[moment] = from_text(asked[moment])
    return reports.report(name, Question(**asked))


def report_file(reports: Reports, clock: Clock, name: str, query: Mapping[str, str]) -> Response:
    """Return a report in the format that the words of a query ask for, under the name of its file.

    Raises RefusedError with `unknown-format`, `report-too-long`, or the codes of `report_of`.
    """
    words = dict(query)
    asked = check({word: words.pop(word) for word in _PAPER.fields if word in words}, _PAPER)
    wanted = format_named(asked.pop("format"))
    answer = report_of(reports, name, words)
    imprint = Imprint(clock.now().astimezone(VIETNAM).date(), **asked)
    # Other doors and the consumer go on while a long paper is written.
    response = Response(wanted.make(answer, imprint, eventlet.sleep), content_type=wanted.media_type)
    if wanted.is_file:
        named = f'attachment; filename="{file_name(answer, wanted.suffix)}"'
        response.headers["Content-Disposition"] = named
    return response


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
