"""Which message changes what: the rules of all sources together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from services.statistics.projection import (
    entered,
    intake,
    processes,
    processing,
    register,
    requests,
    routing,
    targets,
)
from services.statistics.projection.columns import (
    AGENCY,
    APPOINTMENT,
    ASKED,
    DOSSIER,
    ENTERED,
    LEG,
    PAUSE,
    PROCEDURE,
    PROCESS,
    REFUSED_ACT,
    REGISTER,
    REQUEST,
    TABLES,
    TARGET,
    Table,
)
from services.statistics.projection.entered import entered_key
from services.statistics.projection.intake import appointment_key
from services.statistics.projection.processes import process_key
from services.statistics.projection.processing import refused_key
from services.statistics.projection.register import register_key
from services.statistics.projection.requests import asked_key
from services.statistics.projection.rows import Document, Rows, Rule
from services.statistics.projection.targets import target_key

RULES: Mapping[str, Rule] = {
    **intake.RULES,
    **register.RULES,
    **processes.RULES,
    **routing.RULES,
    **processing.RULES,
    **targets.RULES,
    **entered.RULES,
    **requests.RULES,
}
"""Message type to what it changes; what is in nobody's rules changes no row."""

_KEYS: Mapping[Table, Callable[[Document], str]] = {
    DOSSIER: lambda document: document["rootid"],
    LEG: lambda document: document["data"]["leg"],
    REFUSED_ACT: refused_key,
    PAUSE: lambda document: document["data"]["pause"],
    APPOINTMENT: appointment_key,
    AGENCY: lambda document: document["data"]["agency"],
    REGISTER: register_key,
    PROCEDURE: lambda document: document["data"]["procedure"],
    PROCESS: lambda document: process_key(document["data"]),
    TARGET: target_key,
    ENTERED: entered_key,
    REQUEST: lambda document: document["data"]["request"],
    ASKED: asked_key,
}


def project(rows: Rows, document: Document) -> None:
    """Change `rows` by a message; one that no row depends on changes nothing."""
    rule = RULES.get(document["type"])
    if rule is not None:
        rule.apply(rows, document)


def keys(documents: Iterable[Document]) -> dict[Table, dict[str, None]]:
    """Return the keys of all rows that the messages will change, in order of first mention."""
    found: dict[Table, dict[str, None]] = {table: {} for table in TABLES}
    for document in documents:
        rule = RULES.get(document["type"])
        if rule is not None:
            for table in rule.tables:
                found[table][_KEYS[table](document)] = None
    return found
