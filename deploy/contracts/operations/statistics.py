"""statistics' doors."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.metrics import metrics_operation
from deploy.contracts.operations.model import Content, Operation, json_of, lines_of
from deploy.contracts.operations.parked import parked_operations
from deploy.contracts.operations.publications import PUBLICATION_OPERATIONS
from deploy.contracts.operations.rule_sets import RULE_SET_OPERATIONS
from deploy.contracts.operations.statistics_answers import (
    HistoryAnswer,
    LatenessAnswer,
    LedgerHealth,
    RebuildAnswer,
    RebuildStanding,
    RecordedEntry,
    ReportAnswer,
    ScratchBuilt,
    ScratchDropped,
    ScratchList,
)
from services.statistics import problems
from services.statistics.api import CONCERNED, READERS
from services.statistics.api.feeds import EVENT_STREAM
from services.statistics.papers.formats import FORMATS, JSON
from services.statistics.schemas import (
    HistoryQuery,
    PaperQuery,
    RecordedQuery,
    ReportQuery,
    ScratchDropSchema,
    ScratchSchema,
)
from shared.errors import FORBIDDEN, NOT_FOUND, Problem


class RebuildQuery(Schema):
    """Whether differences from the version that is live are accepted, and whether the answer waits for the end."""

    accept_differences = fields.String(validate=validate.OneOf(("yes",)))
    wait = fields.String(validate=validate.OneOf(("no",)))


class ReportFileQuery(ReportQuery, PaperQuery):
    """A report's question, and as which file it is wanted."""

    format = fields.String(load_default=JSON, metadata={"enum": [*FORMATS]})


_FILE = {"description": "The report as a file, named by Content-Disposition."}
_FILES = tuple(
    Content(lambda _schemas: _FILE, wanted.media_type) for wanted in FORMATS.values() if wanted.is_file
)


def _report(operation: str, name: str, summary: str, *refuses: Problem) -> Operation:
    return Operation(
        operation,
        "GET",
        "/v1/reports/<name>",
        summary,
        json_of(ReportAnswer),
        fixed={"name": name},
        files=_FILES,
        query=ReportFileQuery,
        refuses=(
            problems.UNKNOWN_REPORT,
            problems.UNKNOWN_DIMENSION,
            problems.UNKNOWN_FORMAT,
            problems.REPORT_TOO_LONG,
            problems.PERIOD_INVALID,
            problems.PERIOD_UNKNOWN,
            problems.PERIOD_NOT_BEGUN,
            problems.READ_MODEL_UNDEFINED,
            problems.READ_MODEL_OUTDATED,
            problems.UNKNOWN_SCRATCH,
            *(refuses or (problems.NOT_A_LIST,)),
        ),
    )


