"""A dossier under way, led by the real application.

Each step says what happened and which legs must open by it, with agency, direction and due time; that exactly those
open, and exactly the expected ones are open afterwards, is checked at every step.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from services.routing.application.routing import Routing
from services.routing.consumer import handlers
from services.routing.domain import clock_events
from services.routing.domain import itinerary_events as events
from services.routing.domain.itinerary import Itinerary, leg_key
from shared.acts import SYSTEM, Act, Actor
from shared.clock import from_text
from tests.routes.dossiers import Leg, at, written


class Way:
    """A dossier under way."""

    def __init__(self, routing: Routing) -> None:
        self._routing = routing
        self._handlers = handlers(routing)
        self._dossier = uuid4()
        self.open: set[tuple[str, str]] = set()
        """Name and agency of the legs that must be open."""

    def done(
        self,
        leg: str,
        moment: str,
        *,
        opens: Sequence[Leg] = (),
        waits: Collection[str] = (),
        completes: bool = False,
    ) -> None:
        """The leg's agency did its part."""
        self._ends("leg-completed", leg, None, moment, {}, opens)
        assert self._waiting() == set(waits)
        assert any(isinstance(one, events.Completed) for one in self._new) is completes

    def opinion(
        self, leg: str, agency: str, moment: str, *, opens: Sequence[Leg], attempt: int | None = None
    ) -> None:
        """A consulted agency gave its opinion."""
        self._ends("opinion-given", leg, agency, moment, {}, opens, attempt)

    def lapsed(
        self,
        leg: str,
        moment: str,
        outcome: str,
        *,
        opens: Sequence[Leg],
        agency: str | None = None,
        attempt: int | None = None,
    ) -> None:
        """The leg's term ended it."""
        self._ends("leg-lapsed", leg, agency, moment, {"outcome": outcome}, opens, attempt)

    def returned(
        self,
        leg: str,
        moment: str,
        *,
        opens: Sequence[Leg],
        to: str | None = None,
        extends: Mapping[str, str] | None = None,
        at_desk: bool = False,
    ) -> None:
        """The leg's agency sent the dossier back, to whoever handed it over or to the earlier leg `to`."""
        number = self._number(to, None) if to else None
        self._ends("leg-returned", leg, None, moment, {"reason": "thiếu chữ ký", "to": number}, opens)
        assert [one.by for one in self._new if isinstance(one, clock_events.Extended)] == [extends] * bool(
            extends
        )
        assert any(isinstance(one, events.ReturnedToDesk) for one in self._new) is at_desk

    def sent_on(self, moment: str, *, opens: Sequence[Leg]) -> None:
        """The desk sent it on its way again."""
        self.happens("intake.dossier-sent-on", moment, {"note": "đã bổ sung"}, opens=opens)

    def asks(self, kind: str, leg: str, moment: str) -> None:
        """The leg's agency needs papers or money from the applicant."""
        data = {"leg": self._id(leg, None, None), "reason": "thiếu giấy tờ"}
        self.happens(f"processing.{kind}-requested", moment, data, opens=[])
        assert kind in self._waiting()

    def answered(self, leg: str, moment: str, *, due: str) -> None:
        """The applicant brought what was asked for: the leg goes on, with a later due time."""
        self.happens("intake.dossier-resumed", moment, {"pause": self._pause_of(leg)}, opens=[])
        (resumed,) = [one for one in self._new if isinstance(one, clock_events.Resumed)]
        assert _time(resumed.due_at) == due
        assert _time(self._itinerary.open[resumed.leg]["due_at"]) == due

    def fulfilled(self, leg: str, moment: str, *, opens: Sequence[Leg], waits: Collection[str] = ()) -> None:
        """The applicant did what a leg of the process waits for."""
        pause = self._pause_of(leg)
        self.open.remove((leg, self._open_plan(leg)["agency"]))
        self.happens("intake.dossier-resumed", moment, {"pause": pause}, opens=opens)
        assert self._waiting() == set(waits)

    def happens(self, what: str, moment: str, data: Mapping[str, Any], *, opens: Sequence[Leg]) -> None:
        """Let routing hear of it; check which legs open by it, and which are open then."""
        before = len(self._history())
        self._handlers[f"lienthong.{what}"](cast("Any", None), dict(data), _act(moment, self._dossier))
        self._routing.flush()
        self._routing.close_unit()
        self._new = self._history()[before:]
        assert [self._shown(one) for one in self._new if isinstance(one, events.LegOpened)] == list(opens)
        self.open |= {(leg.id, leg.agency) for leg in opens}
        itinerary = self._itinerary
        assert self.open == {
            (itinerary.leg_plan(one["number"])["id"], one["agency"]) for one in itinerary.open.values()
        }

    def _ends(
        self,
        what: str,
        leg: str,
        agency: str | None,
        moment: str,
        data: Mapping[str, Any],
        opens: Sequence[Leg],
        attempt: int | None = None,
    ) -> None:
        leg_id = self._id(leg, agency, attempt)
        if attempt is None:
            self.open.remove((leg, agency or self._open_plan(leg)["agency"]))
        self.happens(f"processing.{what}", moment, {"leg": leg_id, **data}, opens=opens)

    @property
    def _itinerary(self) -> Itinerary:
        found = self._routing.find(self._dossier)
        assert isinstance(found, Itinerary)
        return found

    def _history(self) -> list[Any]:
        stored = self._routing.recorder.select_events(self._dossier)
        return [self._routing.mapper.to_domain_event(one) for one in stored]

    def _id(self, leg: str, agency: str | None, attempt: int | None) -> str:
        number = self._number(leg, agency)
        tries = attempt or self._itinerary.tries[number - 1]
        return str(leg_key(self._dossier, number, tries))

    def _number(self, leg: str, agency: str | None) -> int:
        numbers = [
            row["number"]
            for row in self._itinerary.legs
            if row["id"] == leg and agency in {None, row["agency"]}
        ]
        assert len(numbers) == 1, f"{leg} at {agency}: {numbers}"
        return cast("int", numbers[0])

    def _open_plan(self, leg: str) -> dict[str, Any]:
        return self._itinerary.leg_plan(self._number(leg, None))

    def _pause_of(self, leg: str) -> str:
        leg_id = self._id(leg, None, None)
        (pause,) = [key for key, begun in self._itinerary.pauses.items() if begun["leg"] == leg_id]
        return pause

    def _waiting(self) -> set[str]:
        return {begun["kind"] for begun in self._itinerary.pauses.values()}

    def _shown(self, opened: Any) -> Leg:
        name = self._itinerary.leg_plan(opened.number)["id"]
        return Leg(name, opened.agency, opened.direction, _time(opened.due_at), opened.attempt)


def _act(moment: str, dossier: UUID) -> Act:
    happened_at: datetime = at(moment).astimezone(UTC)
    return Act(Actor(SYSTEM, "routing"), happened_at, happened_at, happened_at, root=dossier)


def _time(text: str | None) -> str | None:
    return written(from_text(text)) if text else None
