"""What processing's messages change: the work on legs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.statistics.projection.columns import LEG
from services.statistics.projection.rows import Document, Rows, Rule, first, leg_row


def _handed_over(rows: Rows, document: Document) -> None:
    leg = leg_row(rows, document)
    first(leg, "handed_over_at", document)
    leg["handed_over_by"] = document["data"]["by"]


def _step(rows: Rows, document: Document) -> None:
    leg_row(rows, document)["steps"] += 1


def _opinion(rows: Rows, document: Document) -> None:
    leg = leg_row(rows, document)
    first(leg, "completed_at", document)
    leg["opinion"] = document["data"]["opinion"]


def _moment_of_leg(column: str) -> Callable[[Rows, Document], None]:
    def apply(rows: Rows, document: Document) -> None:
        first(leg_row(rows, document), column, document)

    return apply


# Reminders, requests, resumptions, transfers, recalls, lapses, withdrawals and successions change no row here:
# routing answers each with the pause it made of it, or with where the dossier went.
RULES: Mapping[str, Rule] = {
    "lienthong.processing.leg-handed-over": Rule(_handed_over, (LEG,)),
    "lienthong.processing.leg-acknowledged": Rule(_moment_of_leg("acknowledged_at"), (LEG,)),
    "lienthong.processing.leg-accepted": Rule(_moment_of_leg("accepted_at"), (LEG,)),
    "lienthong.processing.work-recorded": Rule(_step, (LEG,)),
    "lienthong.processing.leg-completed": Rule(_moment_of_leg("completed_at"), (LEG,)),
    "lienthong.processing.leg-returned": Rule(_moment_of_leg("returned_at"), (LEG,)),
    "lienthong.processing.opinion-given": Rule(_opinion, (LEG,)),
    "lienthong.processing.leg-overdue": Rule(_moment_of_leg("overdue_at"), (LEG,)),
}
