"""What routing's messages about agencies change."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from services.statistics.projection.columns import AGENCY
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule


def _registered(rows: Rows, document: Document) -> None:
    data, position = document["data"], int(document["sourceposition"])
    row = rows.change(AGENCY, data["agency"])
    if position < row["log_position"]:
        return
    row["log_position"] = position
    row["name_vi"], row["name_en"] = data["name"]["vi"], data["name"]["en"]
    for column in ("level", "kind", "vertical", "connected", "code"):
        row[column] = data[column]
    for column in ("parent", "area", "category", "remote"):
        row[column] = data.get(column)
    row["valid_from"] = moment(data["valid_from"])


def _ended(rows: Rows, document: Document) -> None:
    data, position = document["data"], int(document["sourceposition"])
    row = rows.change(AGENCY, data["agency"])
    if position < row["ended_position"]:
        return
    row["ended_position"] = position
    row["ended_at"] = moment(data["ended_at"])
    row["ended_change"], row["ended_basis"] = data["change"], data["basis"]
    row["successors"] = orjson.dumps(data["successors"]).decode()


RULES: Mapping[str, Rule] = {
    "lienthong.routing.agency-registered": Rule(_registered, (AGENCY,)),
    "lienthong.routing.agency-ended": Rule(_ended, (AGENCY,)),
}
