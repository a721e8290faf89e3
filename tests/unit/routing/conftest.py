"""Routing's application over a log in memory, with a directory in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from services.routing.application.register import Register
from services.routing.application.routing import Routing
from services.routing.rules.catalogue import Catalogue
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.routing import AGENCIES, DOSSIER, UP_AND_ACROSS, act_at, process

CALENDAR = vietnam_calendar()


class Log(POPOApplicationRecorder):
    """A log that gives several aggregates in one go."""

    def select_many(self, originator_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[StoredEvent]]:
        found = {originator_id: self.select_events(originator_id) for originator_id in originator_ids}
        return {originator_id: events for originator_id, events in found.items() if events}


class Office:
    """Given, when, then: runs each step as a unit of its own and returns the new events."""

    def __init__(self) -> None:
        self.directory = Catalogue()
        self.recorder = Log()
        self.routing = self.another()
        for facts in AGENCIES:
            self.when("register_agency", facts, act_at())
        self.when("publish_process", process(UP_AND_ACROSS), act_at())

    def another(self) -> Routing:
        """A process that knows nothing but the log and the directory."""
        return Routing(self.recorder, self.directory, CALENDAR)

    def when(self, method: str, *arguments: Any) -> list[Any]:
        before = self.recorder.max_notification_id() or 0
        try:
            register = Register(self.routing, self.directory)
            getattr(register if hasattr(register, method) else self.routing, method)(*arguments)
            self.routing.flush()
        except Exception:
            self.routing.abandon_unit()
            raise
        self.routing.close_unit()
        new = self.recorder.select_notifications(start=before + 1, limit=100)
        return [self.routing.mapper.to_domain_event(stored) for stored in new]

    def itinerary(self, dossier: UUID = DOSSIER) -> Any:
        return self.routing.find(dossier)


@pytest.fixture
def office() -> Office:
    return Office()