OPERATIONS = (
    metrics_operation("statistics"),
    *parked_operations("statistics"),
    Operation(
        "statisticsHealth", "GET", "/health", "Say how statistics is.", json_of(LedgerHealth), open=True
    ),
    _report(
        "report",
        "resolution",
        "Received, resolved, in progress in a period, as known at any moment (report II.06a).",
    ),
    _report("reportLateness", "lateness", "Late dossiers of a period, by how much, and whose part it is."),
    _report("reportModels", "models", "Procedures and dossiers after each model of process."),
    _report(
        "reportOnline", "online", "Online dossiers in three definitions, against the target, unit by unit."
    ),
    _report(
        "reportLate",
        "late",
        "Late dossiers one by one, with the delay in working time and whose part most of it is; 500 a page.",
        FORBIDDEN,
        problems.TOO_MANY_LATE,
    ),
    _report("reportCarried", "carried", "Dossiers carried into the period and out of it, by age."),
    _report("reportAcceptance", "acceptance", "How soon what is filed online is received or refused."),
    _report("reportDistricts", "districts", "Each district's own desk, its communes, and both together."),
    _report(
        "reportDiscipline",
        "discipline",
        "Acts recorded late, legs completed that nobody took on; officers as far as the caller may see them.",
        FORBIDDEN,
        problems.NOT_A_LIST,
    ),
    _report("reportAdoption", "adoption", "Which units work in the system, and which do not."),
    _report("reportFlows", "flows", "Who hands dossiers to whom, and how long they wait there."),
    _report(
        "reportLegs",
        "legs",
        "The legs behind a figure of flows, 500 a page; others than of the province see what their unit, or one under it, handed over or got.",
        FORBIDDEN,
        problems.UNKNOWN_FIGURE,
    ),
    _report(
        "reportRequests",
        "requests",
        "Reminders and requests for a report: answered in time, late, or not at all, one by one.",
    ),
    _report(
        "reportDossiers",
        "dossiers",
        "The dossiers behind a figure, 500 a page; others than of the province see what their unit, or one under it, received or answers for.",
        FORBIDDEN,
        problems.UNKNOWN_FIGURE,
    ),
    _report(
        "reportEntered",
        "entered",
        "What units entered for the period, checked, locked, corrected; and what the rules ask for and nobody entered.",
        problems.NO_RULE_SET,
    ),
    _report(
        "reportIndex",
        "index",
        "Points after a set of rules, each down to its figures; of a unit, or of the province.",
        problems.NO_RULE_SET,
        problems.NOT_A_LIST,
    ),
    _report(
        "reportRanking",
        "ranking",
        "Units ranked by their points of those covered, each level apart.",
        problems.NO_RULE_SET,
        problems.NOT_A_LIST,
    ),
    Operation(
        "feedRanking",
        "GET",
        "/v1/feeds/ranking",
        "Tell the ranking now and whenever it changes, as server-sent events; Last-Event-ID goes on from there.",
        Content(
            lambda _schemas: {"type": "string", "description": "See rankingFeed in asyncapi.yaml."},
            EVENT_STREAM,
        ),
        query=ReportQuery,
        refuses=(
            problems.NO_RULE_SET,
            problems.NOT_A_LIST,
            problems.UNKNOWN_DIMENSION,
            problems.PERIOD_INVALID,
            problems.PERIOD_UNKNOWN,
            problems.PERIOD_NOT_BEGUN,
            problems.READ_MODEL_UNDEFINED,
            problems.READ_MODEL_OUTDATED,
            problems.UNKNOWN_SCRATCH,
        ),
    ),
    Operation(
        "feedResolution",
        "GET",
        "/v1/feeds/resolution",
        "Tell the report on resolution now and whenever it changes, as server-sent events; Last-Event-ID goes on from there.",
        Content(
            lambda _schemas: {"type": "string", "description": "See resolutionFeed in asyncapi.yaml."},
            EVENT_STREAM,
        ),
        query=ReportQuery,
        refuses=(
            problems.NOT_A_LIST,
            problems.UNKNOWN_DIMENSION,
            problems.PERIOD_INVALID,
            problems.PERIOD_UNKNOWN,
            problems.PERIOD_NOT_BEGUN,
            problems.READ_MODEL_UNDEFINED,
            problems.READ_MODEL_OUTDATED,
            problems.UNKNOWN_SCRATCH,
        ),
    ),
    *RULE_SET_OPERATIONS,
    *PUBLICATION_OPERATIONS,
    Operation(
        "showHistory",
        "GET",
        "/v1/dossiers/<dossier>/history",
        "Show everything that happened to a dossier, in order; `dossier` is its id or code.",
        json_of(HistoryAnswer),
        query=HistoryQuery,
        roles=(*READERS, *(f"{role} (that the dossier came to, or those above)" for role in CONCERNED)),
        refuses=(FORBIDDEN, NOT_FOUND, problems.READ_MODEL_UNDEFINED, problems.READ_MODEL_OUTDATED),
    ),
    Operation(
        "showLateness",
        "GET",
        "/v1/dossiers/<dossier>/lateness",
        "Show in whose hands a dossier was, and whose part it is that it is late.",
        json_of(LatenessAnswer),
        query=HistoryQuery,
        roles=(*READERS, *(f"{role} (that the dossier came to, or those above)" for role in CONCERNED)),
        refuses=(FORBIDDEN, NOT_FOUND, problems.READ_MODEL_UNDEFINED, problems.READ_MODEL_OUTDATED),
    ),
    Operation(
        "readLedger",
        "GET",
        "/v1/recorded",
        "Read the ledger page by page; the next page comes after the last line's sequence, no line: the end.",
        lines_of(lambda schemas: schemas.ref(RecordedEntry)),
        query=RecordedQuery,
        roles=READERS,
        refuses=(FORBIDDEN,),
    ),
    Operation(
        "listScratches",
        "GET",
        "/v1/scratches",
        "List the scratch states there are, the newest first.",
        json_of(ScratchList),
    ),
    Operation(
        "buildScratch",
        "POST",
        "/v1/scratches",
        "Build the read model from what was recorded by a moment, beside the live one.",
        json_of(ScratchBuilt),
        body=json_of(ScratchSchema),
        roles=READERS,
        refuses=(
            FORBIDDEN,
            problems.SCRATCH_EXISTS,
            problems.REBUILD_UNDER_WAY,
            problems.READ_MODEL_UNDEFINED,
        ),
    ),
    Operation(
        "dropScratch",
        "POST",
        "/v1/scratches/<scratch>/drop",
        "Drop a scratch state.",
        json_of(ScratchDropped),
        body=json_of(ScratchDropSchema),
        roles=READERS,
        refuses=(FORBIDDEN, problems.UNKNOWN_SCRATCH),
    ),
    Operation(
        "rebuildReadModel",
        "POST",
        "/v1/rebuilds",
        "Build the read model again from the ledger, compare, and make the new one live.",
        json_of(RebuildAnswer),
        query=RebuildQuery,
        roles=("administrator",),
        refuses=(FORBIDDEN, problems.REBUILD_UNDER_WAY, problems.READ_MODEL_UNDEFINED),
        otherwise={202: json_of(RebuildStanding), 409: json_of(RebuildAnswer)},
    ),
    Operation(
        "showRebuild",
        "GET",
        "/v1/rebuilds",
        "Say how the rebuild that runs, or that ran last since statistics started, stands.",
        json_of(RebuildStanding),
        roles=READERS,
        refuses=(FORBIDDEN,),
    ),
)
"""Every operation at statistics' doors."""
