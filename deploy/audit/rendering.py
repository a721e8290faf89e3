"""What the ledger's entries ought to say: each stored event rendered again, as its service publishes it.

An entry's digest alone says only which event it is of. What it says beside that is what reports are
made of, so it is held against the event itself. A later release may say more of an old event than it
did then, never less and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from eventsourcing.utils import TopicError

from services.intake.publisher import TRANSLATIONS as INTAKE
from services.processing.publisher import TRANSLATIONS as PROCESSING
from services.routing.publisher import TRANSLATIONS as ROUTING
from services.statistics.ledger.verification import Document
from shared.contracts.envelope import Message
from shared.event_sourcing import JsonMapper, JsonTranscoder
from shared.messaging.epochs import Epochs
from shared.messaging.publishing import Translator, to_event_with
from shared.persistence.recorder import LogEntry

_TRANSLATIONS: Mapping[str, Mapping[type[Any], Any]] = {
    "intake": INTAKE,
    "routing": ROUTING,
    "processing": PROCESSING,
    "statistics": {},
}
_ATTRIBUTES = (
    *("source", "type", "subject", "time", "receivedtime", "recordedtime", "rootid", "legid", "partitionkey"),
    *("correlationid", "causationid", "actorrole", "actorsubject", "actoragency"),
)
Differs = Callable[[LogEntry, Document], str | None]
"""Gives the first thing in which an entry differs from what its stored event says, None when it fits."""


def rendering(service: str, epochs: Epochs) -> Differs:
    """Return the comparison for one service's events, whose log has had these epochs."""
    import_module(f"deploy.composition.{service}")  # so that every topic of its events is known
    to_event = to_event_with(JsonMapper(transcoder=JsonTranscoder()))
    translator = Translator(epochs, _TRANSLATIONS[service], to_event)

    def differs(event: LogEntry, document: Document) -> str | None:
        try:
            message = translator.message(event)
        except (TopicError, KeyError, AttributeError, TypeError):
            return "event"  # of a release that this one does not know
        return _attribute(message, document) or _in_data(message.data, document.get("data"), "data")

    return differs


def _attribute(message: Message, document: Document) -> str | None:
    for name in _ATTRIBUTES:
        if getattr(message, name) != document.get(name):
            return name
    return None if message.historical == bool(document.get("historical")) else "historical"


def _in_data(rendered: Any, said: Any, at: str) -> str | None:
    """Return where an entry says what the event does not; what only the event says, a later release added."""
    if isinstance(said, dict) and isinstance(rendered, dict):
        for name, value in said.items():
            if found := _in_data(rendered.get(name), value, f"{at}.{name}"):
                return found
        return None
    if isinstance(said, list) and isinstance(rendered, list) and len(said) == len(rendered):
        inner = (_in_data(*pair, f"{at}.{n}") for n, pair in enumerate(zip(rendered, said, strict=True)))
        return next(filter(None, inner), None)
    return None if said == rendered and isinstance(said, bool) == isinstance(rendered, bool) else at
