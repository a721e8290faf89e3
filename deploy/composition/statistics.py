"""How statistics is put together."""

from __future__ import annotations

from deploy.composition.parts import Parts, Runtime, assemble, own_epochs
from services.statistics.application import Statistics
from services.statistics.consumer import LedgerConsumer, LedgerWriter
from services.statistics.publisher import OwnLog
from services.statistics.read_model.builds import Builder
from services.statistics.read_model.scratches import Scratches
from services.statistics.reports.asking import Reports
from services.statistics.service import StatisticsService
from shared.messaging.publishing import Translator, to_event_with
from shared.persistence.recorder import LogRecorder
from shared.readings import Spells


def build(parts: Parts) -> Runtime:
    """Put statistics together from its parts; its read model is set up when it is not there yet."""
    application = Statistics(LogRecorder(parts.database))
    writer = LedgerWriter(parts.database, parts.clock)
    translator = Translator(own_epochs(parts.database, "statistics"), {}, to_event_with(application.mapper))
    own_log = OwnLog(parts.database, translator, writer.append)
    consumer = LedgerConsumer(writer)
    runtime = assemble("statistics", StatisticsService, parts, application, [own_log], consumer, None)
    builder = Builder(parts.database, runtime.unit, application, parts.clock)
    builder.define()
    runtime.extras |= {
        "reports": Reports(parts.database, parts.clock),
        "builder": builder,
        "scratches": Scratches(parts.database, runtime.unit, application, parts.clock),
        "spells": Spells(parts.clock),
    }
    return runtime
