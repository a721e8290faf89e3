"""What a reorganisation did to the dossiers on their way, counted from the ledger: before is after.

Every figure is recounted from what happened, not asked of those who carried it out: which dossiers were
on their way at the moment, at which agencies their open legs lay, who went on with them, whether a due
time or a code was another afterwards, whether somebody was handed the same leg twice, and whether any
dossier is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Facts = Mapping[str, Any]

_RECEIVED = "lienthong.intake.dossier-received"
_ENDS = {
    "lienthong.intake.dossier-resolved": "resolved",
    "lienthong.intake.dossier-stopped": "stopped",
    "lienthong.intake.dossier-withdrawn": "withdrawn",
}
_RESUMED = "lienthong.intake.dossier-resumed"
_MOVES_DUE = {_RESUMED, "lienthong.intake.dossier-extended"}
_OPENED = "lienthong.routing.leg-opened"
_CLOSED = "lienthong.routing.leg-closed"
_REHOMED = "lienthong.routing.leg-rehomed"
_LEG_RESUMED = "lienthong.routing.itinerary-resumed"
_RETURNED = "lienthong.routing.itinerary-returned"
_AGENCY_ENDED = "lienthong.routing.agency-ended"
_HANDED = "lienthong.processing.leg-handed-over"
_WORK_REHOMED = "lienthong.processing.work-rehomed"


@dataclass(slots=True)
class _Dossier:
    received: str
    code: str
    procedure: str
    due_at: str | None
    end: str | None = None
    ended_at: str | None = None
    wrong_due: bool = False
    waits: list[tuple[str, str | None]] = field(default_factory=list)
    """When it began to wait for its applicant or a notice, and for what; None: when it went on."""
    handed_back_at: str | None = None


@dataclass(slots=True)
class _Leg:
    root: str
    agency: str
    opened_at: str
    due_at: str | None
    closed_at: str | None = None
    successors: list[str] = field(default_factory=list)
    wrong_due: bool = False
    handed_to: Counter[str] = field(default_factory=Counter)

    def lies_before(self, ended: frozenset[str]) -> bool:
        """Whether it is open, and whoever goes on with it has not ended and was given it."""
        agency = self.successors[-1] if self.successors else self.agency
        # Processing is given no leg that waits for the applicant.
        given = not self.handed_to or agency in self.handed_to
        return self.closed_at is None and agency not in ended and given


@dataclass(frozen=True, slots=True)
class Row:
    """One ended agency and one of its successors."""

    agency: str
    successor: str
    legs: int
    dossiers: int
    finished: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The balance of a reorganisation."""

    in_flight_before: int
    re_homed: int
    """Dossiers with an open leg that went to a successor."""
    finished: int
    """Of those in flight before: with their route's result."""
    withdrawn: int
    """By their applicants, after the reorganisation."""
    closed_administratively: int
    still_open: int
    due_dates_changed: int
    codes_changed: int
    delivered_twice: int
    lost: int
    """In flight before, and since then neither finished, nor withdrawn, nor with an agency that lives, nor
    back at the desk."""
    by_agency: tuple[Row, ...]
    by_procedure: dict[str, int]
    """Of those in flight before."""
    by_state: dict[str, int]
    """Where those in flight were at the moment: with agencies, or waiting, and for what."""
    uncollected_before: int
    """Results that lay at a desk at the moment; they are not in flight any more."""

    @property
    def holds(self) -> bool:
        """Whether before is after, and nothing was changed, doubled or lost."""
        after = self.finished + self.withdrawn + self.closed_administratively + self.still_open
        wrong = self.due_dates_changed + self.codes_changed + self.delivered_twice + self.lost
        return self.in_flight_before == after and wrong == 0

    def as_json(self) -> dict[str, Any]:
        """Return the figures for machines."""
        names = [name for name in self.__slots__ if name != "by_agency"]
        rows = [{name: getattr(row, name) for name in Row.__slots__} for row in self.by_agency]
        return {**{name: getattr(self, name) for name in names}, "by_agency": rows}


def reconcile(documents: Iterable[Mapping[str, Any]], moment: str) -> Reconciliation:
    """Return the balance of what happened around a reorganisation that took effect at `moment` (UTC text)."""
    history = _History()
    for document in documents:
        history.take(document)
    return history.balance(moment)


