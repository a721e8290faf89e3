"""How statistics is put together."""

from __future__ import annotations

from deploy.composition.parts import Parts, Runtime, assemble
from services.statistics.application import Statistics
from services.statistics.consumer import LedgerConsumer, LedgerWriter
from services.statistics.read_model.builds import Builder
from services.statistics.reports.asking import Reports
from services.statistics.service import StatisticsService
from shared.persistence.recorder import LogRecorder


def build(parts: Parts) -> Runtime:
    """Put statistics together from its parts; its read model is set up when it is not there yet."""
    application = Statistics(LogRecorder(parts.database))
    consumer = LedgerConsumer(LedgerWriter(parts.database, parts.clock))
    runtime = assemble("statistics", StatisticsService, parts, application, [], consumer, None)
    builder = Builder(parts.database, runtime.unit, application, parts.clock)
    builder.define()
    runtime.extras |= {"reports": Reports(parts.database, parts.clock), "builder": builder}
    return runtime
