"""What a reorganisation did to the dossiers on their way, counted from the ledger: before is after.

Every figure is recounted from what happened, not asked of those who carried it out: which dossiers were
on their way at the moment, at which agencies their open legs lay, who went on with them, whether a due
time or a code was another afterwards (see `due_times`), whether somebody was handed the same leg twice, and whether any
dossier is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.balance import Reconciliation, Row
from deploy.due_times import Appointment, LegTerm, Move, Reasons

Facts = Mapping[str, Any]

_RECEIVED = "lienthong.intake.dossier-received"
_ENDS = {
    "lienthong.intake.dossier-resolved": "resolved",
    "lienthong.intake.dossier-stopped": "stopped",
    "lienthong.intake.dossier-withdrawn": "withdrawn",
}
_RESUMED = "lienthong.intake.dossier-resumed"
_MOVES_DUE = {_RESUMED, "lienthong.intake.dossier-extended"}
_REPEATS_DUE = {
    "lienthong.processing.leg-resumed",
    "lienthong.processing.leg-lapsed",
    "lienthong.processing.leg-overdue",
}
_WAITED = "lienthong.routing.itinerary-paused"
_EXTENDED = "lienthong.routing.itinerary-extended"
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
    appointment: Appointment
    end: str | None = None
    ended_at: str | None = None
    waits: list[tuple[str, str | None]] = field(default_factory=list)
    """When it began to wait for its applicant or a notice, and for what; None: when it went on."""
    handed_back_at: str | None = None


@dataclass(slots=True)
class _Leg:
    root: str
    agency: str
    closed_at: str | None = None
    successions: list[tuple[str, str]] = field(default_factory=list)
    """From which agency to which, each time."""
    term: LegTerm = field(default_factory=LegTerm)
    handed_to: Counter[str] = field(default_factory=Counter)

    def lies_before(self, ended: frozenset[str]) -> bool:
        """Whether it is open, and whoever goes on with it has not ended and was given it."""
        agency = self.successions[-1][1] if self.successions else self.agency
        # Processing is given no leg that waits for the applicant.
        given = not self.handed_to or agency in self.handed_to
        return self.closed_at is None and agency not in ended and given


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
        self._reasons: dict[str, Reasons] = {}
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
            **dict.fromkeys(_REPEATS_DUE, self._repeated),
            _WAITED: self._waited,
            _EXTENDED: self._extended,
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
        moved = [leg for leg in legs if leg.successions]
        nothing = Reasons()
        return Reconciliation(
            in_flight_before=len(before),
            re_homed=len({leg.root for leg in moved}),
            finished=ends["resolved"],
            withdrawn=ends["withdrawn"],
            closed_administratively=ends["stopped"],
            still_open=len(still_open),
            due_dates_changed=sum(leg.term.is_wrong() for leg in legs if leg.root in before)
            + sum(
                dossier.appointment.is_wrong(moment, self._reasons.get(root, nothing))
                for root, dossier in before.items()
            ),
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
            for pair in dict.fromkeys(leg.successions):
                pairs.setdefault(pair, []).append(leg)
        rows = []
        for (agency, successor), legs in sorted(pairs.items()):
            roots = {leg.root for leg in legs}
            finished = sum(self._dossiers[root].end == "resolved" for root in roots)
            rows.append(Row(agency, successor, len(legs), len(roots), finished))
        return tuple(rows)

    def _received(self, document: Facts, data: Facts) -> None:
        self._dossiers[document["rootid"]] = _Dossier(
            document["time"], data["code"], data["procedure"], Appointment(data["due_at"])
        )

    def _opened(self, document: Facts, data: Facts) -> None:
        leg = self._leg(document, data)
        leg.agency = data["agency"]
        leg.term.fixed.append(data["due_at"])
        self._at_desk.discard(leg.root)

    def _handed(self, document: Facts, data: Facts) -> None:
        self._leg(document, data).handed_to[data["agency"]] += 1
        if "due_at" in data:
            self._repeated(document, data)

    def _repeated(self, document: Facts, data: Facts) -> None:
        self._leg(document, data).term.repeated.append(data["due_at"])

    def _leg(self, document: Facts, data: Facts) -> _Leg:
        """Return the leg; processing's word of it may come before routing's."""
        return self._legs.setdefault(data["leg"], _Leg(document["rootid"], data["agency"]))

    def _waited(self, document: Facts, data: Facts) -> None:
        self._reasons.setdefault(document["rootid"], Reasons()).waits.add(data["pause"])

    def _extended(self, document: Facts, _data: Facts) -> None:
        self._reasons.setdefault(document["rootid"], Reasons()).extensions += 1

    def _returned(self, document: Facts, _data: Facts) -> None:
        self._at_desk.add(document["rootid"])

    def _agency_ended(self, _document: Facts, data: Facts) -> None:
        self._agency_ends[data["agency"]] = data["ended_at"]


def _due_moved(dossier: _Dossier, document: Facts, data: Facts) -> None:
    dossier.appointment.moves.append(Move(document["time"], data["due_at"], data.get("pause")))
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
    if "due_at" in data:
        dossier.appointment.last.append(data["due_at"])


def _closed(leg: _Leg, document: Facts, _data: Facts) -> None:
    leg.closed_at = document["time"]


def _rehomed(leg: _Leg, _document: Facts, data: Facts) -> None:
    leg.successions.append((data["from_agency"], data["agency"]))
    leg.term.rehome(data["due_at"])


def _leg_resumed(leg: _Leg, _document: Facts, data: Facts) -> None:
    leg.term.fixed.append(data["due_at"])


def _state(dossier: _Dossier, moment: str) -> str:
    before = [kind for at, kind in sorted(dossier.waits, key=lambda wait: wait[0]) if at < moment]
    return (before[-1] if before else None) or "processing"


def _lies_at_the_desk(dossier: _Dossier, moment: str) -> bool:
    ended = dossier.end == "resolved" and dossier.ended_at is not None and dossier.ended_at < moment
    return ended and (dossier.handed_back_at is None or dossier.handed_back_at >= moment)
