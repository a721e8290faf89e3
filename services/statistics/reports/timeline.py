"""In whose hands a dossier was, from its rows: the stretches that working time is divided by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.clock import from_text
from shared.working_time.shares import IN_TRANSIT, PROCESS, Share, Stretch

Row = Mapping[str, Any]

AGENCY, APPLICANT, POSTING = "agency", "applicant", "posting"
"""Kinds of holders, beside in-transit and the process itself."""


class Holder(NamedTuple):
    """Who has a dossier, or answers for its lateness; with the agency that it is or concerns."""

    kind: str
    agency: str | None = None


def holder_of(share: Share) -> Holder:
    """Return whose a share is."""
    if share.leg is None and share.holder in {IN_TRANSIT, PROCESS}:
        return Holder(share.holder)
    if not share.waiting:
        return Holder(AGENCY, share.holder)
    return Holder(APPLICANT) if share.holder == APPLICANT else Holder(POSTING, share.holder)


def stretches(legs: Sequence[Row], pauses: Sequence[Row]) -> list[Stretch]:
    """Return the stretches of a dossier's legs and of the times in which its clock stood still."""
    waiting = [stretch for pause in pauses for stretch in _of_pause(pause)]
    told = {stretch.leg for stretch in waiting}
    works = [stretch for leg in legs for stretch in _of_leg(leg)]
    # A leg that is itself a pause makes a row in both tables.
    return waiting + [work for work in works if not (work.waiting and work.leg in told)]


def _of_pause(pause: Row) -> Iterator[Stretch]:
    if pause["paused_at"] is not None:  # else word of its end came first
        opened, closed = from_text(pause["paused_at"]), _moment(pause["resumed_at"])
        holder = _waits_for(pause["kind"], pause["agency"])
        yield Stretch(holder, pause["leg_id"] or pause["pause_id"], opened, closed, waiting=True)


def _of_leg(leg: Row) -> Iterator[Stretch]:
    """Give a leg's stretches, one for each agency that had it in turn."""
    if leg["opened_at"] is None:
        return  # word of its opening is still to come
    opened, closed = from_text(leg["opened_at"]), _moment(leg["closed_at"])
    if leg["pause"] is not None:
        yield Stretch(_waits_for(leg["pause"], leg["agency"]), leg["leg_id"], opened, closed, waiting=True)
        return
    due = _moment(leg["due_at"])
    holder = leg["first_agency"]
    for _position, at, successor in orjson.loads(leg["rehomed"] or "[]"):
        yield Stretch(holder, leg["leg_id"], opened, from_text(at), due)
        holder, opened = successor, from_text(at)
    yield Stretch(holder, leg["leg_id"], opened, closed, due)


def _waits_for(kind: str, agency: str | None) -> str:
    return agency if kind == POSTING and agency is not None else APPLICANT


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
