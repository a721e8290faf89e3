"""A ledger told by hand: what happened to dossiers of a small province, as documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.simulation.alternative import Alternative
from deploy.simulation.comparison import Compared, Totals
from deploy.simulation.history import read
from deploy.simulation.simulation import Simulation, Wanted
from services.routing.rules.planning import plan
from services.routing.rules.structure import Registry
from services.routing.schemas import read_process
from shared.clock import VIETNAM, to_text
from shared.working_time.due import due_at
from shared.working_time.terms import Term
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()
START = "2019-01-01T00:00:00+07:00"
DESK, FIRST, SECOND, BOARD, HEIR = "H47.60", "H47.11", "H47.12", "H47.01", "H47.99"
DAYS_5 = {"amount": "5", "unit": "working_day"}


def at(text: str) -> datetime:
    """Read `day hh:mm` of June 2019, Viet Nam time; Monday is the 17th."""
    return datetime.strptime(f"2019-06-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


def days(amount: str) -> dict[str, str]:
    return {"amount": amount, "unit": "working_day"}


def agency(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "agency": name,
        "name": {"vi": f"Cơ quan {name}", "en": f"Agency {name}"},
        "level": "province",
        "kind": "so",
        "area": None,
        "vertical": False,
        "code": name,
        "connected": False,
        "valid_from": to_text(datetime.fromisoformat(START)),
        **changes,
    }


AGENCIES = [agency(DESK, kind="trung-tam"), agency(FIRST), agency(SECOND), agency(BOARD, kind="ubnd")]


def leg(name: str, where: Any, term: str | None = "2", **changes: Any) -> dict[str, Any]:
    choice = {"id": where} if isinstance(where, str) and where.startswith("H") else where
    named = {"vi": f"Bước {name}", "en": f"Step {name}"}
    return {"id": name, "name": named, "agency": choice, "term": days(term) if term else None, **changes}


def process(*legs: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    stated = {
        "process": "p",
        "version": 1,
        "procedure": "P",
        "valid_from": START,
        "legs": [dict(one) for one in legs],
    }
    return read_process({**stated, **changes})


TWO = process(leg("a", FIRST), leg("b", SECOND))


class Told:
    """Grows as it is told, and can be simulated."""

    def __init__(self, *definitions: dict[str, Any], agencies: Sequence[dict[str, Any]] = AGENCIES) -> None:
        self.documents: list[dict[str, Any]] = []
        self.definitions = {(one["process"], one["version"]): one for one in definitions or (TWO,)}
        self.registry = Registry.of(agencies)
        self.legs: dict[str, list[dict[str, Any]]] = {}
        self.received_at: dict[str, datetime] = {}
        self._positions: Counter[str] = Counter()
        for facts in agencies:
            self.add("routing.agency-registered", at("01 00:00"), "", facts)

    def add(self, kind: str, when: datetime, root: str, data: dict[str, Any]) -> None:
        source = kind.partition(".")[0]
        self._positions[source] += 1
        document = {
            "type": f"lienthong.{kind}",
            "time": to_text(when),
            "sourceposition": str(self._positions[source]),
            "data": data,
        }
        self.documents.append({**document, "rootid": root} if root else document)

    def received(
        self,
        root: str,
        when: datetime,
        definition: Mapping[str, Any] | None = None,
        limit: dict[str, str] | None = DAYS_5,
        **facts: Any,
    ) -> None:
        """A dossier comes in and its way is planned."""
        definition = definition or next(iter(self.definitions.values()))
        data = {
            "code": f"code-{root}",
            "procedure": definition["procedure"],
            "desk": DESK,
            "channel": "direct",
            "applicant_kind": "citizen",
            "area": None,
            "limit": limit,
            "due_at": self.due(when, limit),
            **facts,
        }
        self.add("intake.dossier-received", when, root, data)
        looked_at = {**data.get("facts", {}), "channel": data["channel"], "applicant_kind": "citizen"}
        structure = self.registry.at(to_text(when))
        self.legs[root] = plan(definition, DESK, data["area"], structure, looked_at)
        self.received_at[root] = when
        way = {"code": data["code"], "process": definition["process"], "version": definition["version"]}
        self.add("routing.itinerary-planned", when, root, {**way, "legs": self.legs[root]})

    def turn(
        self,
        root: str,
        number: int,
        opened: datetime,
        closed: datetime | None = None,
        outcome: str = "completed",
        **changes: Any,
    ) -> str:
        """A leg has its turn."""
        planned = self.legs[root][number - 1]
        name = f"{root}/{number}/{to_text(opened)}"
        due = self.due(opened, planned["term"])
        data = {
            "leg": name,
            "number": number,
            "agency": planned["agency"],
            "from_number": 0 if opened == self.received_at[root] else 1,
            "term": planned["term"],
            "due_at": due,
            "pause": planned["pause"],
            **changes,
        }
        self.add("routing.leg-opened", opened, root, data)
        if closed:
            ended = {"leg": name, "number": number, "agency": data["agency"], "outcome": outcome}
            self.add("routing.leg-closed", closed, root, ended)
        return name

    def waited(self, root: str, name: str, begun: datetime, ended: datetime, due: str | None) -> None:
        """The applicant had to bring something, and did; routing and intake both say so."""
        pause = {"code": f"code-{root}", "pause": f"{name}/pause", "kind": "supplement"}
        at_leg = {**pause, "leg": name, "agency": FIRST}
        self.add("routing.itinerary-paused", begun, root, {**at_leg, "reason": "giấy tờ"})
        self.add("routing.itinerary-resumed", ended, root, {**at_leg, "due_at": None})
        self.add("intake.dossier-resumed", ended, root, {**pause, "due_at": due})

    def ended(self, root: str, when: datetime, how: str = "resolved", **data: Any) -> None:
        self.add(f"intake.dossier-{how}", when, root, {"code": f"code-{root}", **data})

    def due(
        self,
        when: datetime,
        term: dict[str, str] | None,
        pauses: Sequence[tuple[datetime, datetime]] = (),
    ) -> str | None:
        return to_text(due_at(when, Term.parse(term), CALENDAR, pauses=pauses).at) if term else None

    def simulation(self, alternative: Alternative) -> Simulation:
        return Simulation(
            read(self.documents),
            lambda name, version: self.definitions.get((name, version)),
            alternative,
            CALENDAR,
        )

    def under(self, **alternative: Any) -> dict[str, Compared]:
        """Return every dossier under an alternative, by root."""
        found: dict[str, Compared] = {}
        self.totals(Alternative(**alternative), found)
        return found

    def totals(self, alternative: Alternative, found: dict[str, Compared] | None = None) -> Totals:
        def each(compared: Compared) -> None:
            if found is not None:
                found[compared.dossier.root] = compared

        return self.simulation(alternative).run(Wanted(), each)


def simple(definition: dict[str, Any] = TWO) -> Told:
    """One dossier: received Monday 8:00, a for 2 working days, b for 1, resolved in time on Thursday."""
    told = Told(definition)
    told.received("d", at("17 08:00"))
    told.turn("d", 1, at("17 08:00"), at("19 08:00"))
    told.turn("d", 2, at("19 08:00"), at("20 08:00"))
    told.ended("d", at("20 08:00"))
    return told


def hours(time: timedelta) -> float:
    return time / timedelta(hours=1)
