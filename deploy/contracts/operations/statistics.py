"""statistics' doors."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.metrics import metrics_operation
from deploy.contracts.operations.model import Content, Operation, json_of, lines_of
from deploy.contracts.operations.parked import parked_operations
from deploy.contracts.operations.statistics_answers import (
    HistoryAnswer,
    LatenessAnswer,
    LedgerHealth,
    RebuildAnswer,
    RecordedEntry,
    ReportAnswer,
    ScratchBuilt,
    ScratchDropped,
    ScratchList,
)
from services.statistics import problems
from services.statistics.api import AUDITORS, READERS
from services.statistics.papers.formats import FORMATS, JSON
from services.statistics.schemas import (
    HistoryQuery,
    PaperQuery,
    RecordedQuery,
    ReportQuery,
    ScratchDropSchema,
    ScratchSchema,
)
from shared.errors import FORBIDDEN, NOT_FOUND


class RebuildQuery(Schema):
    """Whether differences from the version that is live are accepted."""

    accept_differences = fields.String(validate=validate.OneOf(("yes",)))


class ReportFileQuery(ReportQuery, PaperQuery):
    """A report's question, and as which file it is wanted."""

    format = fields.String(load_default=JSON, metadata={"enum": [*FORMATS]})


_FILE = {"description": "The report as a file, named by Content-Disposition."}
_FILES = tuple(
    Content(lambda _schemas: _FILE, wanted.media_type) for wanted in FORMATS.values() if wanted.is_file
)


def _report(operation: str, name: str, summary: str) -> Operation:
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
            problems.PERIOD_NOT_BEGUN,
            problems.READ_MODEL_UNDEFINED,
            problems.READ_MODEL_OUTDATED,
            problems.UNKNOWN_SCRATCH,
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
    Operation(
        "showHistory",
        "GET",
        "/v1/dossiers/<dossier>/history",
        "Show everything that happened to a dossier, in order; `dossier` is its id or code.",
        json_of(HistoryAnswer),
        query=HistoryQuery,
        roles=(*AUDITORS, "agency (on the dossier's way)"),
        refuses=(FORBIDDEN, NOT_FOUND, problems.READ_MODEL_UNDEFINED, problems.READ_MODEL_OUTDATED),
    ),
    Operation(
        "showLateness",
        "GET",
        "/v1/dossiers/<dossier>/lateness",
        "Show in whose hands a dossier was, and whose part it is that it is late.",
        json_of(LatenessAnswer),
        query=HistoryQuery,
        roles=(*AUDITORS, "agency (on the dossier's way)"),
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
        otherwise={409: json_of(RebuildAnswer)},
    ),
)
"""Every operation at statistics' doors."""
