"""What routing takes in from outside, strictly: agencies, competences, processes, and what is decided of them."""

from services.routing.schemas.choices import Choice, Condition, EntryChoice, Join
from services.routing.schemas.dossiers import ExplainSchema
from services.routing.schemas.plans import (
    BatchSchema,
    BeginSchema,
    FinishSchema,
    MovePreviewSchema,
    MoveSchema,
    PlanSchema,
    PreviewSchema,
    read_begin,
    read_preview,
)
from services.routing.schemas.processes import ProcessSchema, StateSchema, read_process
from services.routing.schemas.reference import AsOfQuery, ReferenceSchema, read_reference

__all__ = [
    "AsOfQuery",
    "BatchSchema",
    "BeginSchema",
    "Choice",
    "Condition",
    "EntryChoice",
    "ExplainSchema",
    "FinishSchema",
    "Join",
    "MovePreviewSchema",
    "MoveSchema",
    "PlanSchema",
    "PreviewSchema",
    "ProcessSchema",
    "ReferenceSchema",
    "StateSchema",
    "read_begin",
    "read_preview",
    "read_process",
    "read_reference",
]
