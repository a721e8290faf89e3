"""How routing is put together."""

from __future__ import annotations

from deploy.composition.parts import Parts, Runtime, assemble
from services.routing.application.routing import Routing
from services.routing.beginnings import Beginnings
from services.routing.consumer import aggregate_of, handlers
from services.routing.publisher import TRANSLATIONS
from services.routing.service import RoutingService
from services.routing.tables import DirectoryTables
from shared.entrypoints.loops import Wake
from shared.messaging.consuming import HandlerTable
from shared.persistence.recorder import LogRecorder
from shared.working_time.vietnam import vietnam_calendar


def build(parts: Parts) -> Runtime:
    """Put routing together from its parts."""
    directory = DirectoryTables(parts.database)
    application = Routing(LogRecorder(parts.database), directory, vietnam_calendar())
    consumer = HandlerTable(
        handlers(application),
        parts.clock,
        "routing",
        prefetch=application.prefetch,
        aggregate_of=aggregate_of,
    )
    runtime = assemble("routing", RoutingService, parts, application, [directory], consumer, TRANSLATIONS)
    runtime.extras |= {
        "beginnings": Beginnings(directory, parts.clock, runtime.handler.release),
        "wake_beginnings": Wake(),
    }
    return runtime
