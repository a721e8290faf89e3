"""How statistics is put together."""

from __future__ import annotations

import eventlet

from deploy.composition.parts import Parts, Runtime, assemble, own_epochs
from services.statistics.application import Statistics
from services.statistics.consumer import LedgerConsumer, LedgerWriter
from services.statistics.publisher import OwnLog
from services.statistics.read_model.builds import Builder
from services.statistics.read_model.rebuilding import Rebuilding
from services.statistics.read_model.scratches import Scratches
from services.statistics.read_model.views import show
from services.statistics.reports.asking import Reports
from services.statistics.reports.feed import ReportFeed
from services.statistics.reports.publications import Publications
from services.statistics.reports.rule_sets import RuleSets
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
    views = {"show": show} if parts.shows_views else {}
    builder = Builder(parts.database, runtime.unit, application, parts.clock, **views)
    builder.define()
    reports = Reports(parts.database, parts.clock)
    if parts.signer is None:
        msg = "statistics signs what it publishes: it needs a key"
        raise ValueError(msg)
    runtime.extras |= {
        "reports": reports,
        "ranking_feed": ReportFeed(parts.database, reports, eventlet.sleep),
        "resolution_feed": ReportFeed(parts.database, reports, eventlet.sleep, report="resolution"),
        "rule_sets": RuleSets(parts.database, application, parts.signer),
        "publications": Publications(parts.database, runtime.unit, application, reports, parts.signer),
        "builder": builder,
        "rebuilding": Rebuilding(builder, parts.clock, eventlet.sleep),
        "scratches": Scratches(parts.database, runtime.unit, application, parts.clock),
        "spells": Spells(parts.clock),
    }
    return runtime
