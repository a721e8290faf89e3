"""What routing's messages about processes change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.statistics.projection.columns import PROCESS, Row
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule, is_later

TRIAL = "trial"
IN_FORCE = "in-force"
"""What a version is of which nothing else is said."""


def process_key(data: Mapping[str, Any]) -> str:
    """Return the key of the version of a process that a message is about."""
    return f"{data['process']}/{data['version']}"


def _row(rows: Rows, data: Mapping[str, Any]) -> Row:
    row = rows.change(PROCESS, process_key(data))
    row["process"], row["version"], row["procedure"] = data["process"], data["version"], data["procedure"]
    return row


def _published(rows: Rows, document: Document) -> None:
    data = document["data"]
    row, state = _row(rows, data), data.get("state") or IN_FORCE
    if is_later(row, "log_position", document):
        row["legs"], row["model"] = data["legs"], data.get("model")
        row["valid_from"] = moment(data["valid_from"])
    _in_state(row, document, state)


def _state_changed(rows: Rows, document: Document) -> None:
    data = document["data"]
    row = _row(rows, data)
    if data.get("agencies") is None:
        _in_state(row, document, data["state"])
    else:
        row["trial"] = row["trial"] or data["state"] == TRIAL


def _in_state(row: Row, document: Document, state: str) -> None:
    row["trial"] = row["trial"] or state == TRIAL
    if is_later(row, "state_position", document):
        row["state"] = state


RULES: Mapping[str, Rule] = {
    "lienthong.routing.process-published": Rule(_published, (PROCESS,)),
    "lienthong.routing.process-state-changed": Rule(_state_changed, (PROCESS,)),
}
