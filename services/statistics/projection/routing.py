"""What routing's messages about dossiers change: their way from leg to leg."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from services.statistics.projection.columns import DOSSIER, LEG, PAUSE, Row
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import (
    Document,
    Rows,
    Rule,
    dossier_row,
    first,
    is_later,
    leg_row,
    pause_row,
)

_COUNTED_AS = {
    "completed": "legs_completed",
    "consented": "legs_completed",
    "elapsed": "legs_completed",
    "returned": "legs_returned",
}
"""How a leg that ended counts; others were dropped before they were done."""


# A dossier is planned, and a leg opened, once, and before all else that is said of it in routing's log.
# So what these say gives way to whatever came earlier: quicker than to compare positions.


def _planned(rows: Rows, document: Document) -> None:
    row, data = dossier_row(rows, document), document["data"]
    first(row, "planned_at", document)
    if not row["plan_position"]:
        _way(row, data)


def _moved(rows: Rows, document: Document) -> None:
    row, data = dossier_row(rows, document), document["data"]
    if is_later(row, "plan_position", document):
        _way(row, data)


def _way(row: Row, data: Mapping[str, Any]) -> None:
    row["process"] = data["process"]
    row["process_version"] = data["version"]
    row["model"] = data.get("model")
    row["trial"] = data.get("trial") is True
    passed = [leg for leg in data["legs"] if not leg.get("skipped")]
    row["legs_planned"] = len(passed)
    row["lead"] = passed[0]["agency"] if passed else None


def _leg_opened(rows: Rows, document: Document) -> None:
    data = document["data"]
    dossier, leg = dossier_row(rows, document), leg_row(rows, document)
    dossier["legs_opened"] += 1
    first(leg, "opened_at", document)
    for column in ("number", "attempt", "procedure", "from_agency", "direction"):
        leg[column] = data[column]
    leg["first_agency"] = data["agency"]
    if leg["rehomed"] is None:
        leg["agency"] = data["agency"]
    leg["kind"], leg["pause"] = data.get("kind"), data.get("pause")
    name, due_at, term = data["name"], data["due_at"], data["term"]
    leg["name_vi"], leg["name_en"] = name["vi"], name["en"]
    if not leg["due_position"]:
        leg["due_at"] = None if due_at is None else moment(due_at)
    if term is not None:
        leg["term_amount"] = term["amount"]
        leg["term_unit"] = term["unit"]


def _leg_closed(rows: Rows, document: Document) -> None:
    dossier, leg = dossier_row(rows, document), leg_row(rows, document)
    outcome = document["data"]["outcome"]
    if outcome in _COUNTED_AS:
        dossier[_COUNTED_AS[outcome]] += 1
    first(leg, "closed_at", document)
    leg["outcome"] = outcome


def _leg_rehomed(rows: Rows, document: Document) -> None:
    data, leg = document["data"], leg_row(rows, document)
    # Rare, so it need not be quick; in the log's order, whichever word comes first.
    known: list[list[Any]] = orjson.loads(leg["rehomed"]) if leg["rehomed"] else []
    known.append([int(document["sourceposition"]), moment(document["time"]), data["agency"]])
    known.sort()
    leg["agency"] = known[-1][2]
    leg["rehomed"] = orjson.dumps(known).decode()


def _paused(rows: Rows, document: Document) -> None:
    data, pause = document["data"], pause_row(rows, document)
    pause["leg_id"], pause["agency"] = data["leg"], data["agency"]
    first(pause, "paused_at", document)


def _resumed(rows: Rows, document: Document) -> None:
    data, pause, leg = document["data"], pause_row(rows, document), leg_row(rows, document)
    pause["leg_id"], pause["agency"] = data["leg"], data["agency"]
    first(pause, "resumed_at", document)
    if is_later(leg, "due_position", document):
        leg["due_at"] = None if data["due_at"] is None else moment(data["due_at"])


def _routed(rows: Rows, document: Document) -> None:
    first(dossier_row(rows, document), "routed_at", document)


def _returned_to_desk(rows: Rows, document: Document) -> None:
    dossier_row(rows, document)["desk_returns"] += 1


# itinerary-extended and itinerary-withdrawn change no row: intake answers each with the appointment,
# or the end, that counts.
RULES: Mapping[str, Rule] = {
    "lienthong.routing.itinerary-planned": Rule(_planned, (DOSSIER,)),
    "lienthong.routing.itinerary-moved": Rule(_moved, (DOSSIER,)),
    "lienthong.routing.leg-opened": Rule(_leg_opened, (DOSSIER, LEG)),
    "lienthong.routing.leg-closed": Rule(_leg_closed, (DOSSIER, LEG)),
    "lienthong.routing.leg-rehomed": Rule(_leg_rehomed, (LEG,)),
    "lienthong.routing.itinerary-paused": Rule(_paused, (PAUSE,)),
    "lienthong.routing.itinerary-resumed": Rule(_resumed, (PAUSE, LEG)),
    "lienthong.routing.itinerary-completed": Rule(_routed, (DOSSIER,)),
    "lienthong.routing.itinerary-returned": Rule(_returned_to_desk, (DOSSIER,)),
}
