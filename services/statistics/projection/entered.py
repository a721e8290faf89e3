"""What processing's messages about entered figures change: each state of each version is a row of its own."""

from __future__ import annotations

from collections.abc import Mapping

from services.statistics.projection.columns import ENTERED
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule


def entered_key(document: Document) -> str:
    """Return the key of one state of one version of an entered figure."""
    data = document["data"]
    return f"{data['entered']}/{data['version']}/{data['state']}"


def _entered(rows: Rows, document: Document) -> None:
    row, data = rows.change(ENTERED, entered_key(document)), document["data"]
    for column in ("figure", "agency", "version", "state", "evidence"):
        row[column] = data[column]
    row["first_day"], row["last_day"], row["amount"] = data["first"], data["last"], data["value"]
    row["set_at"] = moment(document["time"])


RULES: Mapping[str, Rule] = {"lienthong.processing.figure-entered": Rule(_entered, (ENTERED,))}
