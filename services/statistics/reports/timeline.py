"""In whose hands a dossier was, from its reception to its end: stretches that follow each other without a gap.

While its clock stands still it is the applicant's, or a public notice's, whoever else may be at work.
Else it is in the hands of the agencies whose legs are open, all alike when there are several; on its way
until a leg was handed over; and at the desk when no leg is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

from shared.clock import from_text

Row = Mapping[str, Any]

AGENCY, APPLICANT, POSTING, TRANSIT, DESK = "agency", "applicant", "posting", "transit", "desk"


class Holder(NamedTuple):
    """Who has a dossier: what kind of holder, and the agency that it is or concerns."""

    kind: str
    agency: str | None


class Claim(NamedTuple):
    """A holder who has a dossier for a time, in a leg or without one; `due_at` is when the leg is due."""

    holder: Holder
    leg: str | None
    opened_at: datetime
    closed_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which nothing changes: the same claims from its first moment to its last."""

    opened_at: datetime
    closed_at: datetime
    claims: tuple[Claim, ...]

    @property
    def stands_still(self) -> bool:
        """Whether the dossier's clock does."""
        return self.claims[0].holder.kind in {APPLICANT, POSTING}

    @property
    def over_term(self) -> tuple[Claim, ...]:
        """The claims that have had their time: past their leg's due time, or without a right to any."""
        return tuple(
            claim
            for claim in self.claims
            if (claim.due_at is not None and claim.due_at <= self.opened_at)
            or claim.holder.kind in {DESK, TRANSIT}
        )


def stretches(
    dossier: Row,
    legs: Sequence[Row],
    pauses: Sequence[Row],
    begin: datetime,
    end: datetime,
) -> list[Stretch]:
    """Return the stretches from `begin` to `end`, given a dossier's rows."""
    stops = [claim for pause in pauses for claim in _of_pause(pause, end)]
    works = [claim for leg in legs for claim in _of_leg(leg, end)]
    desk = Claim(Holder(DESK, dossier["desk"]), None, begin, end)
    found = []
    for opened, closed in pairwise(_bounds([*stops, *works], begin, end)):
        claims = _open_at(opened, stops) or _open_at(opened, works) or (desk,)
        found.append(Stretch(opened, closed, claims))
    return found


def _bounds(claims: Sequence[Claim], begin: datetime, end: datetime) -> list[datetime]:
    moments = {moment for claim in claims for moment in (claim.opened_at, claim.closed_at, claim.due_at)}
    return sorted({begin, end, *(moment for moment in moments if moment and begin < moment < end)})


def _open_at(moment: datetime, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if claim.opened_at <= moment < claim.closed_at)


def _of_pause(pause: Row, end: datetime) -> list[Claim]:
    if pause["paused_at"] is None:
        return []  # word of its end came first
    posting = pause["kind"] == POSTING
    holder = Holder(POSTING, pause["agency"]) if posting else Holder(APPLICANT, None)
    return [Claim(holder, pause["leg_id"], from_text(pause["paused_at"]), _until(pause["resumed_at"], end))]


def _of_leg(leg: Row, end: datetime) -> list[Claim]:
    """Return the claims of a leg: on its way, then with each agency that had it in turn."""
    if leg["opened_at"] is None:
        return []  # word of its opening is still to come
    opened, closed = from_text(leg["opened_at"]), _until(leg["closed_at"], end)
    if leg["pause"] is not None:
        kind = POSTING if leg["pause"] == POSTING else APPLICANT
        return [
            Claim(Holder(kind, leg["agency"] if kind == POSTING else None), leg["leg_id"], opened, closed)
        ]
    due = from_text(leg["due_at"]) if leg["due_at"] else None
    handed_over = min(from_text(leg["handed_over_at"]), closed) if leg["handed_over_at"] else opened
    turns = [(handed_over, Holder(AGENCY, leg["first_agency"]))]
    for _position, at, agency in orjson.loads(leg["rehomed"] or "[]"):
        turns.append((max(from_text(at), handed_over), Holder(AGENCY, agency)))
    turns = [(opened, Holder(TRANSIT, leg["first_agency"])), *turns]
    ends = [at for at, _holder in turns[1:]] + [closed]
    return [
        Claim(holder, leg["leg_id"], at, until, due)
        for (at, holder), until in zip(turns, ends, strict=True)
        if at < until
    ]


def _until(closed_at: str | None, end: datetime) -> datetime:
    return min(from_text(closed_at), end) if closed_at else end
