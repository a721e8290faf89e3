"""What processing's messages change: the work on legs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.statistics.projection.columns import LEG, REFUSED_ACT, Row
from services.statistics.projection.moments import moment
from services.statistics.projection.rows import Document, Rows, Rule, first, leg_row, told


def _handed_over(rows: Rows, document: Document) -> None:
    leg = leg_row(rows, document)
    first(leg, "handed_over_at", document)
    leg["handed_over_by"] = document["data"]["by"]


def _step(rows: Rows, document: Document) -> None:
    leg = leg_row(rows, document)
    leg["steps"] += 1
    told(leg, document)


def _opinion(rows: Rows, document: Document) -> None:
    leg = leg_row(rows, document)
    _done(leg, document)
    leg["opinion"] = document["data"]["opinion"]


def _completed(rows: Rows, document: Document) -> None:
    _done(leg_row(rows, document), document)


def _done(leg: Row, document: Document) -> None:
    known = leg["completed_at"]
    first(leg, "completed_at", document)
    if leg["completed_at"] != known:
        leg["completed_by"] = document.get("actorsubject")
    told(leg, document)


def _act(column: str) -> Callable[[Rows, Document], None]:
    def apply(rows: Rows, document: Document) -> None:
        leg = leg_row(rows, document)
        first(leg, column, document)
        told(leg, document)

    return apply


def _moment_of_leg(column: str) -> Callable[[Rows, Document], None]:
    def apply(rows: Rows, document: Document) -> None:
        first(leg_row(rows, document), column, document)

    return apply


def refused_key(document: Document) -> str:
    """Return the key of what was tried: what caused it, which is one command."""
    return str(document["causationid"])


def _refused(rows: Rows, document: Document) -> None:
    row, data = rows.change(REFUSED_ACT, refused_key(document)), document["data"]
    row["root_id"], row["leg_id"] = document["rootid"], data["leg"]
    row["agency"], row["officer"] = data["agency"], document.get("actorsubject")
    row["command"], row["code"] = data["command"], data["code"]
    row["refused_at"] = moment(document["time"])


# Reminders, requests, resumptions, transfers, recalls, lapses, withdrawals and successions change no row here:
# routing answers each with the pause it made of it, or with where the dossier went.
RULES: Mapping[str, Rule] = {
    "lienthong.processing.leg-handed-over": Rule(_handed_over, (LEG,)),
    "lienthong.processing.leg-acknowledged": Rule(_moment_of_leg("acknowledged_at"), (LEG,)),
    "lienthong.processing.leg-accepted": Rule(_act("accepted_at"), (LEG,)),
    "lienthong.processing.work-recorded": Rule(_step, (LEG,)),
    "lienthong.processing.leg-completed": Rule(_completed, (LEG,)),
    "lienthong.processing.leg-returned": Rule(_act("returned_at"), (LEG,)),
    "lienthong.processing.opinion-given": Rule(_opinion, (LEG,)),
    "lienthong.processing.act-refused": Rule(_refused, (REFUSED_ACT,)),
    "lienthong.processing.leg-overdue": Rule(_moment_of_leg("overdue_at"), (LEG,)),
}
