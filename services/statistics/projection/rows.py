"""The rows that messages change, and what all rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.statistics.projection.columns import DOSSIER, LEG, PAUSE, TABLES, Row, Table
from services.statistics.projection.moments import local_date, moment
from services.statistics.projection.working_minutes import minutes_between

Document = Mapping[str, Any]

NEW, RECEIVED, REFUSED, PROCESSING, SUPPLEMENT, PAYMENT = 1, 2, 3, 4, 5, 6
WITHDRAWN, STOPPED, RESOLVED, HANDED_BACK = 7, 8, 9, 10
"""Status codes of the National Public Service Portal."""

_ENDS = (
    ("handed_back_at", HANDED_BACK),
    ("resolved_at", RESOLVED),
    ("withdrawn_at", WITHDRAWN),
    ("stopped_at", STOPPED),
    ("refused_at", REFUSED),
)


class Rows:
    """The rows that are being worked on, by table and key; which of them changed, and which are new."""

    def __init__(self) -> None:
        self.by_table: dict[Table, dict[str, Row]] = {table: {} for table in TABLES}
        self.changed: dict[Table, dict[str, Row]] = {table: {} for table in TABLES}
        self.new: dict[Table, set[str]] = {table: set() for table in TABLES}

    def change(self, table: Table, key: str) -> Row:
        """Return the row with that key, a blank one if there is none, and count it as changed."""
        rows = self.by_table[table]
        row = rows.get(key)
        if row is None:
            row = rows[key] = table.blank(key)
            self.new[table].add(key)
        self.changed[table][key] = row
        return row


@dataclass(frozen=True, slots=True)
class Rule:
    """What a message type changes, and in which tables: each by the key that the message names."""

    apply: Callable[[Rows, Document], None]
    tables: tuple[Table, ...]


def complete(table: Table, row: Row) -> None:
    """Fill in the columns that follow from others; done once before a row is written."""
    for on, at in table.dates:
        at_text = row[at]
        row[on] = None if at_text is None else local_date(at_text)
    if table is LEG and row["opened_at"] is not None and row["accepted_at"] is not None:
        row["waited"] = minutes_between(row["opened_at"], row["accepted_at"])
    if table is DOSSIER:
        row["status"] = _status(row)
        if row["channel"] == "online":
            row["answered_after"] = _answered_after(row)


def _answered_after(row: Row) -> int | None:
    answers = [row[at] for at in ("received_at", "refused_at") if row[at] is not None]
    return minutes_between(row["submitted_at"], min(answers)) if answers and row["submitted_at"] else None


def _status(row: Row) -> int:
    for at, status in _ENDS:
        if row[at] is not None:
            return status
    if row["awaited_supplements"] > 0:
        return SUPPLEMENT
    if row["awaited_payments"] > 0:
        return PAYMENT
    if row["desk_returns"] > row["times_sent_on"]:
        return RECEIVED
    if row["planned_at"] is not None:
        return PROCESSING
    return NEW if row["received_at"] is None else RECEIVED


def dossier_row(rows: Rows, document: Document) -> Row:
    """Return the row of the message's dossier, to be changed."""
    row = rows.change(DOSSIER, document["rootid"])
    if document.get("historical"):
        row["historical"] = True
    return row


def leg_row(rows: Rows, document: Document) -> Row:
    """Return the row of the message's leg, to be changed."""
    row = rows.change(LEG, document["data"]["leg"])
    row["root_id"] = document["rootid"]
    return row


def told(leg: Row, document: Document) -> None:
    """Note how long after an act on a leg it was recorded, unless it was imported: of that nothing can be said."""
    recorded = document.get("recordedtime")
    if recorded is not None and not document.get("historical"):
        after = minutes_between(moment(document["time"]), moment(recorded))
        leg["told_after"] = max(leg["told_after"] or 0, after)


def pause_row(rows: Rows, document: Document) -> Row:
    """Return the row of the message's pause, to be changed."""
    data = document["data"]
    row = rows.change(PAUSE, data["pause"])
    row["root_id"] = document["rootid"]
    row["kind"] = data["kind"]
    return row


def first(row: Row, column: str, document: Document) -> None:
    """Put the message's time into a column where the first of several prevails."""
    at, known = moment(document["time"]), row[column]
    if known is None or at < known:
        row[column] = at


def is_later(row: Row, column: str, document: Document) -> bool:
    """Tell whether the message stands later in its source's log than what gave a row its words; note it."""
    position = int(document["sourceposition"])
    if position <= row[column]:
        return False
    row[column] = position
    return True
