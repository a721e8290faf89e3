"""What every door of processing is given."""

from __future__ import annotations

from datetime import timedelta

from services.processing.application import Accounts, Processing, RefusedActs, Replays, Requests
from services.processing.tables.ledger import DeliveryLedger
from services.processing.tables.replays import ReplayTable
from services.processing.tables.requests import RequestTable
from services.processing.tables.worklist import WorklistTable
from shared.access import TokenFile
from shared.clock import Clock
from shared.entrypoints.loops import Wake
from shared.entrypoints.wiring import Wired
from shared.persistence.grouping import GroupCommit
from shared.persistence.unit_of_work import UnitOfWork


class WiredDoors:
    """Base of the doors."""

    application: Processing = Wired("application")
    accounts: Accounts = Wired("accounts")
    refused_acts: RefusedActs = Wired("refused_acts")
    replays: Replays = Wired("replays")
    replay_table: ReplayTable = Wired("replay_table")
    wake_replayer: Wake = Wired("wake_replayer")
    requests: Requests = Wired("requests")
    request_table: RequestTable = Wired("request_table")
    unit: UnitOfWork = Wired("unit")
    group: GroupCommit = Wired("group")
    worklist: WorklistTable = Wired("worklist")
    deliveries: DeliveryLedger = Wired("deliveries")
    tokens: TokenFile = Wired("tokens")
    progress: dict[str, float] = Wired("progress")
    clock: Clock = Wired("clock")
    tolerance: timedelta = Wired("tolerance")
