"""statistics' doors."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from deploy.contracts.operations.model import Operation, json_of
from deploy.contracts.operations.statistics_answers import (
    HistoryAnswer,
    LedgerHealth,
    RebuildAnswer,
    ReportAnswer,
)
from services.statistics import problems
from services.statistics.api import AUDITORS
from services.statistics.schemas import HistoryQuery, ReportQuery
from shared.errors import FORBIDDEN, NOT_FOUND


class RebuildQuery(Schema):
    """Whether differences from the version that is live are accepted."""

    accept_differences = fields.String(validate=validate.OneOf(("yes",)))


OPERATIONS = (
    Operation(
        "statisticsHealth", "GET", "/health", "Say how statistics is.", json_of(LedgerHealth), open=True
    ),
    Operation(
        "report",
        "GET",
        "/v1/reports/<name>",
        "Received, resolved, in progress in a period, as known at any moment (report II.06a).",
        json_of(ReportAnswer),
        fixed={"name": "resolution"},
        query=ReportQuery,
        refuses=(
            problems.UNKNOWN_REPORT,
            problems.UNKNOWN_DIMENSION,
            problems.PERIOD_INVALID,
            problems.PERIOD_NOT_BEGUN,
            problems.READ_MODEL_UNDEFINED,
        ),
    ),
    Operation(
        "showHistory",
        "GET",
        "/v1/dossiers/<dossier>/history",
        "Show everything that happened to a dossier, in order; `dossier` is its id or code.",
        json_of(HistoryAnswer),
        query=HistoryQuery,
        roles=(*AUDITORS, "agency (on the dossier's way)"),
        refuses=(FORBIDDEN, NOT_FOUND, problems.READ_MODEL_UNDEFINED),
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
