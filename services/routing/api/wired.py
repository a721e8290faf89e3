"""What every door of routing is given."""

from __future__ import annotations

from services.routing.application.routing import Routing
from shared.access import TokenFile
from shared.clock import Clock
from shared.entrypoints.wiring import Wired
from shared.messaging.consuming import BatchHandler
from shared.persistence.unit_of_work import UnitOfWork


class WiredDoors:
    """Base of the doors."""

    application: Routing = Wired("application")
    unit: UnitOfWork = Wired("unit")
    handler: BatchHandler = Wired("handler")
    tokens: TokenFile = Wired("tokens")
    progress: dict[str, float] = Wired("progress")
    clock: Clock = Wired("clock")
