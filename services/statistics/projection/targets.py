"""What processing's messages about targets change."""

from __future__ import annotations

from collections.abc import Mapping

from services.statistics.projection.columns import TARGET
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule


def target_key(document: Document) -> str:
    """Return the key of one version of a target."""
    return f"{document['data']['target']}/{document['data']['version']}"


def _set(rows: Rows, document: Document) -> None:
    row, data = rows.change(TARGET, target_key(document)), document["data"]
    for column in ("indicator", "scope", "year", "version", "percent", "reach_by", "basis"):
        row[column] = data[column]
    row["whose"] = data.get("of")
    row["set_at"] = moment(document["time"])


RULES: Mapping[str, Rule] = {"lienthong.processing.target-set": Rule(_set, (TARGET,))}
