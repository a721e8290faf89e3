"""The ids of routing's reference aggregates. Durable."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

_REFERENCE = uuid5(NAMESPACE_URL, "urn:lienthong:routing")


def agency_key(agency: str) -> UUID:
    """Return the aggregate id of an agency."""
    return uuid5(_REFERENCE, f"agency/{agency}")


def process_key(process: str) -> UUID:
    """Return the aggregate id of a process."""
    return uuid5(_REFERENCE, f"process/{process}")


def competence_key(procedure: str) -> UUID:
    """Return the aggregate id of who is competent for a procedure."""
    return uuid5(_REFERENCE, f"competence/{procedure}")
