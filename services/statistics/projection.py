"""From messages to rows: pure, and in whatever order the messages come.

Every field belongs to one type of message, or the rule says which of several prevails: the first
moment, the higher version, the later position in the source's log. So dossiers whose messages
overtook each other, or arrived late, end in the same rows as others. A message about a dossier that
was not heard of yet makes its row.

A document is a CloudEvents message as `orjson.loads` gives it; a row maps column names to values,
with ids and times as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from services.statistics.columns import AGENCY, DOSSIER, LEG, PROCEDURE, TABLES, Row, Table
from shared.clock import from_text, to_text

Document = Mapping[str, Any]

NEW, RECEIVED, REFUSED, PROCESSING, STOPPED, RESOLVED, HANDED_BACK = 1, 2, 3, 4, 8, 9, 10
"""Status codes of the National Public Service Portal."""

_STATUS_BY_MOMENT = (
    ("handed_back_at", HANDED_BACK),
    ("resolved_at", RESOLVED),
    ("stopped_at", STOPPED),
    ("refused_at", REFUSED),
    ("planned_at", PROCESSING),
    ("received_at", RECEIVED),
)


class Rows:
    """The rows that are being worked on, by table and key, and which of them changed."""

    def __init__(self) -> None:
        self.by_table: dict[Table, dict[str, Row]] = {table: {} for table in TABLES}
        self.changed: dict[Table, dict[str, Row]] = {table: {} for table in TABLES}

    def change(self, table: Table, key: str) -> Row:
        """Return the row with that key, a blank one if there is none, and count it as changed."""
        rows = self.by_table[table]
        row = rows.get(key)
        if row is None:
            row = rows[key] = table.blank(key)
        self.changed[table][key] = row
        return row


@dataclass(frozen=True, slots=True)
class Rule:
    """What a message type changes, and in which tables: each by the key that the message names."""

    apply: Callable[[Rows, Document], None]
    tables: tuple[Table, ...] = field(default=())


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


def complete(table: Table, row: Row) -> None:
    """Fill in the columns that follow from others; done once before a row is written."""
    for on, at in table.dates:
        moment_of_row = row[at]
        row[on] = None if moment_of_row is None else local_date(moment_of_row)
    if table is DOSSIER:
        row["status"] = next((status for at, status in _STATUS_BY_MOMENT if row[at] is not None), NEW)


def moment(text: str) -> str:
    """Return an RFC 3339 time as UTC text of fixed width. Raises ValueError."""
    if len(text) == 27 and text[26] == "Z" and text[10] == "T":  # noqa: PLR2004 - as `to_text` writes it
        return text
    return to_text(from_text(text))


def local_date(moment_text: str) -> str:
    """Return the date in Viet Nam of UTC text of fixed width: seven hours ahead, since 1975."""
    day = moment_text[:10]
    return day if moment_text[11:13] < "17" else _day_after(day)


@lru_cache(maxsize=4096)
def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _dossier(rows: Rows, document: Document) -> Row:
    row = rows.change(DOSSIER, document["rootid"])
    if document.get("historical"):
        row["historical"] = True
    return row


def _leg(rows: Rows, document: Document) -> Row:
    row = rows.change(LEG, document["data"]["leg"])
    row["root_id"] = document["rootid"]
    return row


def _first(row: Row, column: str, document: Document) -> None:
    """The first of several moments prevails."""
    at, known = moment(document["time"]), row[column]
    if known is None or at < known:
        row[column] = at


def _filed(row: Row, data: Mapping[str, Any]) -> None:
    row["procedure"] = data["procedure"]
    row["desk"] = data["desk"]
    row["channel"] = data["channel"]


def _applicant(row: Row, data: Mapping[str, Any]) -> None:
    row["applicant_kind"] = data["applicant_kind"]
    row["area"] = data.get("area")
    row["foreign_code"] = data.get("foreign_code")


def _submitted(rows: Rows, document: Document) -> None:
    row, data = _dossier(rows, document), document["data"]
    _first(row, "submitted_at", document)
    if row["received_at"] is None:  # what the desk accepted prevails over what was filed
        _filed(row, data)
        _applicant(row, data)


def _received(rows: Rows, document: Document) -> None:
    row, data = _dossier(rows, document), document["data"]
    _first(row, "received_at", document)
    _filed(row, data)
    _applicant(row, data)
    row["code"] = data["code"]
    due_at, limit = data["due_at"], data["limit"]
    row["due_at"] = None if due_at is None else moment(due_at)
    if limit is not None:
        row["limit_amount"] = limit["amount"]
        row["limit_unit"] = limit["unit"]


def _refused(rows: Rows, document: Document) -> None:
    row = _dossier(rows, document)
    _first(row, "refused_at", document)
    if row["submitted_at"] is None and row["received_at"] is None:
        _filed(row, document["data"])


def _resolved(rows: Rows, document: Document) -> None:
    row = _dossier(rows, document)
    _first(row, "resolved_at", document)
    row["verdict"] = document["data"]["verdict"]


def _stopped(rows: Rows, document: Document) -> None:
    _first(_dossier(rows, document), "stopped_at", document)


def _sent_on(rows: Rows, document: Document) -> None:
    _dossier(rows, document)["times_sent_on"] += 1


def _handed_back(rows: Rows, document: Document) -> None:
    row = _dossier(rows, document)
    _first(row, "handed_back_at", document)
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
    row, data = _dossier(rows, document), document["data"]
    _first(row, "planned_at", document)
    row["process"] = data["process"]
    row["process_version"] = data["version"]
    row["legs_planned"] = len(data["legs"])


def _leg_opened(rows: Rows, document: Document) -> None:
    data = document["data"]
    dossier, leg = _dossier(rows, document), _leg(rows, document)
    dossier["legs_opened"] += 1
    _at(dossier, document, data["agency"], data["leg"])
    _first(leg, "opened_at", document)
    for column in ("number", "attempt", "procedure", "agency", "from_agency", "direction"):
        leg[column] = data[column]
    leg["name_vi"], leg["name_en"] = data["name"]["vi"], data["name"]["en"]
    due_at, term = data["due_at"], data["term"]
    leg["due_at"] = None if due_at is None else moment(due_at)
    if term is not None:
        leg["term_amount"] = term["amount"]
        leg["term_unit"] = term["unit"]


def _leg_closed(rows: Rows, document: Document) -> None:
    dossier, leg = _dossier(rows, document), _leg(rows, document)
    outcome = document["data"]["outcome"]
    dossier["legs_completed" if outcome == "completed" else "legs_returned"] += 1
    _first(leg, "closed_at", document)
    leg["outcome"] = outcome


def _routed(rows: Rows, document: Document) -> None:
    row = _dossier(rows, document)
    _first(row, "routed_at", document)
    _at(row, document, None, None)


def _returned_to_desk(rows: Rows, document: Document) -> None:
    row = _dossier(rows, document)
    row["desk_returns"] += 1
    _at(row, document, None, None)


def _handed_over(rows: Rows, document: Document) -> None:
    leg = _leg(rows, document)
    _first(leg, "handed_over_at", document)
    leg["handed_over_by"] = document["data"]["by"]


def _step(rows: Rows, document: Document) -> None:
    _leg(rows, document)["steps"] += 1


def _moment_of_leg(column: str) -> Callable[[Rows, Document], None]:
    def apply(rows: Rows, document: Document) -> None:
        _first(_leg(rows, document), column, document)

    return apply


_KEYS: Mapping[Table, Callable[[Document], str]] = {
    DOSSIER: lambda document: document["rootid"],
    LEG: lambda document: document["data"]["leg"],
    AGENCY: lambda document: document["data"]["agency"],
    PROCEDURE: lambda document: document["data"]["procedure"],
}

RULES: Mapping[str, Rule] = {
    "lienthong.intake.procedure-published": Rule(_procedure, (PROCEDURE,)),
    "lienthong.intake.dossier-submitted": Rule(_submitted, (DOSSIER,)),
    "lienthong.intake.dossier-received": Rule(_received, (DOSSIER,)),
    "lienthong.intake.dossier-refused": Rule(_refused, (DOSSIER,)),
    "lienthong.intake.dossier-resolved": Rule(_resolved, (DOSSIER,)),
    "lienthong.intake.dossier-stopped": Rule(_stopped, (DOSSIER,)),
    "lienthong.intake.dossier-sent-on": Rule(_sent_on, (DOSSIER,)),
    "lienthong.intake.result-handed-back": Rule(_handed_back, (DOSSIER,)),
    "lienthong.routing.agency-registered": Rule(_agency, (AGENCY,)),
    "lienthong.routing.itinerary-planned": Rule(_planned, (DOSSIER,)),
    "lienthong.routing.leg-opened": Rule(_leg_opened, (DOSSIER, LEG)),
    "lienthong.routing.leg-closed": Rule(_leg_closed, (DOSSIER, LEG)),
    "lienthong.routing.itinerary-completed": Rule(_routed, (DOSSIER,)),
    "lienthong.routing.itinerary-returned": Rule(_returned_to_desk, (DOSSIER,)),
    "lienthong.processing.leg-handed-over": Rule(_handed_over, (LEG,)),
    "lienthong.processing.leg-acknowledged": Rule(_moment_of_leg("acknowledged_at"), (LEG,)),
    "lienthong.processing.leg-accepted": Rule(_moment_of_leg("accepted_at"), (LEG,)),
    "lienthong.processing.work-recorded": Rule(_step, (LEG,)),
    "lienthong.processing.leg-completed": Rule(_moment_of_leg("completed_at"), (LEG,)),
    "lienthong.processing.leg-returned": Rule(_moment_of_leg("returned_at"), (LEG,)),
    "lienthong.processing.leg-overdue": Rule(_moment_of_leg("overdue_at"), (LEG,)),
}
"""Message type to what it changes; process-published and internal events change no row."""
