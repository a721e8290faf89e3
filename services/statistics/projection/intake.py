"""What intake's messages change: dossiers at the desk, procedures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from services.statistics.projection.columns import APPOINTMENT, DOSSIER, PAUSE, PROCEDURE, Row
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import (
    Document,
    Rows,
    Rule,
    dossier_row,
    first,
    is_later,
    pause_row,
)


def _filed(row: Row, data: Mapping[str, Any]) -> None:
    row["procedure"] = data["procedure"]
    row["desk"] = data["desk"]
    row["channel"] = data["channel"]


def _applicant(row: Row, data: Mapping[str, Any]) -> None:
    row["applicant_kind"] = data["applicant_kind"]
    row["area"] = data.get("area")
    row["foreign_code"] = data.get("foreign_code")


def _submitted(rows: Rows, document: Document) -> None:
    row, data = dossier_row(rows, document), document["data"]
    first(row, "submitted_at", document)
    if row["received_at"] is None:  # what the desk accepted prevails over what was filed
        _filed(row, data)
        _applicant(row, data)


def _received(rows: Rows, document: Document) -> None:
    row, data = dossier_row(rows, document), document["data"]
    first(row, "received_at", document)
    _filed(row, data)
    _applicant(row, data)
    row["code"] = data["code"]
    due_at, limit = data["due_at"], data["limit"]
    due = None if due_at is None else moment(due_at)
    row["first_due_at"] = due
    if not row["due_moves"]:
        row["due_at"] = due
    if limit is not None:
        row["limit_amount"] = limit["amount"]
        row["limit_unit"] = limit["unit"]


def _refused(rows: Rows, document: Document) -> None:
    row = dossier_row(rows, document)
    first(row, "refused_at", document)
    if row["submitted_at"] is None and row["received_at"] is None:
        _filed(row, document["data"])


def _resolved(rows: Rows, document: Document) -> None:
    row = dossier_row(rows, document)
    first(row, "resolved_at", document)
    row["verdict"] = document["data"]["verdict"]


def _stopped(rows: Rows, document: Document) -> None:
    first(dossier_row(rows, document), "stopped_at", document)


_AWAITED = {"supplement": "awaited_supplements", "payment": "awaited_payments"}
"""What the applicant has to bring; a posting's end nobody awaits from them."""


def _paused(rows: Rows, document: Document) -> None:
    row, kind = dossier_row(rows, document), document["data"]["kind"]
    row["pauses"] += 1
    if kind in _AWAITED:
        row[_AWAITED[kind]] += 1
    first(pause_row(rows, document), "paused_at", document)


def _resumed(rows: Rows, document: Document) -> None:
    row, kind = dossier_row(rows, document), document["data"]["kind"]
    if kind in _AWAITED:  # below zero until word of the pause comes, too
        row[_AWAITED[kind]] -= 1
    first(pause_row(rows, document), "resumed_at", document)
    _moved(rows, row, document)


def _extended(rows: Rows, document: Document) -> None:
    _moved(rows, dossier_row(rows, document), document)


def _moved(rows: Rows, row: Row, document: Document) -> None:
    due_at = document["data"]["due_at"]
    due = None if due_at is None else moment(due_at)
    row["due_moves"] += 1
    if is_later(row, "due_position", document):
        row["due_at"] = due
    move = rows.change(APPOINTMENT, appointment_key(document))
    move["root_id"] = document["rootid"]
    move["moved_at"] = moment(document["time"])
    move["position"] = int(document["sourceposition"])
    move["due_at"] = due


def appointment_key(document: Document) -> str:
    """Return the key of the appointment that a message moves."""
    return str(uuid5(UUID(document["rootid"]), f"appointment/{document['sourceposition']}"))


def _withdrawn(rows: Rows, document: Document) -> None:
    first(dossier_row(rows, document), "withdrawn_at", document)


def _sent_on(rows: Rows, document: Document) -> None:
    dossier_row(rows, document)["times_sent_on"] += 1


def _handed_back(rows: Rows, document: Document) -> None:
    row = dossier_row(rows, document)
    first(row, "handed_back_at", document)
    row["manner"] = document["data"]["manner"]


def _procedure(rows: Rows, document: Document) -> None:
    data = document["data"]
    row = rows.change(PROCEDURE, data["procedure"])
    if data["version"] < row["version"]:
        return
    limit = data["limit"]
    row["version"] = data["version"]
    row["name_vi"], row["name_en"] = data["name"]["vi"], data["name"]["en"]
    row["sector"] = data["sector"]
    row["service_level"] = data["service_level"]
    row["limit_amount"] = limit["amount"] if limit else None
    row["limit_unit"] = limit["unit"] if limit else None
    row["valid_from"] = moment(data["valid_from"])


RULES: Mapping[str, Rule] = {
    "lienthong.intake.procedure-published": Rule(_procedure, (PROCEDURE,)),
    "lienthong.intake.dossier-submitted": Rule(_submitted, (DOSSIER,)),
    "lienthong.intake.dossier-received": Rule(_received, (DOSSIER,)),
    "lienthong.intake.dossier-refused": Rule(_refused, (DOSSIER,)),
    "lienthong.intake.dossier-resolved": Rule(_resolved, (DOSSIER,)),
    "lienthong.intake.dossier-stopped": Rule(_stopped, (DOSSIER,)),
    "lienthong.intake.dossier-paused": Rule(_paused, (DOSSIER, PAUSE)),
    "lienthong.intake.dossier-resumed": Rule(_resumed, (DOSSIER, PAUSE, APPOINTMENT)),
    "lienthong.intake.dossier-extended": Rule(_extended, (DOSSIER, APPOINTMENT)),
    "lienthong.intake.dossier-withdrawn": Rule(_withdrawn, (DOSSIER,)),
    "lienthong.intake.dossier-sent-on": Rule(_sent_on, (DOSSIER,)),
    "lienthong.intake.result-handed-back": Rule(_handed_back, (DOSSIER,)),
}