class _History:
    """What happened; of dossiers that were received before it begins it says nothing."""

    def __init__(self) -> None:
        self._dossiers: dict[str, _Dossier] = {}
        self._legs: dict[str, _Leg] = {}
        self._codes: dict[str, set[str]] = {}
        self._at_desk: set[str] = set()
        self._agency_ends: dict[str, str] = {}
        self._of_dossiers: dict[str, Callable[[_Dossier, Facts, Facts], None]] = {
            "lienthong.intake.dossier-paused": _paused,
            "lienthong.intake.dossier-sent-on": _sent_on,
            "lienthong.intake.result-handed-back": _handed_back,
            **dict.fromkeys(_ENDS, _ended),
            **dict.fromkeys(_MOVES_DUE, _due_moved),
        }
        self._of_legs: dict[str, Callable[[_Leg, Facts, Facts], None]] = {
            _CLOSED: _closed,
            _REHOMED: _rehomed,
            _LEG_RESUMED: _leg_resumed,
        }
        self._others: dict[str, Callable[[Facts, Facts], None]] = {
            _RECEIVED: self._received,
            _OPENED: self._opened,
            _HANDED: self._handed,
            _WORK_REHOMED: self._handed,
            _RETURNED: self._returned,
            _AGENCY_ENDED: self._agency_ended,
        }

    def take(self, document: Facts) -> None:
        """Take in what happened; sources may come in any order among each other."""
        data, kind, root = document.get("data") or {}, document["type"], str(document.get("rootid"))
        if isinstance(data.get("code"), str):
            self._codes.setdefault(root, set()).add(data["code"])
        if kind in self._others:
            self._others[kind](document, data)
        elif kind in self._of_dossiers and root in self._dossiers:
            self._of_dossiers[kind](self._dossiers[root], document, data)
        elif kind in self._of_legs and data["leg"] in self._legs:
            self._of_legs[kind](self._legs[data["leg"]], document, data)

    def balance(self, moment: str) -> Reconciliation:
        """Return the balance."""
        before = {
            root: dossier
            for root, dossier in self._dossiers.items()
            if dossier.received < moment and (dossier.ended_at is None or dossier.ended_at >= moment)
        }
        ends = Counter(dossier.end for dossier in before.values())
        legs = [leg for leg in self._legs.values() if leg.root in self._dossiers]
        gone = frozenset(agency for agency, at in self._agency_ends.items() if at <= moment)
        open_at = {leg.root for leg in legs if leg.lies_before(gone)} | self._at_desk
        still_open = [root for root, it in before.items() if it.end is None and root in open_at]
        moved = [leg for leg in legs if leg.successors]
        return Reconciliation(
            in_flight_before=len(before),
            re_homed=len({leg.root for leg in moved}),
            finished=ends["resolved"],
            withdrawn=ends["withdrawn"],
            closed_administratively=ends["stopped"],
            still_open=len(still_open),
            due_dates_changed=sum(leg.wrong_due for leg in moved)
            + sum(dossier.wrong_due for dossier in before.values()),
            codes_changed=sum(self._codes[root] != {dossier.code} for root, dossier in before.items()),
            delivered_twice=sum(max(leg.handed_to.values(), default=0) > 1 for leg in legs),
            lost=ends[None] - len(still_open),
            by_agency=self._rows(moved),
            by_procedure=dict(sorted(Counter(it.procedure for it in before.values()).items())),
            by_state=dict(sorted(Counter(_state(it, moment) for it in before.values()).items())),
            uncollected_before=sum(_lies_at_the_desk(it, moment) for it in self._dossiers.values()),
        )

    def _rows(self, moved: list[_Leg]) -> tuple[Row, ...]:
        pairs: dict[tuple[str, str], list[_Leg]] = {}
        for leg in moved:
            pairs.setdefault((leg.agency, leg.successors[-1]), []).append(leg)
        rows = []
        for (agency, successor), legs in sorted(pairs.items()):
            roots = {leg.root for leg in legs}
            finished = sum(self._dossiers[root].end == "resolved" for root in roots)
            rows.append(Row(agency, successor, len(legs), len(roots), finished))
        return tuple(rows)

    def _received(self, document: Facts, data: Facts) -> None:
        self._dossiers[document["rootid"]] = _Dossier(
            document["time"], data["code"], data["procedure"], data["due_at"]
        )

    def _opened(self, document: Facts, data: Facts) -> None:
        leg = _Leg(document["rootid"], data["agency"], document["time"], data["due_at"])
        known = self._legs.get(data["leg"])
        self._legs[data["leg"]] = leg
        self._at_desk.discard(leg.root)
        if known:
            leg.handed_to = known.handed_to

    def _handed(self, document: Facts, data: Facts) -> None:
        # Processing's word of a leg may come before routing's.
        leg = self._legs.setdefault(data["leg"], _Leg(document["rootid"], data["agency"], "", None))
        leg.handed_to[data["agency"]] += 1

    def _returned(self, document: Facts, _data: Facts) -> None:
        self._at_desk.add(document["rootid"])

    def _agency_ended(self, _document: Facts, data: Facts) -> None:
        self._agency_ends[data["agency"]] = data["ended_at"]


def _due_moved(dossier: _Dossier, document: Facts, data: Facts) -> None:
    dossier.due_at = data["due_at"]
    if document["type"] == _RESUMED:
        dossier.waits.append((document["time"], None))


def _paused(dossier: _Dossier, document: Facts, data: Facts) -> None:
    dossier.waits.append((document["time"], data["kind"]))


def _sent_on(dossier: _Dossier, document: Facts, _data: Facts) -> None:
    dossier.waits.append((document["time"], None))


def _handed_back(dossier: _Dossier, document: Facts, _data: Facts) -> None:
    dossier.handed_back_at = document["time"]


def _ended(dossier: _Dossier, document: Facts, data: Facts) -> None:
    dossier.end, dossier.ended_at = _ENDS[document["type"]], document["time"]
    # Intake's own words about the appointment are the only ones that may have moved it.
    dossier.wrong_due = "due_at" in data and data["due_at"] != dossier.due_at


def _closed(leg: _Leg, document: Facts, _data: Facts) -> None:
    leg.closed_at = document["time"]


def _rehomed(leg: _Leg, _document: Facts, data: Facts) -> None:
    leg.successors.append(data["agency"])
    leg.wrong_due = leg.wrong_due or data["due_at"] != leg.due_at


def _leg_resumed(leg: _Leg, _document: Facts, data: Facts) -> None:
    leg.due_at = data["due_at"]


def _state(dossier: _Dossier, moment: str) -> str:
    before = [kind for at, kind in sorted(dossier.waits, key=lambda wait: wait[0]) if at < moment]
    return (before[-1] if before else None) or "processing"


def _lies_at_the_desk(dossier: _Dossier, moment: str) -> bool:
    ended = dossier.end == "resolved" and dossier.ended_at is not None and dossier.ended_at < moment
    return ended and (dossier.handed_back_at is None or dossier.handed_back_at >= moment)
