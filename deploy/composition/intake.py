"""How intake is put together."""

from __future__ import annotations

from deploy.composition.parts import Parts, Runtime, assemble
from services.intake.api import submit_many
from services.intake.application import Intake
from services.intake.consumer import ONLY, aggregate_of, handlers
from services.intake.ports import Outside
from services.intake.publisher import TRANSLATIONS
from services.intake.service import IntakeService
from services.intake.tables import IntakeTables
from shared.messaging.consuming import HandlerTable
from shared.persistence.grouping import GroupCommit
from shared.persistence.recorder import LogRecorder
from shared.privacy import PersonalDataVault
from shared.working_time.vietnam import vietnam_calendar


def build(parts: Parts) -> Runtime:
    """Put intake together from its parts."""
    if parts.keys_database is None or parts.master_key is None:
        msg = "intake needs the database of keys and the master key"
        raise ValueError(msg)
    tables = IntakeTables.over(parts.database)
    vault = PersonalDataVault(parts.keys_database, parts.master_key)
    outside = Outside(tables.counters, tables.agencies, tables.lookups, vault, vietnam_calendar())
    application = Intake(LogRecorder(parts.database), outside)
    consumer = HandlerTable(
        handlers(application, tables),
        parts.clock,
        "intake",
        prefetch=application.prefetch,
        aggregate_of=aggregate_of,
        only=ONLY,
    )
    runtime = assemble("intake", IntakeService, parts, application, [tables], consumer, TRANSLATIONS)
    runtime.extras |= {
        "submissions": GroupCommit(runtime.unit, parts.clock, submit_many(application)),
        "tables": tables,
        "vault": vault,
    }
    return runtime
