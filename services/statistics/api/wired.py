"""What every door of statistics is given."""

from __future__ import annotations

from services.statistics.application import Statistics
from services.statistics.read_model.rebuilding import Rebuilding
from services.statistics.read_model.scratches import Scratches
from services.statistics.reports.asking import Reports
from shared.access import TokenFile
from shared.acts import HISTORIAN
from shared.clock import Clock
from shared.entrypoints.wiring import Wired
from shared.persistence.database import Database
from shared.persistence.grouping import GroupCommit
from shared.readings import Spells

READERS = ("administrator", "auditor", HISTORIAN)
"""Who may read the whole ledger."""


class WiredDoors:
    """Base of the doors."""

    database: Database = Wired("database")
    reports: Reports = Wired("reports")
    rebuilding: Rebuilding = Wired("rebuilding")
    scratches: Scratches = Wired("scratches")
    tokens: TokenFile = Wired("tokens")
    progress: dict[str, float] = Wired("progress")
    application: Statistics = Wired("application")
    clock: Clock = Wired("clock")
    group: GroupCommit = Wired("group")
    spells: Spells = Wired("spells")
