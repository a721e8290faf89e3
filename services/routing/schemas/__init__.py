"""What routing takes in from outside, strictly: agencies, competences, processes, and what is decided of them."""

from services.routing.schemas.choices import Choice, Condition, EntryChoice, Join
from services.routing.schemas.processes import ProcessSchema, StateSchema, read_process
from services.routing.schemas.reference import AsOfQuery, ReferenceSchema, read_reference

__all__ = [
    "AsOfQuery",
    "Choice",
    "Condition",
    "EntryChoice",
    "Join",
    "ProcessSchema",
    "ReferenceSchema",
    "StateSchema",
    "read_process",
    "read_reference",
]
