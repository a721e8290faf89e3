"""What routing's messages change: agencies, and the way of dossiers from leg to leg."""

from __future__ import annotations

from collections.abc import Mapping

from services.statistics.projection.columns import AGENCY, DOSSIER, LEG, Row
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule, dossier_row, first, leg_row


def _agency(rows: Rows, document: Document) -> None:
    data, position = document["data"], int(document["sourceposition"])
    row = rows.change(AGENCY, data["agency"])
    if position < row["log_position"]:
        return
    row["log_position"] = position
    row["name_vi"], row["name_en"] = data["name"]["vi"], data["name"]["en"]
    for column in ("level", "kind", "vertical", "connected", "code"):
        row[column] = data[column]
    row["parent"] = data.get("parent")
    row["area"] = data.get("area")
    row["valid_from"] = moment(data["valid_from"])


def _at(row: Row, document: Document, agency: str | None, leg: str | None) -> None:
    """Say where the dossier is, unless something later in routing's log has said it."""
    position = int(document["sourceposition"])
    if position > row["route_position"]:
        row["route_position"] = position
        row["current_agency"] = agency
        row["current_leg"] = leg


def _planned(rows: Rows, document: Document) -> None:
    row, data = dossier_row(rows, document), document["data"]
    first(row, "planned_at", document)
    row["process"] = data["process"]
    row["process_version"] = data["version"]
    row["legs_planned"] = len(data["legs"])


def _leg_opened(rows: Rows, document: Document) -> None:
    data = document["data"]
    dossier, leg = dossier_row(rows, document), leg_row(rows, document)
    dossier["legs_opened"] += 1
    _at(dossier, document, data["agency"], data["leg"])
    first(leg, "opened_at", document)
    for column in ("number", "attempt", "procedure", "agency", "from_agency", "direction"):
        leg[column] = data[column]
    leg["name_vi"], leg["name_en"] = data["name"]["vi"], data["name"]["en"]
    due_at, term = data["due_at"], data["term"]
    leg["due_at"] = None if due_at is None else moment(due_at)
    if term is not None:
        leg["term_amount"] = term["amount"]
        leg["term_unit"] = term["unit"]


def _leg_closed(rows: Rows, document: Document) -> None:
    dossier, leg = dossier_row(rows, document), leg_row(rows, document)
    outcome = document["data"]["outcome"]
    dossier["legs_completed" if outcome == "completed" else "legs_returned"] += 1
    first(leg, "closed_at", document)
    leg["outcome"] = outcome


def _routed(rows: Rows, document: Document) -> None:
    row = dossier_row(rows, document)
    first(row, "routed_at", document)
    _at(row, document, None, None)


def _returned_to_desk(rows: Rows, document: Document) -> None:
    row = dossier_row(rows, document)
    row["desk_returns"] += 1
    _at(row, document, None, None)


RULES: Mapping[str, Rule] = {
    "lienthong.routing.agency-registered": Rule(_agency, (AGENCY,)),
    "lienthong.routing.itinerary-planned": Rule(_planned, (DOSSIER,)),
    "lienthong.routing.leg-opened": Rule(_leg_opened, (DOSSIER, LEG)),
    "lienthong.routing.leg-closed": Rule(_leg_closed, (DOSSIER, LEG)),
    "lienthong.routing.itinerary-completed": Rule(_routed, (DOSSIER,)),
    "lienthong.routing.itinerary-returned": Rule(_returned_to_desk, (DOSSIER,)),
}
