"""statistics' HTTP doors: reports, what went out, histories, and the building of read models."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request, Response

from services.statistics.api.dossiers import CONCERNED, DossierDoors, history_of, lateness_of
from services.statistics.api.feeds import FeedDoors
from services.statistics.api.publications import PublicationDoors
from services.statistics.api.read_models import ReadModelDoors
from services.statistics.api.reports import ReportDoors, report_file, report_of
from services.statistics.api.rule_sets import RuleSetDoors
from services.statistics.api.wired import READERS
from services.statistics.ledger.entries import last_sequence
from services.statistics.read_model.rebuilding import rebuild_of
from shared.entrypoints.health import health_of, health_response
from shared.entrypoints.http import door
from shared.entrypoints.metrics import MetricsDoor
from shared.entrypoints.parked import ParkedDoors
from shared.persistence.database import Database

__all__ = [
    "CONCERNED",
    "READERS",
    "StatisticsApi",
    "history_of",
    "lateness_of",
    "ledger_of",
    "rebuild_of",
    "report_file",
    "report_of",
]


class StatisticsApi(
    ReportDoors,
    PublicationDoors,
    RuleSetDoors,
    FeedDoors,
    DossierDoors,
    ReadModelDoors,
    ParkedDoors,
    MetricsDoor,
):
    """The doors of statistics."""

    @door("GET", "/health")
    def health(self, _request: Request) -> Response:
        """Say how statistics is."""
        health = health_of("statistics", self.database, self.progress) | ledger_of(self.database)
        return health_response(health)


def ledger_of(database: Database) -> dict[str, Any]:
    """Return how far the ledger is."""
    with database.transaction() as tx:
        return {"ledger": last_sequence(tx)}
