"""What processing's messages about reminders and requests for a report change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from services.statistics.projection.columns import ASKED, REQUEST
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule, first

_TERMS = ("kind", "reference", "issuer", "subject", "basis", "due_on", "consolidator")


def asked_key(document: Document) -> str:
    """Return the key of one addressee's part of a request."""
    return f"{document['data']['request']}/{document['data']['agency']}"


def _issued(rows: Rows, document: Document) -> None:
    row, data = rows.change(REQUEST, document["data"]["request"]), document["data"]
    for column in _TERMS:
        row[column] = data[column]
    row["due_at"] = moment(data["due_at"])
    row["issued_at"] = moment(document["time"])
    row["addressees"] = orjson.dumps([one["agency"] for one in data["addressees"]]).decode()


def _moment_of_request(column: str) -> Callable[[Rows, Document], None]:
    def apply(rows: Rows, document: Document) -> None:
        first(rows.change(REQUEST, document["data"]["request"]), column, document)

    return apply


def _moment_of_part(column: str, *told: tuple[str, str]) -> Callable[[Rows, Document], None]:
    def apply(rows: Rows, document: Document) -> None:
        row, data = rows.change(ASKED, asked_key(document)), document["data"]
        row["request_id"], row["agency"] = data["request"], data["agency"]
        first(row, column, document)
        for ours, theirs in told:
            row[ours] = data[theirs]

    return apply


def _answered(rows: Rows, document: Document) -> None:
    _moment_of_part("answered_at")(rows, document)
    proposal = document["data"]["proposal"]
    rows.change(ASKED, asked_key(document))["proposed"] = proposal["percent"] if proposal else None


# That a last day has passed changes no row: as of any moment, the day itself says so.
RULES: Mapping[str, Rule] = {
    "lienthong.processing.request-issued": Rule(_issued, (REQUEST,)),
    "lienthong.processing.request-withdrawn": Rule(_moment_of_request("withdrawn_at"), (REQUEST,)),
    "lienthong.processing.request-consolidated": Rule(_moment_of_request("consolidated_at"), (REQUEST,)),
    "lienthong.processing.request-received": Rule(_moment_of_part("received_at"), (ASKED,)),
    "lienthong.processing.request-answered": Rule(_answered, (ASKED,)),
    "lienthong.processing.request-passed-on": Rule(
        _moment_of_part("passed_at", ("passed_to", "to")), (ASKED,)
    ),
    "lienthong.processing.proposal-decided": Rule(
        _moment_of_part("decided_at", ("decision", "decision")), (ASKED,)
    ),
}
