"""What routing's messages about agencies change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from services.statistics.projection.columns import AGENCY, REGISTER, Row
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule


def register_key(document: Document) -> str:
    """Return the key of what one message says of an agency."""
    return f"{document['data']['agency']}/{document['sourceposition']}"


def _said(rows: Rows, document: Document) -> Row:
    row = rows.change(REGISTER, register_key(document))
    row["agency"], row["log_position"] = document["data"]["agency"], int(document["sourceposition"])
    return row


def _registered(rows: Rows, document: Document) -> None:
    _entry(_said(rows, document), document["data"])
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


def _entry(said: Row, data: Mapping[str, Any]) -> None:
    said["valid_from"] = moment(data["valid_from"])
    said["name_vi"], said["name_en"] = data["name"]["vi"], data["name"]["en"]
    for column in ("level", "kind", "vertical", "connected"):
        said[column] = data[column]
    said["parent"], said["area"] = data.get("parent"), data.get("area")


def _ended(rows: Rows, document: Document) -> None:
    said = _said(rows, document)
    said["ended_at"] = moment(document["data"]["ended_at"])
    said["successors"] = orjson.dumps(document["data"]["successors"]).decode()
    data, position = document["data"], int(document["sourceposition"])
    row = rows.change(AGENCY, data["agency"])
    if position < row["ended_position"]:
        return
    row["ended_position"] = position
    row["ended_at"] = moment(data["ended_at"])
    row["ended_change"], row["ended_basis"] = data["change"], data["basis"]
    row["successors"] = orjson.dumps(data["successors"]).decode()


RULES: Mapping[str, Rule] = {
    "lienthong.routing.agency-registered": Rule(_registered, (AGENCY, REGISTER)),
    "lienthong.routing.agency-ended": Rule(_ended, (AGENCY, REGISTER)),
}
