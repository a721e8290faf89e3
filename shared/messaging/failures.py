"""The classes of failure that have nothing to do with the message, and how the others are told."""

from __future__ import annotations

from eventsourcing.persistence import RecordConflictError

from shared.messaging.broker import BrokerUnavailableError
from shared.persistence.database import DatabaseUnavailableError, UniqueViolationError

TRANSIENT = (DatabaseUnavailableError, BrokerUnavailableError)
"""A server is away: nothing was kept, try again later."""
CONFLICT = (RecordConflictError, UniqueViolationError)
"""Another process wrote first: try again from fresh state."""


def reason_of(error: Exception) -> str:
    """Return why a message could not be handled: a stable code, then the particulars."""
    code = getattr(error, "code", None)
    text = str(error)
    if isinstance(code, str):
        return text if text.startswith(f"{code}:") else f"{code}: {text}"
    return f"unexpected-{type(error).__name__}: {error}"
