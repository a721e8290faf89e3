"""What the ledger says of each dossier, kept small: where it went, how long, and until when it was due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from deploy.simulation.register import Register
from shared.clock import from_text

Document = Mapping[str, Any]
TermKey = tuple[str, str]
"""Amount and unit."""


@dataclass(slots=True)
class Wait:
    """A time in which the clock stood still: for whom, at which leg."""

    leg: str
    kind: str
    agency: str
    begun: datetime
    ended: datetime | None = None


@dataclass(slots=True)
class Turn:
    """An agency's turn, as recorded; a leg that came back has several."""

    leg: str
    number: int = 0
    agency: str = ""
    opened: datetime | None = None
    closed: datetime | None = None
    due: datetime | None = None
    term: TermKey | None = None
    pause: str | None = None
    outcome: str | None = None
    from_number: int = 0
    rehomed: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass(slots=True)
class Dossier:
    """What was recorded of a dossier."""

    root: str
    code: str = ""
    procedure: str = ""
    desk: str = ""
    area: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What conditions look at; equal facts are the same object."""
    received: datetime | None = None
    limit: TermKey | None = None
    receipt_due: datetime | None = None
    due: datetime | None = None
    due_position: int = 0
    end: str | None = None
    """resolved, stopped or withdrawn."""
    ended: datetime | None = None
    process: tuple[str, int] | None = None
    legs: tuple[Mapping[str, Any], ...] = ()
    """As planned last; equal plans are the same object."""
    turns: dict[str, Turn] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    extensions: list[TermKey] = field(default_factory=list)


class History:
    """Takes in the ledger's documents; sources may come in any order among each other."""

    def __init__(self) -> None:
        self.dossiers: dict[str, Dossier] = {}
        self.register = Register()
        self.documents = 0
        self.last: datetime | None = None
        """The last moment at which something happened to a dossier."""
        self._same: dict[bytes, Any] = {}

    def take(self, document: Document) -> None:
        """Take in one document."""
        self.documents += 1
        kind = document["type"]
        if self.register.take(document):
            return
        taker = _TAKERS.get(kind)
        root = document.get("rootid")
        if taker is None or not root:
            return
        at = from_text(document["time"])
        self.last = at if self.last is None else max(self.last, at)
        dossier = self.dossiers.get(root)
        if dossier is None:
            dossier = self.dossiers[root] = Dossier(root)
        taker(self, dossier, document["data"], at, int(document.get("sourceposition") or 0))

    def same(self, value: Any) -> Any:
        """Return the one object that stands for all values equal to this one."""
        return self._same.setdefault(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), value)


def read(documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> History:
    """Return the history that a ledger's documents tell."""
    history = History()
    for document in documents:
        history.take(document)
        if progress and history.documents % 1000 == 0:
            progress(history.documents)
    return history


Taker = Callable[[History, Dossier, Mapping[str, Any], datetime, int], None]
_BUILT_IN = ("channel", "applicant_kind", "applicant_agency", "remote")


def _received(history: History, it: Dossier, data: Mapping[str, Any], at: datetime, position: int) -> None:
    it.code, it.procedure, it.desk, it.area = data["code"], data["procedure"], data["desk"], data.get("area")
    built_in = {name: data[name] for name in _BUILT_IN if data.get(name) is not None}
    it.facts = history.same({**(data.get("facts") or {}), **built_in})
    it.received, it.limit = at, term_key(data["limit"])
    it.receipt_due = _moment(data["due_at"])
    _due(it, it.receipt_due, position)


def _planned(history: History, it: Dossier, data: Mapping[str, Any], _at: datetime, _position: int) -> None:
    legs = [{name: leg.get(name) for name in _KEPT} for leg in data["legs"]]
    if "from_version" in data:
        numbers = {leg["id"]: leg["number"] for leg in legs}
        before = {leg["number"]: leg["id"] for leg in it.legs}
        for turn in it.turns.values():
            turn.number = numbers.get(before.get(turn.number), 0)
    it.process = (data["process"], data["version"])
    it.legs = history.same(tuple(legs))


def _opened(_history: History, it: Dossier, data: Mapping[str, Any], at: datetime, _position: int) -> None:
    turn = _turn(it, data)
    turn.number, turn.agency, turn.opened = data["number"], data["agency"], at
    turn.from_number = data.get("from_number") or 0
    turn.due, turn.term, turn.pause = _moment(data["due_at"]), term_key(data["term"]), data.get("pause")


def _closed(_history: History, it: Dossier, data: Mapping[str, Any], at: datetime, _position: int) -> None:
    turn = _turn(it, data)
    turn.closed, turn.outcome = at, data["outcome"]


def _rehomed(_history: History, it: Dossier, data: Mapping[str, Any], at: datetime, _position: int) -> None:
    _turn(it, data).rehomed.append((at, data["agency"]))


def _paused(_history: History, it: Dossier, data: Mapping[str, Any], at: datetime, _position: int) -> None:
    it.waits[data["pause"]] = Wait(data["leg"], data["kind"], data["agency"], at)


def _resumed(_history: History, it: Dossier, data: Mapping[str, Any], at: datetime, _position: int) -> None:
    if data["pause"] in it.waits:
        it.waits[data["pause"]].ended = at
    _turn(it, data).due = _moment(data["due_at"])


def _appointment(_h: History, it: Dossier, data: Mapping[str, Any], _at: datetime, position: int) -> None:
    if "by" in data:
        it.extensions.append((data["by"]["amount"], data["by"]["unit"]))
    _due(it, _moment(data["due_at"]), position)


def _ended(end: str) -> Taker:
    def take(_h: History, it: Dossier, data: Mapping[str, Any], at: datetime, position: int) -> None:
        it.end, it.ended = end, at
        if "due_at" in data:
            _due(it, _moment(data["due_at"]), position)

    return take


def _due(it: Dossier, due: datetime | None, position: int) -> None:
    if position >= it.due_position:
        it.due, it.due_position = due, position


def _turn(it: Dossier, data: Mapping[str, Any]) -> Turn:
    return it.turns.setdefault(data["leg"], Turn(data["leg"]))


def term_key(term: Mapping[str, str] | None) -> TermKey | None:
    """Return a term as a value that can be compared."""
    return (term["amount"], term["unit"]) if term else None


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None


_KEPT = ("number", "id", "name", "kind", "agency", "term", "at_term", "pause", "after", "join", "skipped")
_TAKERS: Mapping[str, Taker] = {
    "lienthong.intake.dossier-received": _received,
    "lienthong.intake.dossier-resumed": _appointment,
    "lienthong.intake.dossier-extended": _appointment,
    "lienthong.intake.dossier-resolved": _ended("resolved"),
    "lienthong.intake.dossier-stopped": _ended("stopped"),
    "lienthong.intake.dossier-withdrawn": _ended("withdrawn"),
    "lienthong.routing.itinerary-planned": _planned,
    "lienthong.routing.itinerary-moved": _planned,
    "lienthong.routing.leg-opened": _opened,
    "lienthong.routing.leg-closed": _closed,
    "lienthong.routing.leg-rehomed": _rehomed,
    "lienthong.routing.itinerary-paused": _paused,
    "lienthong.routing.itinerary-resumed": _resumed,
}
